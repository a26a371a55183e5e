"""Trouble with output files: what the storage behind their URLs answers when it does not give the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from mock_server.trouble.call import Operation
from mock_server.trouble.domains import Whole
from mock_server.trouble.effects.base import Effect, Layer, Scene, Substitute, parameter
from mock_server.trouble.parts import HangUp, Head, Part, Reply

_MEDIA = frozenset({Operation.MEDIA})
_XML = ((b"content-type", b"application/xml"),)


@dataclass(frozen=True, slots=True)
class ExpiredUrl(Substitute):
    """The URL of the file has expired: 403, as object storage says it."""

    NAME: ClassVar[str] = "expired_url"
    LAYER: ClassVar[Layer] = Layer.MEDIA
    OPERATIONS = _MEDIA

    def reply(self, reply: Reply | None, scene: Scene) -> Reply:
        """Refuse."""
        return Reply(403, _XML, _document("AccessDenied", "Request has expired"))


@dataclass(frozen=True, slots=True)
class NoFile(Substitute):
    """The file is not there: 404, as object storage says it."""

    NAME: ClassVar[str] = "no_file"
    LAYER: ClassVar[Layer] = Layer.MEDIA
    OPERATIONS = _MEDIA

    def reply(self, reply: Reply | None, scene: Scene) -> Reply:
        """Miss it."""
        return Reply(404, _XML, _document("NoSuchKey", "The specified key does not exist."))


def _document(code: str, message: str) -> bytes:
    text = f"<Error><Code>{code}</Code><Message>{message}</Message></Error>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}'.encode("ascii")


@dataclass(frozen=True, slots=True)
class WrongLength(Effect):
    """The announced length is not that of the file: ``by`` more bytes than come, or fewer."""

    NAME: ClassVar[str] = "wrong_length"
    LAYER: ClassVar[Layer] = Layer.MEDIA
    OPERATIONS = _MEDIA
    ENDS: ClassVar[bool] = True

    by: int = parameter(-10, Whole(-1_000_000_000, 1_000_000_000), "how many bytes more are announced than come")

    def parts(self, parts: Iterable[Part], scene: Scene) -> Iterator[Part]:
        """Announce another length, and hang up where less comes; more is sent behind the end of the message."""
        for part in parts:
            if isinstance(part, Head):
                yield part.with_length(max(0, (part.length or 0) + self.by))
            else:
                yield part
        if self.by > 0:
            yield HangUp()
