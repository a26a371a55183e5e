"""An answer as it goes over the wire, part by part: what is sent, what is waited for, where it breaks off."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

Headers = tuple[tuple[bytes, bytes], ...]

CHUNK = 64 * 1024
BODILESS = frozenset({204, 304})


@dataclass(frozen=True, slots=True)
class Reply:
    """One whole answer before it is sent; names of headers in lower case, ``content-length`` not among them."""

    status: int
    headers: Headers
    body: bytes

    def header(self, name: bytes) -> bytes | None:
        """Return the value of a header, or ``None``."""
        return next((value for each, value in self.headers if each == name), None)

    def with_header(self, name: bytes, value: bytes) -> Reply:
        """Return a copy with one header set."""
        kept = tuple(each for each in self.headers if each[0] != name)
        return Reply(self.status, ((name, value), *kept), self.body)


@dataclass(frozen=True, slots=True)
class Head:
    """The status line and the headers. Without ``content-length`` the body goes in chunks."""

    status: int
    headers: Headers

    @property
    def text(self) -> bytes:
        """The head as HTTP/1.1 writes it."""
        try:
            phrase = HTTPStatus(self.status).phrase
        except ValueError:
            phrase = ""
        lines = [f"HTTP/1.1 {self.status} {phrase}".encode(), *(name + b": " + value for name, value in self.headers)]
        return b"\r\n".join(lines) + b"\r\n\r\n"

    @property
    def length(self) -> int | None:
        """The length of the body that it announces."""
        return next((int(value) for name, value in self.headers if name == b"content-length"), None)

    def with_length(self, length: int | None) -> Head:
        """Return a copy that announces another length, or none."""
        kept = tuple(each for each in self.headers if each[0] != b"content-length")
        return Head(self.status, kept if length is None else ((b"content-length", b"%d" % length), *kept))


@dataclass(frozen=True, slots=True)
class Raw:
    """Bytes past all rules of HTTP; the connection breaks off after them."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Wait:
    """Seconds of the account's clock in which nothing is sent."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stall:
    """Nothing more is sent, until the client gives up."""


@dataclass(frozen=True, slots=True)
class Reset:
    """The connection is reset."""


@dataclass(frozen=True, slots=True)
class HangUp:
    """The connection is closed, as by a server that stops."""


Part = Head | Raw | bytes | Wait | Stall | Reset | HangUp
"""``bytes`` are of the body. Parts that end without a break end the answer as they should."""


def plain(reply: Reply) -> Iterator[Part]:
    """Send an answer whole. A status that has no body (RFC 9110) goes without one, and without a length."""
    if reply.status in BODILESS:
        yield Head(reply.status, reply.headers)
        return
    yield Head(reply.status, ((b"content-length", b"%d" % len(reply.body)), *reply.headers))
    yield reply.body


def bodiless(parts: Iterable[Part]) -> Iterator[Part]:
    """Leave the body out where HTTP has none: a client would take it for the next answer (RFC 9112, 6.3)."""
    has_none = False
    for part in parts:
        if isinstance(part, Head) and part.status in BODILESS:
            has_none = True
            yield part.with_length(None)
        elif not (has_none and isinstance(part, bytes)):
            yield part


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    """Cut bytes into pieces of at most ``size``."""
    for start in range(0, len(data), size):
        yield data[start : start + size]


def break_off(parts: Iterable[Part], at: str, end: Part) -> Iterator[Part]:
    """Put ``end`` where ``at`` says: ``accepted`` (before anything is sent), in the ``headers``, in the ``body``.

    In the body means after the half of it, or of its first piece where it comes in several. An empty body has no half:
    its client has all that it waits for, and the answer is whole.
    """
    for part in parts:
        if isinstance(part, Wait):
            yield part
        elif at == "accepted":
            break
        elif isinstance(part, Head):
            if at == "headers":
                yield Raw(part.text[: len(part.text) // 2])
                break
            yield part
        elif isinstance(part, bytes):
            yield part[: len(part) // 2]
            if not part:
                return
            break
        else:  # it breaks off by itself
            yield part
    yield end
