"""The environment in which a program with the vendor's hosts hard-coded reaches the fake, for several shells."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_URL = "http://127.0.0.1:8787"
"""Where ``serve`` is without options."""

PRELOAD = Path(__file__).with_name("preload.cjs")
"""What has Node.js connect to the fake: its ``fetch`` reads no proxy variable before version 24."""

TLS_VARIABLE = "RUNCOMFY_INTERCEPT_TLS"
"""Tells the preload where the fake speaks TLS, ``host:port``."""

_POWERSHELL_QUOTES = re.compile("['\\u2018-\\u201b]")
"""PowerShell ends a text in single quotes at a typographic quote too."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def variables(url: str, proxy: str, tls: str, ca_file: Path) -> dict[str, str]:
    """Return the variables by name; neither a token nor a base URL is among them."""
    host = urlsplit(url).hostname or ""
    direct = ",".join(dict.fromkeys((*_LOOPBACK, host)))
    return {
        **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"), proxy),
        **dict.fromkeys(("NO_PROXY", "no_proxy"), direct),
        **dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"), str(ca_file)),
        "NODE_OPTIONS": f"--require {_for_node(str(PRELOAD))}",
        "NODE_USE_ENV_PROXY": "1",
        TLS_VARIABLE: tls,
    }


def merge_node_options(before: str, ours: str) -> str:
    """Return Node's options with ``ours`` among them, once."""
    return before if ours in before else f"{before} {ours}".strip()


def _for_node(path: str) -> str:
    escaped = path.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


NAMES = frozenset(variables("", "", "", Path()))
"""The names of all the variables there are; no other is handed to a shell."""


def _sh(name: str, value: str) -> str:
    return f"export {name}={shlex.quote(value)}"


def _fish(name: str, value: str) -> str:
    escaped = value.replace("\\", "\\\\").replace("'", "\\'")
    return f"set -gx {name} '{escaped}'"


def _powershell(name: str, value: str) -> str:
    escaped = _POWERSHELL_QUOTES.sub(r"\g<0>\g<0>", value)
    return f"$env:{name} = '{escaped}'"


SHELLS: Mapping[str, Callable[[str, str], str]] = {"sh": _sh, "fish": _fish, "powershell": _powershell}
"""How each shell exports a variable: its name and its value, as one line."""

FAILURES: Mapping[str, str] = {
    "sh": "false",
    "fish": "false",
    "powershell": "throw 'runcomfy-mock intercept-env failed'",
}
"""What has each shell fail where it evaluates a line: none heeds the code of a command that it reads lines from."""
