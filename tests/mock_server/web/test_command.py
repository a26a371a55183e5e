from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from starlette.requests import Request as HttpRequest

from mock_server.core.errors import BodyTooLarge, MalformedBody, ValidationFailed
from mock_server.transport import _Call
from mock_server.web.command import MOST_BYTES, read_object

FIELDS: dict[str, type | tuple[type, ...]] = {"count": (str, int), "speed": (int, float), "freeze": bool, "where": dict}


def read(body: bytes) -> dict[str, Any]:
    call = _Call(httpx, httpx.Request("POST", "http://x/", content=body), body)
    return asyncio.run(read_object(HttpRequest(call.scope, call.receive), FIELDS))


def test_known_fields_of_their_types_are_read() -> None:
    document = {"count": "1..", "speed": 1.5, "freeze": True, "where": {}}
    assert read(b'{"count": "1..", "speed": 1.5, "freeze": true, "where": {}}') == document
    assert read(b'{"count": 1, "speed": 1}') == {"count": 1, "speed": 1}
    assert read(b"{}") == {}


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (b'{"counts": 1}', 'unknown field "counts"; known are count, speed, freeze, where'),
        (b'{"count": true}', "count must be a text or a whole number, not true"),
        (b'{"speed": "1"}', 'speed must be a number, not "1"'),
        (b'{"freeze": 1}', "freeze must be true or false, not 1"),
        (b'{"where": []}', r"where must be an object, not \[\]"),
    ],
)
def test_all_else_is_refused_and_says_what_is_taken(body: bytes, told: str) -> None:
    with pytest.raises(ValidationFailed, match=told):
        read(body)


def test_what_is_no_object_or_too_large_is_refused() -> None:
    with pytest.raises(MalformedBody):
        read(b"[]")
    with pytest.raises(BodyTooLarge):
        read(b" " * (MOST_BYTES + 1))
