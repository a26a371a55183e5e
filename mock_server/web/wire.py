"""How the parts of an answer get to the client: over a socket as they are, in time and with their breaks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any, Protocol

from starlette.types import Receive, Scope, Send

from mock_server.connection import KEY, CallOnConnection, Connection
from mock_server.core.clock import LATEST, Clock
from mock_server.trouble.parts import BODILESS, HangUp, Head, Part, Raw, Reset, Stall, Wait
from mock_server.web.bodies import ClientGone

EXTENSION = "runcomfy_mock.wire"
"""Where the extensions of an ASGI scope may hold another `Wire`: that of a transport in process."""

_LONGEST_NAP = 3600.0
_SLACK = 1e-6  # seconds that a sum of steps of the clock may lack


class Severed(ConnectionResetError):
    """The connection is to break, and the server that runs the application has no way to break it but this error."""


class Wire(Protocol):
    """What is between the application and its client."""

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Let time of the clock pass. Raises `ClientGone` if the client gives up meanwhile."""

    async def play(self, parts: Iterable[Part], clock: Clock) -> None:
        """Send the parts of an answer. Raises `ClientGone` as soon as the client is, `Severed` where it must."""


def wire_of(scope: Scope, receive: Receive, send: Send) -> Wire:
    """Return the wire that a call came over."""
    own: Wire | None = scope.get("extensions", {}).get(EXTENSION)
    return own or SocketWire(scope, receive, send)


class SocketWire:
    """A socket, or whatever another ASGI server has."""

    def __init__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send to the client of a call; ``receive`` is asked for nothing but whether it is still there."""
        call: CallOnConnection | None = scope.get(KEY)
        self._connection: Connection | None = None if call is None else call.connection
        self._is_head = scope["method"] == "HEAD"
        self._receive = receive
        self._send = send
        self._left: int | None = None  # bytes of the body that are announced and still to come

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Let time of the clock pass, however it is set meanwhile."""
        gone = asyncio.ensure_future(self._gone())
        try:
            await _pass(clock, min(clock.now() + seconds, LATEST), gone)
            if gone.done():
                raise ClientGone
        finally:
            gone.cancel()

    async def play(self, parts: Iterable[Part], clock: Clock) -> None:
        """Send the parts as they come; the last piece of the body is held until it is known to be the last."""
        held: bytes | None = None
        for part in parts:
            if held is not None:
                await self._body(held, more=True)
                held = None
            match part:
                case Head(status, headers):
                    self._left = part.length
                    await self._send({"type": "http.response.start", "status": status, "headers": list(headers)})
                    if self._is_head or status in BODILESS:  # the client has all that it waits for
                        break
                case bytes():
                    held = part
                case Raw(data):
                    if self._connection is not None:
                        self._connection.write(data)
                case Wait(seconds):
                    await self.wait(clock, seconds)
                case Stall():
                    await self._gone()
                    raise ClientGone
                case Reset() | HangUp():
                    await self._cut(part)
                    return
        await self._body(held or b"", more=False)

    async def _body(self, data: bytes, *, more: bool) -> None:
        """Send a piece of the body. What goes beyond the announced length is sent past HTTP, and ends all."""
        if more:
            await asyncio.sleep(0)  # a client that reads as fast as this is sent would leave no turn to any other
        if self._connection is not None and self._connection.is_closing:
            await self._gone()  # the server hears of it in a moment, and would complain of half an answer before
            raise ClientGone
        beyond = b"" if self._left is None else data[self._left :]
        if self._left is not None:
            data = data[: self._left]
            self._left -= len(data)
        if not beyond or self._connection is None:
            await self._send({"type": "http.response.body", "body": data, "more_body": more})
            return
        await self._send({"type": "http.response.body", "body": data, "more_body": True})
        self._connection.write(beyond)  # before the end, at which the server may close the connection
        await self._send({"type": "http.response.body", "body": b"", "more_body": False})
        self._connection.hang_up()

    async def _cut(self, end: Reset | HangUp) -> None:
        if self._connection is None:
            raise Severed("the fault is a connection that breaks")
        if isinstance(end, Reset):
            self._connection.reset()
        else:
            self._connection.hang_up()
        await self._gone()

    async def _gone(self) -> None:
        """Wait until the client is gone; what it still sends is of no interest."""
        while (await self._receive())["type"] != "http.disconnect":
            continue


async def _pass(clock: Clock, until: float, gone: asyncio.Future[None]) -> None:
    """Wait until the clock shows ``until``, or is retired, or the client is gone."""
    loop = asyncio.get_running_loop()
    changed = asyncio.Event()

    def wake() -> None:
        loop.call_soon_threadsafe(changed.set)

    clock.watch(wake)
    try:
        while not clock.retired and (left := until - clock.now()) > _SLACK:
            if clock.skips:
                clock.advance(left)
                return
            changed.clear()
            waiting = asyncio.ensure_future(changed.wait())
            nap = _LONGEST_NAP if clock.frozen else min(_LONGEST_NAP, left / clock.speed)
            try:
                either: set[asyncio.Future[Any]] = {gone, waiting}
                await asyncio.wait(either, timeout=nap, return_when=asyncio.FIRST_COMPLETED)
            finally:
                waiting.cancel()
            if gone.done():
                return
    finally:
        clock.unwatch(wake)
