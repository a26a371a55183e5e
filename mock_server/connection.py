"""One TCP connection of a client: its number, and how to cut it. The server makes them; an answer may need them."""

from __future__ import annotations

import asyncio
import itertools
import socket
import struct
from collections.abc import Callable
from typing import NamedTuple

KEY = "runcomfy_mock.call"
"""Where an ASGI scope holds its `CallOnConnection`, if it came over a socket of this package's server."""

_numbers = itertools.count(1)
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)  # SO_LINGER with no time to linger: closing sends RST


class Connection:
    """A connection, numbered from 1 in the order in which they came."""

    __slots__ = ("_is_stopping", "_on_stop", "_transport", "calls", "number")

    def __init__(self, transport: asyncio.Transport) -> None:
        """Take the next number; no calls so far."""
        self.number = next(_numbers)
        self.calls = 0
        self._transport = transport
        self._on_stop: Callable[[], None] | None = None
        self._is_stopping = False

    def begin_call(self) -> CallOnConnection:
        """Count one more call."""
        self.calls += 1
        self._on_stop = None
        return CallOnConnection(self, self.calls)

    def when_stopping(self, on_stop: Callable[[], None]) -> None:
        """Have the call under way told when the server stops: an answer without an end is to end then."""
        if self._is_stopping:
            on_stop()
        self._on_stop = on_stop

    def stop(self) -> None:
        """Tell the call under way that the server stops."""
        self._is_stopping = True
        if self._on_stop is not None:
            self._on_stop()

    @property
    def is_closing(self) -> bool:
        """Whether nothing more can be sent: either end has closed it."""
        return self._transport.is_closing()

    def write(self, data: bytes) -> None:
        """Send bytes as they are, past all rules of HTTP."""
        if not self._transport.is_closing():
            self._transport.write(data)

    def hang_up(self) -> None:
        """Close once all is sent, as a server that stops does."""
        self._transport.close()

    def reset(self) -> None:
        """Cut the connection, so that the other end reads "connection reset"."""
        found: socket.socket | None = self._transport.get_extra_info("socket")
        if found is not None and not self._transport.is_closing():
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        self._transport.abort()


class CallOnConnection(NamedTuple):
    """A call: its connection, and its place among the calls there, from 1."""

    connection: Connection
    number: int
