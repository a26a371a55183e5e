"""One call of an ASGI application in process, without an event loop: as bytes in, and as bytes out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.mutants.asgi import ASGIApp, Message, Scope

SHOWN = frozenset({b"content-type", b"retry-after", b"location"})


@dataclass(frozen=True, slots=True)
class Told:
    """An answer: ``headers`` are those that a client may look at."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def document(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Caller:
    """Calls one application."""

    app: ASGIApp

    def __call__(
        self,
        method: str,
        path: str,
        *,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Told:
        messages: list[Message] = []
        received: list[Message] = [{"type": "http.request", "body": body or b"", "more_body": False}]

        async def receive() -> Message:
            return received.pop() if received else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            messages.append(message)

        coroutine: Any = self.app(_scope(method, path, token, headers or {}, body), receive, send)
        try:
            coroutine.send(None)
        except StopIteration:
            pass
        else:
            raise AssertionError("the application waits for an event loop")
        start, *parts = messages
        assert [part["type"] for part in parts] == ["http.response.body"] * len(parts)
        told = b"".join(part.get("body", b"") for part in parts)
        lengths = [value for name, value in start["headers"] if name == b"content-length"]
        assert lengths == [b"%d" % len(told)] or method == "HEAD", "the announced length is that of the body"
        return Told(start["status"], tuple(sorted(each for each in start["headers"] if each[0] in SHOWN)), told)


def _scope(method: str, path: str, token: str | None, headers: Mapping[str, str], body: bytes | None) -> Scope:
    plain, _, query = path.partition("?")
    given = {"host": "fake.test:8787"}
    if token is not None:
        given["authorization"] = f"Bearer {token}"
    if body is not None:
        given |= {"content-type": "application/json", "content-length": str(len(body))}
    given |= headers
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": plain,
        "raw_path": plain.encode(),
        "query_string": query.encode("latin-1"),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in given.items()],
        "server": ("fake.test", 8787),
        "client": ("127.0.0.1", 50000),
        "root_path": "",
    }
