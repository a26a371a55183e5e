"""A server in this process: an ASGI application, stepped by hand, without socket and event loop.

An application that raises answers 500, as a real server would; one that waits for something outside is none that can be
stepped, and says so.
"""

from __future__ import annotations

import string
from collections.abc import Awaitable, Callable, Coroutine, Mapping, MutableMapping
from time import perf_counter
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from contracts.exchange import Answer
from contracts.server.connection import Unanswered

_AS_THEY_ARE = string.punctuation  # a percent sign too: what is encoded already stays so
Message = MutableMapping[str, Any]
Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
"""An ASGI application."""


class InProcess:
    """Calls an application as if it were served at ``base_url``."""

    def __init__(self, app: Application, base_url: str) -> None:
        """Take the application; ``base_url`` is the address that it is told."""
        self.base_url = base_url
        self.app = app
        url = urlsplit(base_url)
        self._scheme, self._host = url.scheme, url.netloc.encode("latin-1")
        self._server = (url.hostname or "localhost", url.port or {"https": 443}.get(url.scheme, 80))

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Make one call. Raises `Unanswered` if the application waits, or ends without an answer."""
        start = perf_counter()
        exchange = _Exchange(body or b"")
        try:
            _step(self.app(self._scope(method, path, headers, body), exchange.receive, exchange.send))
        except _Waits:
            raise Unanswered("waits for an event loop, which there is none in process; check it at a URL") from None
        except Exception as error:  # noqa: BLE001 - whatever it raises, a server would answer 500
            if not exchange.status:
                text = f"{type(error).__name__}: {error}".encode("utf-8", "replace")
                return Answer(500, {"content-type": "text/plain"}, text, perf_counter() - start)
        if not exchange.status:
            raise Unanswered("ended without an answer")
        if not exchange.whole:
            raise Unanswered("broke off in the midst of its answer")
        told = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in exchange.headers}
        return Answer(exchange.status, told, bytes(exchange.body), perf_counter() - start)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _scope(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> dict[str, Any]:
        raw_path, _, query = quote(path, safe=_AS_THEY_ARE, errors="replace").encode("ascii").partition(b"?")
        sent = [(b"host", self._host), (b"accept", b"*/*")]
        sent += [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
        if body is not None:
            sent.append((b"content-length", b"%d" % len(body)))
        return {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "headers": sent,
            "scheme": self._scheme,
            "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
            "raw_path": raw_path,
            "query_string": query,
            "server": self._server,
            "client": ("127.0.0.1", 0),
            "root_path": "",
        }


class _Exchange:
    """The two ends that an application is given."""

    __slots__ = ("_body", "body", "headers", "status", "whole")

    def __init__(self, body: bytes) -> None:
        self._body: bytes | None = body
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.whole = False

    async def receive(self) -> Message:
        if self._body is None:
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message.get("headers", ()))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")
            self.whole = not message.get("more_body", False)


class _Waits(Exception):
    """The application waits for something outside itself."""


def _step(running: Awaitable[None]) -> None:
    assert isinstance(running, Coroutine)
    try:
        running.send(None)
    except StopIteration:
        return
    running.close()
    raise _Waits
