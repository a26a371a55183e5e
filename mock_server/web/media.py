"""Output media: tiny real files for every output of a successful generation. No token is needed (``output.host``)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import orjson
from starlette.types import Receive, Scope, Send

from mock_server.core.errors import RangeNotSatisfiable, ResourceNotFound
from mock_server.core.lifecycle import Status
from mock_server.core.outputs import MEDIA_FILES, output
from mock_server.service import Service, View
from mock_server.web.answers import Answer
from mock_server.web.exchange import Exchange
from mock_server.web.method_route import MethodRoute

MEDIA = Path(__file__).parents[2] / "fixtures" / "media"
"""Found beside this package, not by import: a user's project may well have a ``fixtures`` of its own."""

CONTENT_TYPES: Mapping[str, bytes] = {"png": b"image/png", "mp4": b"video/mp4", "wav": b"audio/wav"}
_RANGE = re.compile(r"bytes=(?P<first>\d{0,18})-(?P<last>\d{0,18})", re.IGNORECASE | re.ASCII)


class Media:
    """``/media/{request_id}/{index}.{mp4,png,wav}``: the packaged file, whole or in part."""

    def __init__(self, service: Service) -> None:
        """Serve what the requests of ``service`` put out."""
        self._service = service
        self._files = {name.rpartition(".")[2]: (MEDIA / name).read_bytes() for name in MEDIA_FILES.values()}

    def routes(self) -> list[MethodRoute]:
        """Return the routes, for GET and HEAD: of the files, and of where a redirect (an effect) leads to them."""
        apps = {"GET": self, "HEAD": self}
        return [MethodRoute(f"{prefix}/media/{{request_id}}/{{name}}", apps) for prefix in ("", "/redirected")]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application. Raises `ResourceNotFound`, and `RangeNotSatisfiable` for a range past the end."""
        exchange = Exchange.of(scope)
        entry = exchange.entry
        entry.operation = "media"
        entry.token_sent_to_media = b"authorization" in exchange.headers
        request_id, name = scope["path_params"]["request_id"], scope["path_params"]["name"]
        entry.request_id = request_id
        view = self._service.find(None, request_id)
        exchange.saw(view)
        entry.account = view.request.account  # whose file it is: nobody says who fetches it
        if view.request.expired or name not in self._names(view):
            raise ResourceNotFound(f"the request has no output {name[:80]!r}")
        suffix = name.rpartition(".")[2]
        byte_range = None if scope["method"] == "HEAD" else exchange.header(b"range")  # of GET alone (RFC 9110)
        answer = _part(self._files[suffix], CONTENT_TYPES[suffix], byte_range)
        if entry.token_sent_to_media:
            warning = (b"x-runcomfy-mock-warning", b"a token was sent to a media URL")
            answer = Answer(answer.status, answer.body, answer.content_type, (*answer.headers, warning))
        await exchange.answer(answer, send)

    def _names(self, view: View) -> set[str]:
        """Return the names of the files that a request put out."""
        if view.status is not Status.COMPLETED or view.request.failure is not None:
            return set()
        names: set[str] = set()

        def address(name: str) -> str:
            names.add(name)
            return name

        output(self._service.catalog[view.request.model_id], orjson.loads(view.request.payload), address)
        return names


class _Span(NamedTuple):
    first: int
    last: int


def _part(content: bytes, content_type: bytes, byte_range: str | None) -> Answer:
    """Answer with the file, or with one range of it; a range that is malformed or several is ignored (RFC 9110)."""
    accepts = (b"accept-ranges", b"bytes")
    span = _span(byte_range, len(content)) if byte_range else None
    if span is None:
        return Answer(200, content, content_type, (accepts,))
    where = (b"content-range", b"bytes %d-%d/%d" % (span.first, span.last, len(content)))
    return Answer(206, content[span.first : span.last + 1], content_type, (accepts, where))


def _span(byte_range: str, size: int) -> _Span | None:
    match = _RANGE.fullmatch(byte_range.strip())
    if match is None or (not match["first"] and not match["last"]):
        return None
    if not match["first"]:
        first, last = max(0, size - int(match["last"])), size - 1
    else:
        first = int(match["first"])
        last = min(int(match["last"] or size - 1), size - 1)
        if match["last"] and int(match["last"]) < first:
            return None
    if first > last:
        message = f"the file has {size} bytes; the range starts past its end"
        raise RangeNotSatisfiable(message, headers={"Content-Range": f"bytes */{size}"})
    return _Span(first, last)
