"""A server in this process: an ASGI application, stepped by hand, without socket and event loop.

An application that raises answers 500, as a real server would; one that waits for something outside is none that can be
stepped, and says so.
"""

from __future__ import annotations

import operator
import string
from asyncio import CancelledError
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from contextlib import suppress
from time import perf_counter
from typing import Any
from urllib.parse import quote, unquote_to_bytes, urlsplit

from contracts.exchange import Answer
from contracts.server.calling.connection import Unanswered

_AS_THEY_ARE = string.punctuation  # a percent sign too: what is encoded already stays so
Message = MutableMapping[str, Any]
Application = Callable[
    [MutableMapping[str, Any], Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]
]
"""An ASGI application."""

_BODILESS = (204, 304)
_HIGHEST = 999
_MOST_STEPS = 1000


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
        scope = self._scope(method, path, headers, body)
        exchange = _Exchange(body or b"")
        try:
            _step(self.app(scope, exchange.receive, exchange.send))
        except _Waits:
            raise Unanswered("waits for an event loop, which there is none in process; check it at a URL") from None
        except (Exception, CancelledError) as error:  # noqa: BLE001 - whatever it raises, a server would answer 500
            if not exchange.status:
                text = f"{type(error).__name__}: {error}".encode("utf-8", "replace")
                return Answer(500, {"content-type": "text/plain"}, text, perf_counter() - start)
        if not exchange.status:
            raise Unanswered("ended without an answer")
        if not exchange.whole:
            raise Unanswered("broke off in the midst of its answer")
        content = b"" if method == "HEAD" or exchange.status in _BODILESS else bytes(exchange.body)
        length = exchange.headers.get("content-length")
        if method != "HEAD" and length is not None and length != str(len(content)):
            raise Unanswered(f"sends {len(content)} bytes of an answer, under a Content-Length of {length!r}")
        return Answer(exchange.status, exchange.headers, content, perf_counter() - start)

    def close(self) -> None:
        """There is nothing to let go of."""

    def _scope(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> dict[str, Any]:
        raw_path, _, query = quote(path, safe=_AS_THEY_ARE, errors="replace").encode("ascii").partition(b"?")
        sent = [(b"host", self._host), (b"accept", b"*/*")]
        sent += [
            (name.lower().encode("latin-1"), value.strip(" \t").encode("latin-1")) for name, value in headers.items()
        ]
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
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.whole = False

    async def receive(self) -> Message:
        if self._body is None:
            return {"type": "http.disconnect"}
        body, self._body = self._body, None
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(self, message: Message) -> None:
        """Take a message as a server does, which refuses what is none; the application is to blame for that."""
        match message["type"], bool(self.status):
            case "http.response.start", False:
                told: dict[str, str] = {}
                for name, value in message.get("headers", ()):
                    key, text = name.decode("latin-1").lower(), value.decode("latin-1")
                    told[key] = f"{told[key]}, {text}" if key in told else text  # as a client reads them
                status = operator.index(message["status"])
                if not 200 <= status <= _HIGHEST:  # noqa: PLR2004 - what is below is no answer yet
                    raise ValueError(f"{status} is no status of an answer")
                self.status, self.headers = status, told
            case "http.response.body", True if not self.whole:
                self.body += message.get("body", b"")
                self.whole = not message.get("more_body", False)
            case kind, _:
                raise RuntimeError(f"unexpected message {kind!r}")


class _Waits(Exception):
    """The application waits for something outside itself."""


def _step(running: Awaitable[None]) -> None:
    steps = running.__await__()
    try:
        for _ in range(_MOST_STEPS):
            if next(steps) is not None:  # it lets others have their turn, of whom there are none
                break
    except StopIteration:
        return
    except RuntimeError as error:
        if "event loop" not in str(error):  # what asyncio and anyio say to whoever waits without one
            raise
        raise _Waits from None
    with suppress(Exception, CancelledError):  # it may mind that it is left, and await again
        steps.close()
    raise _Waits
