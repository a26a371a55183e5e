"""Names that nobody can predict without the seed, and anybody can repeat with it."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from hashlib import blake2b
from typing import Literal, assert_never

Format = Literal["uuid", "token", "longest"]

_VARIANT = {digit: "89ab"[int(digit, 16) % 4] for digit in "0123456789abcdef"}  # as RFC 9562 marks a UUID


def digest(seed: int, *parts: str | int, size: int = 16) -> bytes:
    """Draw ``size`` bytes (at most 64) from the seed and the names of the draw, such as account, operation, number."""
    name = "\x1f".join([str(seed), *map(str, parts)])
    return blake2b(name.encode(), digest_size=size).digest()


def request_id(seed: int, account: str, number: int, form: Format = "uuid") -> str:
    """Name the ``number``-th request of an account. Ledger: ``request-id.opaque``, ``request-id.format``."""
    match form:
        case "uuid":
            text = digest(seed, account, "submit", number).hex()
            return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-{_VARIANT[text[16]]}{text[17:20]}-{text[20:]}"
        case "token":
            return _text(digest(seed, account, "submit", number))
        case "longest":
            blocks = (digest(seed, account, "submit", number, block, size=48) for block in (0, 1))
            return "".join(map(_text, blocks))
    assert_never(form)


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")
