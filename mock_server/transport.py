"""The fake behind an httpx client, without a socket: transports for httpx and for httpx2, sync and async alike.

Nothing waits here. Time that a fault takes passes on the fake's clock at once; what a client would wait for longer than
its timeout allows, and what breaks a connection, raises the error that the client's library has for it.
"""

from __future__ import annotations

from collections.abc import AsyncIterable, AsyncIterator, Coroutine, Iterable, Iterator
from types import ModuleType
from typing import Any

from starlette.types import ASGIApp, Message, Scope

from mock_server.core.clock import LATEST, Clock
from mock_server.trouble.parts import BODILESS, HangUp, Head, Part, Raw, Reset, Stall, Wait
from mock_server.web.bodies import ClientGone
from mock_server.web.wire import EXTENSION


class _Call:
    """One call into an ASGI application: its body in, its answer out, both in memory. It is a `Wire` too."""

    def __init__(self, library: ModuleType, request: Any, body: bytes) -> None:
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.body = bytearray()
        self.error: Exception | None = None
        self.parts: Iterator[Part] | None = None
        self._library = library
        self._request = request
        self._clock: Clock | None = None
        self._silent = 0.0
        self._patience: float | None = request.extensions.get("timeout", {}).get("read")
        self._is_head = request.method == "HEAD"
        self._received: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    @property
    def scope(self) -> Scope:
        """The call as ASGI has it. It is not kept: it holds this call, and both would wait for a collection."""
        request, url = self._request, self._request.url
        return {
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
            "extensions": {EXTENSION: self},
        }

    async def receive(self) -> Message:
        return self._received.pop() if self._received else {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], list(message["headers"])
        elif not self._is_head:
            self.body += message.get("body", b"")

    # -- as a wire

    async def wait(self, clock: Clock, seconds: float) -> None:
        """Let time pass at once. Raises `ClientGone` where the client's timeout comes first."""
        self._clock = clock
        self.error = self._silence(seconds)
        if self.error is not None:
            raise ClientGone

    async def play(self, parts: Iterable[Part], clock: Clock) -> None:
        """Take the answer up to its head; what comes after that is taken as the client reads it."""
        self._clock = clock
        self.parts = iter(parts)
        for part in self.parts:
            match part:
                case Head(status, headers):
                    self.status, self.headers = status, list(headers)
                    self._silent = 0.0
                    return
                case Stall():
                    self.error = self._stalled()
                    raise ClientGone
                case Wait(seconds):
                    self.error = self._silence(seconds)
                    if self.error is not None:
                        raise ClientGone
                case Reset():
                    self.error = self._reset()
                case HangUp():
                    self.error = self._hung_up("Server disconnected without sending a response.")
                case Raw() | bytes():
                    continue

    def read(self) -> Iterator[bytes]:
        """Read the rest of the answer, as the client does. Raises what the client's library raises for a break."""
        assert self.parts is not None
        left = Head(self.status, tuple(self.headers)).length
        if self._is_head or self.status in BODILESS:
            left = 0
        for part in self.parts:
            if left == 0:  # the client has all that it waits for
                return
            match part:
                case bytes():
                    piece = part if left is None else part[:left]
                    left = None if left is None else left - len(piece)
                    self._silent = 0.0
                    yield piece
                case Wait(seconds):
                    error = self._silence(seconds)
                    if error is not None:
                        raise error
                case Stall():
                    raise self._stalled()
                case Reset():
                    raise self._reset()
                case HangUp():
                    raise self._hung_up("peer closed connection without sending complete message body")
                case _:
                    continue

    def _silence(self, seconds: float) -> Exception | None:
        """Let time pass in which nothing comes; return the timeout if it is too much for the client."""
        self._silent += seconds
        too_long = self._patience is not None and self._silent > self._patience
        if too_long:
            seconds -= self._silent - (self._patience or 0.0)
        if self._clock is not None:
            self._clock.advance(max(0.0, min(seconds, LATEST - self._clock.now())))
        return self._timed_out("The read operation timed out") if too_long else None

    def _stalled(self) -> Exception:
        """Let the client run into its timeout; one without any would wait for ever, and is told so."""
        if self._patience is None:
            return self._timed_out("the answer stalls, and a client without a timeout would wait for ever")
        self._silence(self._patience - self._silent)
        return self._timed_out("The read operation timed out")

    def _timed_out(self, message: str) -> Exception:
        error: Exception = self._library.ReadTimeout(message, request=self._request)
        return error

    def _reset(self) -> Exception:
        error: Exception = self._library.ReadError("[Errno 104] Connection reset by peer", request=self._request)
        return error

    def _hung_up(self, message: str) -> Exception:
        error: Exception = self._library.RemoteProtocolError(message, request=self._request)
        return error


def make_transport(app: ASGIApp, library: ModuleType) -> Any:
    """Return a transport over ``app`` for the clients of ``library`` (``httpx`` or ``httpx2``), sync and async."""

    class FakeTransport(library.BaseTransport, library.AsyncBaseTransport):  # type: ignore[name-defined, misc]
        """Answers calls from the fake."""

        def handle_request(self, request: Any) -> Any:
            """Answer a call of a sync client: the application never waits, so stepping it once runs it whole."""
            stream: Iterable[bytes] = request.stream
            call = _Call(library, request, b"".join(stream))
            _run(app(call.scope, call.receive, call.send))  # type: ignore[arg-type]  # an application is a coroutine
            return _response(call)

        async def handle_async_request(self, request: Any) -> Any:
            """Answer a call of an async client."""
            stream: AsyncIterable[bytes] = request.stream
            call = _Call(library, request, b"".join([chunk async for chunk in stream]))
            await app(call.scope, call.receive, call.send)
            return _response(call)

    class Rest(library.SyncByteStream, library.AsyncByteStream):  # type: ignore[name-defined, misc]
        """The body of an answer that a fault has a hand in, read part by part."""

        def __init__(self, call: _Call) -> None:
            self._call = call

        def __iter__(self) -> Iterator[bytes]:
            return self._call.read()

        async def __aiter__(self) -> AsyncIterator[bytes]:
            for piece in self._call.read():
                yield piece

    def _response(call: _Call) -> Any:
        if call.error is not None:
            raise call.error
        if call.parts is not None:
            return library.Response(call.status, headers=call.headers, stream=Rest(call))
        return library.Response(call.status, headers=call.headers, content=bytes(call.body))

    return FakeTransport()


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    try:
        coroutine.send(None)
    except StopIteration:
        return
    coroutine.close()
    raise RuntimeError("the application waits for an event loop; use an async client")
