"""What carries schemathesis' calls to the server, and hands each call with its answer to whoever watches."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from requests import PreparedRequest, Response, Session
from requests.adapters import BaseAdapter
from requests.exceptions import RequestException
from schemathesis.transport.requests import REQUESTS_TRANSPORT, RequestsTransport
from typing_extensions import override

from contracts.exchange import Answer, Call, Exchange, Who

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
