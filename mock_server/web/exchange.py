"""What is known of one call while it passes through the layers, from the socket to the journal."""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from starlette.types import Scope, Send

from mock_server.connection import KEY, CallOnConnection
from mock_server.core.accounts import Account
from mock_server.core.entry import Entry
from mock_server.core.errors import ApiError
from mock_server.core.orders import NONE, Orders
from mock_server.core.redaction import is_carrier, secrets
from mock_server.service import View
from mock_server.web.answers import Answer, Renderer
from schemas.validation import Verdict

CLIENT_GONE = 499  # as nginx logs it: nobody was there to be answered
_KEY = "runcomfy_mock.exchange"
_HOST = re.compile(
    r"""(?: [A-Za-z0-9._-]{1,253} | \[ (?P<ipv6>[0-9A-Fa-f:.]{2,45}) \] )"""
    r"""(?: : (?P<port>[0-9]{1,5}) )?""",
    re.VERBOSE,
)
_LAST_PORT = 65535
_LONGEST_HOST = 260


@dataclass(slots=True, eq=False)
class Exchange:
    """One call: what came in, and the journal's entry, which the layers fill in. Made by the recorder.

    An answer that is ``captured`` is not sent yet: it keeps its body, even that to a HEAD, whose length is told.
    ``write_down`` writes the entry into the journal, at once and only once: before the client can have the whole of its
    answer, or the break of its connection, so that whoever has seen the end of a call finds it in the journal.
    """

    scope: Scope
    headers: Mapping[bytes, bytes]
    entry: Entry
    account: Account | None = None
    orders: Orders = NONE
    captured: bool = False
    write_down: Callable[[], None] = lambda: None

    @classmethod
    def begin(cls, scope: Scope) -> Exchange:
        """Start an exchange for an ASGI scope, and leave it there for `of`. Of a header sent twice the first counts."""
        headers = dict(reversed(scope["headers"]))
        entry = Entry(scope["method"], scope["path"])
        on_connection: CallOnConnection | None = scope.get(KEY)
        if on_connection is not None:
            entry.connection, entry.call = on_connection.connection.number, on_connection.number
        exchange = scope[_KEY] = cls(scope, headers, entry)
        return exchange

    @classmethod
    def of(cls, scope: Scope) -> Exchange:
        """Return the exchange that passes through ``scope``."""
        exchange: Exchange = scope[_KEY]
        return exchange

    def header(self, name: bytes) -> str | None:
        """Return the value of a header (its name in lower case), or ``None`` if it was not sent.

        Clients send what is not ASCII as UTF-8 or as Latin-1, and mean the same.
        """
        value = self.headers.get(name)
        return None if value is None else _text(value)

    @property
    def authorization(self) -> str | None:
        """The header that carries the token."""
        return self.header(b"authorization")

    @property
    def path(self) -> str:
        """The path and the query of the call as they came; without that of an application that this one is below."""
        raw: bytes = self.scope.get("raw_path") or quote(self.scope["path"]).encode("ascii")
        root = quote(self.scope.get("root_path", "")).encode("ascii")
        if root and raw.startswith(root + b"/"):
            raw = raw[len(root) :]
        query: bytes = self.scope["query_string"]
        return (raw + (b"?" + query if query else b"")).decode("latin-1")

    def secrets(self) -> list[str]:
        """Return the tokens that came with the call, in whichever header of those that carry one."""
        if len(self.headers) == len(self.scope["headers"]) and b"x-control-token" not in self.headers:
            authorization = self.headers.get(b"authorization")
            return [] if authorization is None else secrets(authorization)
        carried = (value for name, value in self.scope["headers"] if is_carrier(name))
        return [secret for value in carried for secret in secrets(value)]

    def end(self) -> None:
        """Let go of the scope, which holds this exchange: else both, and the body, would wait for a collection."""
        self.scope = {}
        self.write_down = _nothing

    @property
    def base_url(self) -> str:
        """Scheme and host as the caller sees them, so that URLs lead back to where the call came in."""
        return base_url(self.scope, self.header(b"host"))

    async def answer(self, answer: Answer, send: Send) -> None:
        """Send the answer to this call, and take note of its status."""
        self.entry.http_status = answer.status
        head = self.scope["method"] == "HEAD" and not self.captured
        if not self.captured:
            self.write_down()
        await answer.send(send, head=head)

    def error(self, error: ApiError, renderer: Renderer) -> Answer:
        """Write the answer that an error is, and take note of it."""
        entry = self.entry
        entry.findings = entry.findings or error.findings
        answer, entry.error_code = renderer.error(error, len(entry.unknown))
        return answer

    def judged(self, verdict: Verdict) -> None:
        """Take note of what validation said of the payload."""
        self.entry.findings, self.entry.unknown = verdict.findings, verdict.unknown

    def saw(self, before: View, after: View | None = None) -> None:
        """Take note of the request as the call found it, and as it left it."""
        entry = self.entry
        entry.at = before.at
        entry.model_id = before.request.model_id
        entry.status_before = before.status
        entry.status_after = (after or before).status


def _nothing() -> None:
    return


def header_text(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header of an ASGI scope, as `Exchange.header` does."""
    return next((_text(value) for each, value in scope["headers"] if each == name), None)


def _text(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def base_url(scope: Scope, host: str | None) -> str:
    """Build a base URL of the ``Host`` header; one that is missing or is no host gives way to the socket's address."""
    if host is None or len(host) > _LONGEST_HOST or not is_host(host):
        name, port = scope.get("server") or ("127.0.0.1", None)
        name = "localhost" if "/" in name else f"[{name}]" if ":" in name else name  # a Unix socket has a path
        host = name if port is None else f"{name}:{port}"
    return f"{scope['scheme']}://{host}{scope.get('root_path', '')}"


@functools.lru_cache(maxsize=256)
def is_host(text: str) -> bool:
    """Tell whether ``text`` is a host with or without a port: a name, an IPv4 address, or an IPv6 one in brackets."""
    match = _HOST.fullmatch(text)
    if match is None or (match["port"] and int(match["port"]) > _LAST_PORT):
        return False
    try:
        return match["ipv6"] is None or bool(ipaddress.IPv6Address(match["ipv6"]))
    except ValueError:
        return False
