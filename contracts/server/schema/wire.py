"""What carries schemathesis' calls to the server, and hands each call with its answer to whoever watches."""

from __future__ import annotations

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter, HTTPAdapter
from requests.exceptions import RequestException
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport
from typing_extensions import override
from urllib3 import HTTPHeaderDict, HTTPResponse

from contracts.exchange import Answer, Call, Exchange, Who

ASGIApp = Callable[
    [
        MutableMapping[str, Any],
        Callable[[], Awaitable[MutableMapping[str, Any]]],
        Callable[[MutableMapping[str, Any]], Awaitable[None]],
    ],
    Awaitable[None],
]
"""An ASGI application, as Starlette types it."""

UNKNOWN = "unknown"
"""The operation of a call that is none of the API's: an undeclared method, a path that leads nowhere."""

_OPERATIONS = (
    ("GET", re.compile(r"/v1/requests/[^/]+/status"), "status"),
    ("GET", re.compile(r"/v1/requests/[^/]+/result"), "result"),
    ("POST", re.compile(r"/v1/requests/[^/]+/cancel"), "cancel"),
    ("GET", re.compile(r"/v1/models"), "list"),
    ("GET", re.compile(r"/v1/models/categories"), "categories"),
    ("GET", re.compile(r"/v1/models/.+"), "model"),
    ("POST", re.compile(r"/v1/models/.+"), "submit"),
)
# What every client of HTTP sends, and what schemathesis names its cases with: no part of the call.
_OF_THE_CLIENT = frozenset(
    "accept accept-encoding connection content-length host user-agent x-schemathesis-testcaseid".split()
)


class Stopped(KeyboardInterrupt):
    """Whoever asked for the run wants no further call. Schemathesis ends, as it does for a key that is pressed."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of the two accounts; they stand in no text that is made of this."""

    first: str = field(repr=False)
    second: str | None = field(default=None, repr=False)

    def who(self, authorization: str | None) -> Who:
        """Tell whose token an ``Authorization`` header carries."""
        if authorization == f"Bearer {self.first}":
            return Who.FIRST
        if self.second is not None and authorization == f"Bearer {self.second}":
            return Who.SECOND
        return Who.NOBODY


def call_of(method: str, url: str, headers: MutableMapping[str, str], body: str | bytes | None, tokens: Tokens) -> Call:
    """Return a request as a `Call`, without the token."""
    parts = urlsplit(url)
    path = parts.path or "/"
    operation = next((name for verb, path_, name in _OPERATIONS if verb == method and path_.fullmatch(path)), UNKNOWN)
    who = tokens.who(next((value for name, value in headers.items() if name.lower() == "authorization"), None))
    dropped = _OF_THE_CLIENT if who is Who.NOBODY else _OF_THE_CLIENT | {"authorization"}
    return Call(
        operation=operation,
        method=method,
        path=f"{path}?{parts.query}" if parts.query else path,
        who=who,
        body=body.encode() if isinstance(body, str) else body,
        headers={name: value for name, value in headers.items() if name.lower() not in dropped},
    )


class Watched(BaseAdapter):
    """An adapter that asks before each call whether to go on, and shows each call with its answer.

    Every call of a run passes here, those that a check makes on its own account too. What the watcher raises is kept in
    ``error`` and stops the run.
    """

    def __init__(
        self,
        inner: BaseAdapter,
        tokens: Tokens,
        keep_going: Callable[[], bool],
        see: Callable[[Exchange], object],
    ) -> None:
        """Pass calls on to ``inner``."""
        super().__init__()
        self.calls = 0
        self.error: BaseException | None = None
        self.is_stopped = False
        self._inner = inner
        self._tokens = tokens
        self._keep_going = keep_going
        self._see = see

    @override
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Make one call. Raises `Stopped` in its place if it is not to be made, and for all calls after that."""
        self._ask()
        call = call_of(
            request.method or "",
            request.url or "",
            request.headers,
            request.body,
            self._tokens,
        )
        self.calls += 1
        begun = time.perf_counter()
        try:
            response = self._inner.send(request, *args, **kwargs)
            body = response.content
        except RequestException as error:
            self._show(Exchange(call, None, f"{type(error).__name__}: {error}", self.calls))
            raise
        headers = {name.lower(): value for name, value in response.headers.items()}
        answer = Answer(response.status_code, headers, body, time.perf_counter() - begun)
        self._show(Exchange(call, answer, "", self.calls))
        return response

    def _ask(self) -> None:
        try:
            self.is_stopped = self.is_stopped or not self._keep_going()
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the run was asked for
            self.is_stopped, self.error = True, error
            raise Stopped from None
        if self.is_stopped:
            raise Stopped

    def _show(self, exchange: Exchange) -> None:
        try:
            self._see(exchange)
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised where the run was asked for
            self.is_stopped, self.error = True, error
            raise Stopped from None

    @override
    def close(self) -> None:
        """Leave the connections open: `finish` closes them, once the run is over."""

    def finish(self) -> None:
        """Close what carried the calls."""
        self._inner.close()


class InProcess(HTTPAdapter):
    """An adapter that calls an ASGI application on an event loop of its own, with no socket and no thread."""

    def __init__(self, app: ASGIApp) -> None:
        """Call ``app``. An error that it raises is a 500, as a server has it."""
        super().__init__()
        self._app = app
        self._loop = asyncio.new_event_loop()

    @override
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Answer one call."""
        status, headers, body = self._loop.run_until_complete(self._call(request))
        raw = HTTPResponse(
            body=BytesIO(body),
            headers=HTTPHeaderDict(headers),
            status=status,
            version=11,
            preload_content=False,
            request_method=request.method,
        )
        return self.build_response(request, raw)

    @override
    def close(self) -> None:
        """Close the event loop."""
        self._loop.close()

    async def _call(self, request: PreparedRequest) -> tuple[int, list[tuple[str, str]], bytes]:
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        received: list[MutableMapping[str, Any]] = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[MutableMapping[str, Any]] = []

        async def receive() -> MutableMapping[str, Any]:
            return received.pop() if received else {"type": "http.disconnect"}

        async def send(message: MutableMapping[str, Any]) -> None:
            sent.append(message)

        try:
            await self._app(_scope(request), receive, send)
        except Exception:  # noqa: BLE001 - whatever an application raises, its server answers
            if not sent:
                return 500, [("content-type", "text/plain")], b"Internal Server Error"
        none: MutableMapping[str, Any] = {"status": 500, "headers": []}
        start = next((each for each in sent if each["type"] == "http.response.start"), none)
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in start["headers"]]
        is_head = request.method == "HEAD"
        return start["status"], headers, b"" if is_head else b"".join(each.get("body", b"") for each in sent)


def _scope(request: PreparedRequest) -> dict[str, Any]:
    parts = urlsplit(request.url or "")
    headers = [
        (_bytes(name).lower(), _bytes(value)) for name, value in request.headers.items() if name.lower() != "host"
    ]
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": parts.scheme,
        "path": unquote(parts.path),
        "raw_path": parts.path.encode(),
        "query_string": parts.query.encode(),
        "root_path": "",
        "headers": [(b"host", parts.netloc.encode()), *headers],
        "client": ("127.0.0.1", 0),
        "server": (parts.hostname, parts.port),
        "extensions": {},
    }


def _bytes(text: str | bytes) -> bytes:
    return text if isinstance(text, bytes) else text.encode("latin-1")


class WatchedTransport(RequestsTransport):
    """The transport of a schema whose every call passes a `Watched` adapter, whichever session it comes with."""

    def __init__(self, adapter: Watched) -> None:
        """Send everything through ``adapter``."""
        super().__init__()
        self._copy_serializers_from(REQUESTS_TRANSPORT)
        self._adapter = adapter

    @override
    def send(self, case: Any, *, session: Session | None = None, **kwargs: Any) -> Any:
        """Send a case."""
        session = session or Session()
        if session.adapters.get("http://") is not self._adapter:
            session.mount("http://", self._adapter)
            session.mount("https://", self._adapter)
            session.trust_env = False  # a .netrc would put its own token in the place of the account's
        return super().send(case, session=session, **kwargs)
