"""The journal as it grows: server-sent events, one a call. Whoever reads too slowly is cut off, never waited for."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any
from urllib.parse import parse_qs

import orjson
from starlette.types import Receive, Scope, Send

from mock_server.connection import KEY, CallOnConnection, Connection
from mock_server.core.entry import Entry
from mock_server.core.errors import Conflict, RateLimited, ValidationFailed
from mock_server.core.follower import Follower
from mock_server.service import Service
from mock_server.web.entry_form import entry_form
from mock_server.web.exchange import header_text
from schemas.findings import shorten

MOST_READERS = 100
HEARTBEAT_SECONDS = 15.0
_HEADERS = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"cache-control", b"no-store")]
_MOST_DIGITS = 18


class Events:
    """The ASGI application behind ``/__mock__/events``; its length is how many read now.

    ``id: SEQ``, ``event: call``, ``data:`` the entry as in the journal. With a token the calls of that account alone.
    ``Last-Event-ID``, or ``?after=``, replays what came after that one; ``event: evicted`` says that some is gone.
    """

    def __init__(self, service: Service) -> None:
        """Follow the journal of ``service``."""
        self._service = service
        self._readers: set[object] = set()

    def __len__(self) -> int:
        return len(self._readers)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application. Raises `UserAccountError`, `ValidationFailed`, `Conflict` and `RateLimited`."""
        account = self._service.caller(header_text(scope, b"authorization"))
        after = _after(scope)
        if "spec_version" not in scope["asgi"]:  # servers tell it, transports in process do not
            raise Conflict(
                "events are sent over a socket, and a client in process would wait for their end; serve the fake, or "
                "ask GET /__mock__/journal?after=SEQ"
            )
        if len(self._readers) >= MOST_READERS:
            message = f"there are {MOST_READERS} readers of events, and no more at a time; close one of them"
            raise RateLimited(message, headers={"Retry-After": "1"})
        reader = _Reader(self._service, None if account is None else account.fingerprint, after, scope)
        self._readers.add(reader)
        try:
            await reader.serve(receive, send)
        finally:
            reader.follower.end()
            self._readers.discard(reader)


class _Reader:
    """One answer that goes on until the client goes, the server stops, or the reader falls behind."""

    def __init__(self, service: Service, account: str | None, after: int | None, scope: Scope) -> None:
        call: CallOnConnection | None = scope.get(KEY)
        self._connection: Connection | None = None if call is None else call.connection
        self._loop = asyncio.get_running_loop()
        self._news, self._over = asyncio.Event(), asyncio.Event()
        self._is_sending = False
        self.follower = Follower(service.journal, account, after, self._wake)

    async def serve(self, receive: Receive, send: Send) -> None:
        """Send what the follower has until something ends it."""
        if self._connection is not None:
            self._connection.when_stopping(self._over.set)
        gone = asyncio.ensure_future(_until_gone(receive))
        writing = asyncio.ensure_future(self._write(send))
        waits: list[asyncio.Future[Any]] = [gone, writing, asyncio.ensure_future(self._over.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            if gone.done():
                return
            if writing.done():
                await writing  # a defect, to be seen
            elif not self.follower.lost and not self._is_sending:  # the server stops, and all was read
                writing.cancel()
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            elif self._connection is not None:
                self._connection.reset()
                await gone  # only then has the server heard of it, and wants no end of the answer
        finally:
            for each in waits:
                each.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    def _wake(self) -> None:
        with suppress(RuntimeError):  # the loop may be closed already
            self._loop.call_soon_threadsafe(self._look)

    def _look(self) -> None:
        (self._over if self.follower.lost else self._news).set()

    async def _write(self, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        text = b": the calls follow\n\n"
        while True:
            self._is_sending = True
            await send({"type": "http.response.body", "body": text, "more_body": True})
            self._is_sending = False
            text = b""
            while not text:
                self._news.clear()
                page = self.follower.page()
                text = b"".join([*_evicted(page.evicted), *map(_event, page.entries)]) or await self._idle()
            await asyncio.sleep(0)  # others have their turn between the pages of a long replay

    async def _idle(self) -> bytes:
        """Wait for news, and return what is to be sent meanwhile, if anything."""
        try:
            async with asyncio.timeout(HEARTBEAT_SECONDS):
                await self._news.wait()
        except TimeoutError:
            return b": idle\n\n"
        return b""


def _event(entry: Entry) -> bytes:
    return b"id: %d\nevent: call\ndata: %b\n\n" % (entry.seq, orjson.dumps(entry_form(entry)))


def _evicted(count: int) -> list[bytes]:
    return [b"event: evicted\ndata: %b\n\n" % orjson.dumps({"evicted": count})] if count else []


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _after(scope: Scope) -> int | None:
    """Return the number after which events are asked for. Raises `ValidationFailed`."""
    query = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    unknown = next((name for name in query if name != "after"), None)
    if unknown is not None:
        raise ValidationFailed(f"the query's {shorten(unknown)}: there is no such name; known is after")
    text = query["after"][-1] if query else header_text(scope, b"last-event-id")
    if not text and not query:
        return None
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        name = "the query's after" if query else "the header Last-Event-ID"
        raise ValidationFailed(f"{name} must be the number of a call, from 0 (all of them), not {shorten(text)}")
    return int(text)
