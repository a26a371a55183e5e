"""A fast HTTP/1.1 client: one kept-alive connection on a blocking socket, requests as bytes, nothing parsed twice."""

from __future__ import annotations

import re
import socket
from types import TracebackType
from typing import NamedTuple, Self
from urllib.parse import urlsplit

_CHUNK = 64 * 1024
_LONGEST_HEAD = 64 * 1024
_LONGEST_WAIT = 30.0  # seconds
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,18})[ \t]*\r\n", re.IGNORECASE)


class ProtocolError(Exception):
    """The other end did not answer with one whole HTTP/1.1 answer that tells its length."""


class Answer(NamedTuple):
    """One answer: the HTTP status and the whole body."""

    status: int
    body: bytes


class Client:
    """One connection; one call at a time."""

    def __init__(self, connection: socket.socket) -> None:
        """Speak over a connected socket, and close it in the end."""
        self._connection = connection

    @classmethod
    def to(cls, url: str) -> Self:
        """Connect to the host of a base URL. Raises ``OSError``."""
        parts = urlsplit(url)
        connection = socket.create_connection((parts.hostname or "", parts.port or 80), timeout=_LONGEST_WAIT)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return cls(connection)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def call(self, request: bytes) -> Answer:
        """Send a whole request, and read its answer. Raises as `receive` does."""
        self.send(request)
        return self.receive()

    def send(self, request: bytes) -> None:
        """Send a whole request; `receive` comes before the next one. Raises ``OSError``."""
        self._connection.sendall(request)

    def receive(self) -> Answer:
        """Read an answer to the last byte of its ``Content-Length`` and no further.

        Raises `ProtocolError`, and ``OSError`` where the connection breaks or nothing comes for half a minute.
        """
        received = self._more(b"")
        while (end := received.find(b"\r\n\r\n")) < 0:
            if len(received) > _LONGEST_HEAD:
                raise ProtocolError("the head of the answer does not end")
            received = self._more(received)
        length = _LENGTH.search(received, 0, end + 2)
        if not received.startswith(b"HTTP/1.1 ") or length is None:
            raise ProtocolError(f"not an HTTP/1.1 answer with a Content-Length: {received[:80]!r}")
        body = received[end + 4 :]
        missing = int(length[1]) - len(body)
        if missing > 0:
            body += self._exactly(missing)
        elif missing < 0:
            raise ProtocolError(f"the answer is {-missing} bytes longer than its Content-Length")
        return Answer(int(received[9:12]), body)

    def _more(self, received: bytes) -> bytes:
        chunk = self._connection.recv(_CHUNK)
        if not chunk:
            raise ProtocolError("the connection was closed before the end of the answer")
        return received + chunk

    def _exactly(self, count: int) -> bytes:
        received = bytearray()
        while len(received) < count:
            chunk = self._connection.recv(min(_CHUNK, count - len(received)))
            if not chunk:
                raise ProtocolError("the connection was closed before the end of the answer")
            received += chunk
        return bytes(received)
