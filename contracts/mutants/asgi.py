"""What ASGI calls its parts, and what a call of the API is for: the words that the wrong servers are written in."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = [
    "ASGIApp",
    "Message",
    "Receive",
    "Scope",
    "Send",
    "When",
    "calls",
    "header",
    "operation",
    "query",
    "request_id",
    "with_header",
    "with_query",
]

When = Callable[[Scope], bool]
"""Tells of a call whether it is meant."""

_ADDRESSES = (
    ("status", re.compile(r"GET /v1/requests/([^/]+)/status")),
    ("result", re.compile(r"GET /v1/requests/([^/]+)/result")),
    ("cancel", re.compile(r"POST /v1/requests/([^/]+)/cancel")),
    ("list", re.compile(r"GET /v1/models")),
    ("categories", re.compile(r"GET /v1/models/categories")),
    ("model", re.compile(r"GET /v1/models/(.+)", re.DOTALL)),
    ("submit", re.compile(r"POST /v1/models/(.+)", re.DOTALL)),
)


def operation(scope: Scope) -> str:
    """Return the ledger's name of the operation that a call is for; an empty text where it is for none."""
    text = f"{scope['method']} {scope['path']}"
    return next((name for name, form in _ADDRESSES if form.fullmatch(text)), "")


def request_id(scope: Scope) -> str:
    """Return the id of the request in a path; an empty text where there is none."""
    found = re.match(r"/v1/requests/([^/]+)/", scope["path"])
    return found[1] if found else ""


def calls(*operations: str) -> When:
    """Mean the calls of these operations; without any, of every operation."""
    return lambda scope: operation(scope) in operations if operations else bool(operation(scope))


def header(scope: Scope, name: bytes) -> str | None:
    """Return the value of a header of the call (its name in lower case), or ``None``."""
    return next((value.decode("latin-1") for each, value in scope["headers"] if each == name), None)


def with_header(scope: Scope, name: bytes, value: bytes) -> Scope:
    """Return the call with that header, in the place of one of the same name."""
    others = [each for each in scope["headers"] if each[0] != name]
    return {**scope, "headers": [*others, (name, value)]}


def query(scope: Scope) -> dict[str, str]:
    """Return the query of a call; of a name given twice the last counts."""
    return dict(parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True))


def with_query(scope: Scope, **values: str | None) -> Scope:
    """Return the call with these values in its query; ``None`` takes one out."""
    changed = {**query(scope), **values}
    kept = {name: value for name, value in changed.items() if value is not None}
    return {**scope, "query_string": urlencode(kept).encode("ascii")}
