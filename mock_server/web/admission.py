"""Who may steer the fake: the machine's own programs, and whoever carries the control token.

A browser is no such program. A page from anywhere can have one send calls to loopback, under its own origin or, with a
name that it has made resolve to loopback, under a foreign host; both are refused.
"""

from __future__ import annotations

import hmac
import ipaddress
from urllib.parse import urlsplit

from starlette.types import Scope

from mock_server.core.errors import Forbidden
from mock_server.vendor_names import is_vendor
from mock_server.web.exchange import header_text


def admit(scope: Scope, control_token: str | None) -> None:
    """Raise `Forbidden` unless a call may steer the fake."""
    if control_token is not None:
        sent = next((value for name, value in scope["headers"] if name == b"x-control-token"), b"")
        if not hmac.compare_digest(sent, control_token.encode()):
            raise Forbidden("the control plane wants its token in the header X-Control-Token")
        return
    if not is_loopback(scope.get("client")):
        raise Forbidden("the control plane is open to loopback alone; --control-token opens it to other hosts")
    origin = header_text(scope, b"origin")
    if origin is not None and not _is_own_name(_host_of(origin), scope):
        raise Forbidden("the control plane takes no calls from pages of another origin; --control-token does")
    host = header_text(scope, b"host")
    if host is not None and not _is_own_name(_host_of(f"//{host}"), scope):
        raise Forbidden("the control plane is reached under a name of this machine; --control-token takes any")


def is_loopback(client: tuple[str, int] | None) -> bool:
    """Tell whether a peer is on this machine: by its address, or because it has none."""
    if client is None or client[0] == "testclient":  # a Unix socket, or Starlette's own client in process
        return True
    return _is_loopback_address(client[0].partition("%")[0])


def _host_of(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_own_name(name: str, scope: Scope) -> bool:
    if name == "localhost" or name.endswith(".localhost") or _is_loopback_address(name):
        return True
    if is_vendor(name):  # it leads here only on purpose: by a hosts file, a proxy, or a transport in process
        return True
    server = scope.get("server")  # in process there is no address: a transport gives the name of the call's own URL
    return server is not None and server[0].lower() == name


def _is_loopback_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback
