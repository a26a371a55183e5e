"""The body of a control call: a small JSON object whose fields are known."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request as HttpRequest

from mock_server.core.errors import ValidationFailed
from mock_server.web import bodies
from schemas.findings import shorten

MOST_BYTES = 1024 * 1024


async def read_nothing(request: HttpRequest) -> None:
    """Read a body that has nothing to say: none, or ``{}``. Raises `ValidationFailed`, and as `bodies` does."""
    body = await bodies.read(request.receive, MOST_BYTES, request.headers.get("content-length"))
    for name in bodies.parse_object(body) if body.strip() else ():
        raise ValidationFailed(f"unknown field {shorten(name)}; this call takes none")


async def read_object(request: HttpRequest, fields: dict[str, type | tuple[type, ...]]) -> dict[str, Any]:
    """Read a small JSON object with no other fields than these, each of its type or of one of several.

    Raises `ValidationFailed`, and as `bodies` does.
    """
    body = await bodies.read(request.receive, MOST_BYTES, request.headers.get("content-length"))
    document = bodies.parse_object(body)
    for name, value in document.items():
        if name not in fields:
            raise ValidationFailed(f"unknown field {shorten(name)}; known are {', '.join(fields)}")
        wanted = fields[name]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            names = wanted if isinstance(wanted, tuple) else (wanted,)
            kinds = " or ".join(_KINDS[each] for each in names if each is not int or float not in names)
            raise ValidationFailed(f"the field {name} must be {kinds}, not {shorten(value)}")
    return document


_KINDS = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    dict: "an object",
    list: "a list",
}
