"""What is known of one call while it passes through the layers, from the socket to the journal."""

from __future__ import annotations

import functools
import ipaddress
import re
from dataclasses import dataclass
from typing import cast

from starlette.types import Scope, Send

from mock_server.core.accounts import Account
from mock_server.service import View
from mock_server.web.answers import Answer
from schemas.findings import Finding
from schemas.validation import Verdict

_KEY = "runcomfy_mock.exchange"
_HOST = re.compile(
    r"""(?: [A-Za-z0-9._-]{1,253} | \[ (?P<ipv6>[0-9A-Fa-f:.]{2,45}) \] )"""
    r"""(?: : (?P<port>[0-9]{1,5}) )?""",
    re.VERBOSE,
)
_LAST_PORT = 65535


@dataclass(slots=True, eq=False)
class Exchange:
    """One call: what came in, and what the layers have found out. Made by the recorder, filled in by the rest."""

    scope: Scope
    authorization: str | None = None
    content_type: str | None = None
    content_encoding: str | None = None
    content_length: str | None = None
    host: str | None = None
    byte_range: str | None = None
    account: Account | None = None
    operation: str = "unknown"
    request_id: str | None = None
    model_id: str | None = None
    status_before: str | None = None
    status_after: str | None = None
    payload: bytes | None = None
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    http_status: int = 0
    error_code: int | None = None
    token_sent: bool = False

    @classmethod
    def begin(cls, scope: Scope) -> Exchange:
        """Start an exchange for an ASGI scope, and leave it there for `of`. Of a header sent twice the first counts."""
        exchange = cls(scope)
        for name, value in reversed(scope["headers"]):
            if name == b"authorization":
                exchange.authorization = value.decode("latin-1")
            elif name == b"host":
                exchange.host = value.decode("latin-1")
            elif name == b"content-type":
                exchange.content_type = value.decode("latin-1")
            elif name == b"content-encoding":
                exchange.content_encoding = value.decode("latin-1")
            elif name == b"content-length":
                exchange.content_length = value.decode("latin-1")
            elif name == b"range":
                exchange.byte_range = value.decode("latin-1")
        scope[_KEY] = exchange
        return exchange

    @classmethod
    def of(cls, scope: Scope) -> Exchange:
        """Return the exchange that passes through ``scope``."""
        return cast("Exchange", scope[_KEY])

    @property
    def base_url(self) -> str:
        """Scheme and host as the caller sees them, so that URLs lead back to where the call came in."""
        return base_url(self.scope, self.host)

    async def answer(self, answer: Answer, send: Send) -> None:
        """Send the answer to this call, and take note of its status."""
        self.http_status = answer.status
        await answer.send(send, head=self.scope["method"] == "HEAD")

    def judged(self, verdict: Verdict) -> None:
        """Take note of what validation said of the payload."""
        self.findings, self.unknown = verdict.findings, verdict.unknown

    def saw(self, before: View, after: View | None = None) -> None:
        """Take note of the request as the call found it, and as it left it."""
        self.model_id = before.request.model_id
        self.status_before = before.status
        self.status_after = (after or before).status


def base_url(scope: Scope, host: str | None) -> str:
    """Build a base URL of the ``Host`` header; one that is missing or is no host gives way to the socket's address."""
    if host is None or not is_host(host):
        name, port = scope.get("server") or ("127.0.0.1", None)
        name = f"[{name}]" if ":" in name else name
        host = name if port is None else f"{name}:{port}"
    return f"{scope['scheme']}://{host}"


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
