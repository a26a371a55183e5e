"""How the text of a setting is read. Each reader raises ``ValueError`` with what it expects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from mock_server.core.accounts import RateLimit
from mock_server.core.clock import checked_speed
from schemas.variants import Variants


def whole(least: int) -> Callable[[str], int]:
    """Make a reader of whole numbers, ``least`` or more."""

    def parse(text: str) -> int:
        if not text.strip().isascii() or not text.strip().removeprefix("-").isdigit() or int(text) < least:
            raise ValueError(f"expected a whole number, {least} or more, not {text!r}")
        return int(text)

    return parse


def not_negative(text: str) -> float:
    """Read a number, 0 or more."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number < float("inf"):
        raise ValueError(f"expected a number, 0 or more, not {text!r}")
    return number


def positive(text: str) -> float:
    """Read a number above 0."""
    number = not_negative(text)
    if number == 0:
        raise ValueError("expected a number above 0")
    return number


def speed(text: str) -> float:
    """Read a clock's speed."""
    return checked_speed(positive(text))


def rate(text: str) -> RateLimit:
    """Read ``CALLS/SECONDS``."""
    calls, _, seconds = text.partition("/")
    if not calls.isascii() or not calls.isdigit() or int(calls) < 1 or not seconds:
        raise ValueError(f"expected CALLS/SECONDS such as 10/60, not {text!r}")
    return RateLimit(int(calls), positive(seconds))


def base_url(text: str) -> str:
    """Read an absolute HTTP URL to put before paths."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.query and not parts.fragment
        valid = valid and (parts.port is None or parts.port > 0) and not any(map(str.isspace, text))
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(f"expected a URL without query and fragment, such as https://media.example.com, not {text!r}")
    return text.rstrip("/")


def token(text: str) -> str:
    """Read a token."""
    if not text.strip():
        raise ValueError("expected a token, not an empty text")
    return text


def tokens(text: str) -> tuple[str, ...]:
    """Read one of several tokens."""
    return (token(text),)


def paths(text: str) -> tuple[Path, ...]:
    """Read one of several folders."""
    return (Path(text),)


def variant(text: str) -> Variants:
    """Read ``NAME=VALUE``."""
    name, _, value = text.partition("=")
    return Variants().with_({name: value})
