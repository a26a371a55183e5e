"""Bodies in: read within a limit, then parsed strictly into one JSON object."""

from __future__ import annotations

import json
from typing import Any

import orjson
from starlette.types import Receive

from mock_server.core.errors import BodyTooLarge, MalformedBody, UnsupportedMediaType
from schemas.findings import kind, shorten

_DEEPEST = 254


class ClientGone(Exception):
    """The client went away while its body was being read; there is nobody to answer."""


async def read(receive: Receive, limit: int, content_length: str | None) -> bytes:
    """Read a body of at most ``limit`` bytes.

    Raises `BodyTooLarge` as soon as it is known to be longer, not after reading it, and `ClientGone`.
    """
    if is_longer(content_length, limit):
        _within(limit + 1, limit)
    message = await receive()
    if message["type"] == "http.request" and not message.get("more_body", False):
        body: bytes = message.get("body", b"")
        _within(len(body), limit)
        return body
    chunks = bytearray()
    while message["type"] == "http.request":
        chunks += message.get("body", b"")
        _within(len(chunks), limit)
        if not message.get("more_body", False):
            return bytes(chunks)
        message = await receive()
    raise ClientGone


def is_longer(content_length: str | None, limit: int) -> bool:
    """Tell whether a body announces by its ``Content-Length`` that it is longer than ``limit`` bytes."""
    is_number = content_length is not None and content_length.isascii() and content_length.isdigit()
    return is_number and int((content_length or "")[:20]) > limit


def require_json(content_type: str | None, content_encoding: str | None = None) -> None:
    """Raise `UnsupportedMediaType` unless the headers say ``application/json``, as it is.

    Ledger: ``error.media-type``.
    """
    if content_encoding is not None and content_encoding.strip().lower() != "identity":
        raise UnsupportedMediaType(f"the body is sent without a Content-Encoding, not as {shorten(content_encoding)}")
    media_type, _, parameters = (content_type or "").partition(";")
    if media_type.strip().lower() != "application/json":
        found = f"this one has {shorten(content_type)}" if content_type else "this one has no Content-Type"
        raise UnsupportedMediaType(f"a submit is sent with 'Content-Type: application/json'; {found}")
    charset = parameters.lower().partition("charset=")[2].partition(";")[0].strip(' "')
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise UnsupportedMediaType(f"JSON is sent as UTF-8, not as {shorten(charset)}")


def parse_object(body: bytes) -> dict[str, Any]:
    """Read one JSON object. Raises `MalformedBody` for all else, a name given twice included.

    Ledger: ``body.json``, ``error.malformed-body``.
    """
    try:
        document = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        what = "is empty" if not body.strip() else f"is not JSON: {error}"
        raise MalformedBody(f"the body {what}; a JSON object is expected") from None
    if not isinstance(document, dict):
        raise MalformedBody(f"the body is {kind(document)}; a JSON object is expected")
    if _may_repeat_names(body, document):
        _refuse_duplicates(body)
    return document


def _may_repeat_names(body: bytes, document: dict[str, Any]) -> bool:
    """Tell whether a name may have been given twice: the parser keeps the last in silence.

    What was dropped is missing, with its quotes, when the document is written anew. An escape that spells a quote
    without one would upset the count; then only a second look can tell.
    """
    try:
        written = orjson.dumps(document)
    except orjson.JSONEncodeError:
        raise MalformedBody(f"the body is nested more than {_DEEPEST} levels deep") from None
    may_escape = b"\\" in body and b"\\u0022" in body  # the quick look first: most bodies have no escape
    return may_escape or body.count(b'"') != written.count(b'"')


def _refuse_duplicates(body: bytes) -> None:
    """Look a second time, with a parser that shows names given twice."""
    _PAIRS.decode(body.decode())


def _unique(pairs: list[tuple[str, Any]]) -> None:
    if len(pairs) == len(dict(pairs)):
        return
    seen: set[str] = set()
    for name, _ in pairs:
        if name in seen:
            raise MalformedBody(f"the body gives the property {shorten(name)} twice")
        seen.add(name)


_PAIRS = json.JSONDecoder(object_pairs_hook=_unique, parse_int=str, parse_float=str)


def _within(size: int, limit: int) -> None:
    if size > limit:
        raise BodyTooLarge(f"the body is larger than the limit of {limit} bytes")
