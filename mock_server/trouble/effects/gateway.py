"""Trouble of what stands between client and API: pages instead of JSON, and JSON that is hard to read."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from mock_server.trouble.call import JSON
from mock_server.trouble.domains import Headers, HeaderText, Text, Whole
from mock_server.trouble.effects.base import Effect, ErrorLook, Layer, Scene, Substitute, accepted, parameter
from mock_server.trouble.parts import CHUNK, Head, Part, Reply, pieces

_MEBIBYTE = 1024 * 1024
_MOST_BYTES = 64 * 1024 * _MEBIBYTE
_PAGE = (
    "<html>\r\n<head><title>{0}</title></head>\r\n<body>\r\n<center><h1>{0}</h1></center>\r\n"
    "<hr><center>gateway</center>\r\n</body>\r\n</html>\r\n"
)
_PHRASES: Mapping[int, str] = {
    502: "502 Bad Gateway",
    503: "503 Service Temporarily Unavailable",
    504: "504 Gateway Time-out",
}


@dataclass(frozen=True, slots=True)
class Http(Substitute):
    """Any answer: a status, a body, headers. Ledger: ``error.gateway``."""

    NAME: ClassVar[str] = "http"
    LAYER: ClassVar[Layer] = Layer.GATEWAY

    status: int = parameter(..., Whole(200, 599), "the HTTP status")
    body: str = parameter("html", Text(), "html, empty, json (as the API writes errors), or the body itself")
    headers: Mapping[str, str] = field(
        default_factory=dict, metadata={"domain": Headers(), "text": "headers to add, or to have another value"}
    )
    accepted: bool = accepted(False)

    def reply(self, reply: Reply | None, scene: Scene) -> Reply:
        """Answer so."""
        answer = self._plain(scene)
        for name, value in self.headers.items():
            answer = answer.with_header(name.lower().encode("ascii"), value.encode("latin-1"))
        return answer

    def _plain(self, scene: Scene) -> Reply:
        match self.body:
            case "html":
                page = _PAGE.format(_PHRASES.get(self.status, f"{self.status}"))
                return Reply(self.status, ((b"content-type", b"text/html"),), page.encode("ascii"))
            case "empty":
                return Reply(self.status, (), b"")
            case "json":
                return scene.error(ErrorLook(status=self.status))
            case text:
                kind = {"{": b"application/json", "[": b"application/json", "<": b"text/html"}
                content_type = kind.get(text[:1], b"text/plain; charset=utf-8")
                return Reply(self.status, ((b"content-type", content_type),), text.encode())


@dataclass(frozen=True, slots=True)
class WrongType(Effect):
    """The right body under a wrong content type."""

    NAME: ClassVar[str] = "wrong_type"
    LAYER: ClassVar[Layer] = Layer.GATEWAY

    content_type: str = parameter("text/html", HeaderText(), "the content type")

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Say another content type."""
        return reply and reply.with_header(b"content-type", self.content_type.encode("latin-1"))


@dataclass(frozen=True, slots=True)
class CutJson(Effect):
    """A body of JSON that ends in the middle, while all else about the answer is right."""

    NAME: ClassVar[str] = "cut_json"
    LAYER: ClassVar[Layer] = Layer.GATEWAY
    OPERATIONS = JSON

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Cut the body."""
        return reply and Reply(reply.status, reply.headers, reply.body[: len(reply.body) // 2])


@dataclass(frozen=True, slots=True)
class Garbage(Effect):
    """Bytes that mean nothing, in the place of the body."""

    NAME: ClassVar[str] = "garbage"
    LAYER: ClassVar[Layer] = Layer.GATEWAY

    bytes: int = parameter(64, Whole(1, _MEBIBYTE), "how many")

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Draw another body; its first byte begins neither JSON nor UTF-8."""
        return reply and Reply(reply.status, reply.headers, b"\xff" + scene.draws.data("garbage", self.bytes - 1))


@dataclass(frozen=True, slots=True)
class Gzip(Effect):
    """The body is compressed, whether or not the client asked for that."""

    NAME: ClassVar[str] = "gzip"
    LAYER: ClassVar[Layer] = Layer.GATEWAY

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Compress the body."""
        if reply is None:
            return None
        body = gzip.compress(reply.body, mtime=0)
        return Reply(reply.status, reply.headers, body).with_header(b"content-encoding", b"gzip")


@dataclass(frozen=True, slots=True)
class Chunked(Effect):
    """The body comes in chunks, its length not announced."""

    NAME: ClassVar[str] = "chunked"
    LAYER: ClassVar[Layer] = Layer.GATEWAY
    ENDS: ClassVar[bool] = True

    bytes: int = parameter(16, Whole(1, _MEBIBYTE), "bytes in a chunk")

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterator[Part]:
        """Cut the body into chunks."""
        for part in parts:
            if isinstance(part, Head):
                yield part.with_length(None)
            elif isinstance(part, bytes):
                yield from pieces(part, self.bytes)
            else:
                yield part


@dataclass(frozen=True, slots=True)
class Bom(Effect):
    """A byte-order mark stands before the JSON."""

    NAME: ClassVar[str] = "bom"
    LAYER: ClassVar[Layer] = Layer.GATEWAY
    OPERATIONS = JSON

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Put it there."""
        return reply and Reply(reply.status, reply.headers, b"\xef\xbb\xbf" + reply.body)


@dataclass(frozen=True, slots=True)
class Huge(Effect):
    """A huge body: the answer, and behind it spaces (zeros in a file) up to ``bytes`` bytes; they cost no memory."""

    NAME: ClassVar[str] = "huge"
    LAYER: ClassVar[Layer] = Layer.GATEWAY
    ENDS: ClassVar[bool] = True

    bytes: int = parameter(10 * _MEBIBYTE, Whole(1, _MOST_BYTES), "how many bytes in all")

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterator[Part]:
        """Fill up behind the body."""
        filling = b"\0" * CHUNK if scene.call.operation == "media" else b" " * CHUNK
        missing = 0
        for part in parts:
            if isinstance(part, Head):
                missing = max(0, self.bytes - (part.length or 0))
                yield part.with_length((part.length or 0) + missing)
            else:
                yield part
        while missing:
            yield filling[:missing]
            missing -= min(missing, CHUNK)
