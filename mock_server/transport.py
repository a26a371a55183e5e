"""The fake behind an httpx client, without a socket: transports for httpx and for httpx2, sync and async alike."""

from __future__ import annotations

from collections.abc import AsyncIterable, Coroutine, Iterable
from types import ModuleType
from typing import Any

from starlette.types import ASGIApp, Message, Scope


class _Call:
    """One call into an ASGI application: its body in, its answer out, both in memory."""

    def __init__(self, request: Any, body: bytes) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self._is_head = request.method == "HEAD"
        self._received: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]
        url = request.url
        self.scope: Scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "scheme": url.scheme,
            "path": url.path,
            "raw_path": url.raw_path.partition(b"?")[0],
            "query_string": url.query,
            "server": (url.host, url.port),
            "client": ("127.0.0.1", 0),
            "root_path": "",
        }

    async def receive(self) -> Message:
        return self._received.pop() if self._received else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif not self._is_head:
            self.body += message.get("body", b"")


def make_transport(app: ASGIApp, library: ModuleType) -> Any:
    """Return a transport over ``app`` for the clients of ``library`` (``httpx`` or ``httpx2``), sync and async."""

    class FakeTransport(library.BaseTransport, library.AsyncBaseTransport):  # type: ignore[name-defined, misc]
        """Answers calls from the fake."""

        def handle_request(self, request: Any) -> Any:
            """Answer a call of a sync client: the application never waits, so stepping it once runs it whole."""
            stream: Iterable[bytes] = request.stream
            call = _Call(request, b"".join(stream))
            _run(app(call.scope, call.receive, call.send))  # type: ignore[arg-type]  # an application is a coroutine
            return _response(call)

        async def handle_async_request(self, request: Any) -> Any:
            """Answer a call of an async client."""
            stream: AsyncIterable[bytes] = request.stream
            call = _Call(request, b"".join([chunk async for chunk in stream]))
            await app(call.scope, call.receive, call.send)
            return _response(call)

    def _response(call: _Call) -> Any:
        return library.Response(call.status, headers=call.headers, content=bytes(call.body))

    return FakeTransport()


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("the application waits for an event loop; use an async client")
