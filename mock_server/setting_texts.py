"""How the text of a setting is read. Each reader raises ``ValueError`` with what it expects."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from mock_server.core.accounts import RateLimit
from mock_server.core.clock import FASTEST, LATEST, checked_speed
from mock_server.core.pacing import LONGEST
from mock_server.trouble.magic import Magic
from schemas.findings import cut
from schemas.variants import Variants

_MOST_DIGITS = 18
_URL = re.compile(r"[!-~]+")


def whole(least: int) -> Callable[[str], int]:
    """Make a reader of whole numbers, ``least`` or more."""

    def parse(text: str) -> int:
        digits = text.strip()
        is_number = digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS
        if not is_number or int(digits) < least:
            most = f"{_MOST_DIGITS} digits at the most"
            raise ValueError(f"expected a whole number, {least} or more ({most}), not {cut(text)!r}")
        return int(digits)

    return parse


def not_negative(text: str) -> float:
    """Read a number, 0 or more."""
    number = _number(text)
    if not 0 <= number < math.inf:
        raise ValueError(f"expected a number, 0 or more, not {text!r}")
    return number


def speed(text: str) -> float:
    """Read a clock's speed."""
    number = _number(text)
    if math.isnan(number):
        raise ValueError(f"expected a number, more than 0 and at most {FASTEST:g}, not {text!r}")
    return checked_speed(number)


def moment(text: str) -> datetime:
    """Read a moment, in UTC where it names no zone."""
    try:
        found = datetime.fromisoformat(text.strip())
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        valid = 0 <= found.timestamp() <= LATEST
    except (ValueError, OverflowError):
        valid = False
    if not valid:
        raise ValueError(f"expected a moment from 1970 to 9998, such as 2026-01-31T12:00:00Z, not {cut(text)!r}")
    return found


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return math.nan


def rate(text: str) -> RateLimit:
    """Read ``CALLS/SECONDS``."""
    calls, _, seconds = text.partition("/")
    window = _number(seconds)
    if not calls.isascii() or not calls.isdigit() or len(calls) > _MOST_DIGITS or not 0 < window <= LONGEST:
        calls = "0"
    if int(calls) == 0:
        raise ValueError(f"expected CALLS/SECONDS, two numbers above 0 such as 10/60, not {cut(text)!r}")
    return RateLimit(int(calls), window)


def base_url(text: str) -> str:
    """Read an absolute HTTP URL to put before paths."""
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and not {"?", "#"} & set(text)
        valid = valid and (parts.port is None or parts.port > 0) and _URL.fullmatch(text) is not None
    except ValueError:
        valid = False
    if not valid:
        raise ValueError(
            f"expected a URL without query and fragment, such as https://media.example.com, not {cut(text)!r}"
        )
    return text.rstrip("/")


def token(text: str) -> str:
    """Read a token."""
    text = text.strip()
    if not text:
        raise ValueError("expected a token, not an empty text")
    if not text.isprintable():  # a surrogate, which stands for bytes that are no UTF-8, is not
        raise ValueError("expected a token of characters that can be printed")
    return text


def tokens(text: str) -> tuple[str, ...]:
    """Read one of several tokens."""
    return (token(text),)


def path(text: str) -> Path:
    """Read the path of a file."""
    if not text or "\0" in text:
        raise ValueError(f"expected a path, not {cut(text)!r}" if text else "expected a path, not an empty text")
    return Path(text)


def paths(text: str) -> tuple[Path, ...]:
    """Read one of several folders or files."""
    return (path(text),)


def magic(text: str) -> Magic:
    """Read where magic words work."""
    try:
        return Magic(text.strip())
    except ValueError:
        raise ValueError(f"expected {', '.join(Magic)}, not {cut(text)!r}") from None


def variant(text: str) -> Variants:
    """Read ``NAME=VALUE``."""
    name, sign, value = text.partition("=")
    if not sign:
        raise ValueError(f"expected NAME=VALUE such as timestamps=naive, not {text!r}; see 'models ledger'")
    return Variants().with_({name: value})
