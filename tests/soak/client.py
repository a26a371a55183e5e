"""One connection of the soak: HTTP/1.1 by hand over asyncio streams, so that every break is seen for what it is."""

from __future__ import annotations

import asyncio
from typing import NamedTuple

PATIENCE = 0.3  # seconds until a client gives up on an answer; the longest wait of a rule is a fraction of it
_BREAKS = (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError)


GARBLED = -1


class Heard(NamedTuple):
    """What came back: the status (0: none; `GARBLED`: no head of HTTP), the body, whether the connection is good."""

    status: int
    body: bytes
    alive: bool


class Caller:
    """Calls over one kept-alive connection; a broken one is replaced at the next call."""

    def __init__(self, host: str, port: int, token: str) -> None:
        self._address = host, port
        self._token = token
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def call(self, method: str, path: str, body: bytes = b"", *, patience: float = PATIENCE) -> Heard:
        """Make one call on a connection that was not closed before it; a call is made once, whatever comes of it."""
        if self._streams is None or self._streams[0].at_eof() or self._streams[1].is_closing():
            await self.close()
            self._streams = await asyncio.open_connection(*self._address)
        reader, writer = self._streams
        token = f"Authorization: Bearer {self._token}\r\n" if self._token else ""
        kind = f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n" if method == "POST" else ""
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{token}{kind}\r\n".encode() + body)
        try:
            heard = await asyncio.wait_for(_answer(reader), patience)
        except _BREAKS:
            heard = Heard(0, b"", alive=False)
        if not heard.alive:
            await self.close()
        return heard

    async def close(self) -> None:
        """Close the connection, and do not wait for the other end."""
        if self._streams is not None:
            self._streams[1].transport.abort()
            self._streams = None


async def _answer(reader: asyncio.StreamReader) -> Heard:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    if not head[0].startswith("HTTP/1.1 "):
        return Heard(GARBLED, head[0].encode(), alive=False)
    status = int(head[0].split(" ")[1])
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
    alive = headers.get("connection", "").lower() != "close"
    if status in (204, 304):
        return Heard(status, b"", alive)
    if "chunked" in headers.get("transfer-encoding", ""):
        return Heard(status, await _chunks(reader), alive)
    body = await reader.readexactly(int(headers["content-length"])) if "content-length" in headers else b""
    return Heard(status, body, alive and "content-length" in headers)


async def _chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).strip(), 16):
        body += (await reader.readexactly(size + 2))[:-2]
    await reader.readexactly(2)
    return body
