"""What a parameter of an effect may be.

Each domain reads a value (``read`` raises ``ValueError`` that says what is expected), and says in words which values
there are (``text``).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from schemas.findings import shorten

LONGEST_TEXT = 100_000
_MOST_HEADERS = 50
_MOST_NAMES = 50
_HEADER_NAME = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_HEADER_VALUE = re.compile(r"[\t -~\x80-\xff]{0,4000}")
_FRAMING = frozenset({"connection", "content-length", "keep-alive", "transfer-encoding", "upgrade"})
_UTF8 = re.compile("[^\ud800-\udfff]*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number within bounds."""

    least: float
    most: float

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return f"a number from {self.least:g} to {self.most:g}"

    def read(self, value: Any) -> float:
        """Read a number."""
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not is_number or math.isnan(value) or not self.least <= value <= self.most:
            raise ValueError(f"expected {self.text}, not {shorten(value)}")
        return float(value)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number within bounds."""

    least: int
    most: int

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return f"a whole number from {self.least} to {self.most}"

    def read(self, value: Any) -> int:
        """Read a whole number."""
        if not isinstance(value, int) or isinstance(value, bool) or not self.least <= value <= self.most:
            raise ValueError(f"expected {self.text}, not {shorten(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several words."""

    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return " or ".join(f'"{word}"' for word in self.words)

    def read(self, value: Any) -> str:
        """Read one of the words."""
        if not isinstance(value, str) or value not in self.words:
            raise ValueError(f"expected {self.text}, not {shorten(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Flag:
    """True or false."""

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return "true or false"

    def read(self, value: Any) -> bool:
        """Read a truth value."""
        if not isinstance(value, bool):
            raise ValueError(f"expected {self.text}, not {shorten(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Text:
    """Any text that can be written as UTF-8."""

    longest: int = LONGEST_TEXT

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return "a text"

    def read(self, value: Any) -> str:
        """Read a text."""
        if not isinstance(value, str) or len(value) > self.longest or not _UTF8.fullmatch(value):
            raise ValueError(f"expected a text of at most {self.longest} characters, not {shorten(value)}")
        return value


@dataclass(frozen=True, slots=True)
class HeaderText:
    """A text that can be the value of a header."""

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return "a text without line breaks"

    def read(self, value: Any) -> str:
        """Read the value of a header."""
        if not isinstance(value, str) or not _HEADER_VALUE.fullmatch(value):
            raise ValueError(f"expected the value of a header: a text in Latin-1 on one line, not {shorten(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Url:
    """An absolute HTTP URL, or one of a few words that stand for one."""

    words: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return " or ".join([*(f'"{word}"' for word in self.words), "an absolute URL"])

    def read(self, value: Any) -> str:
        """Read a URL."""
        if not isinstance(value, str) or not (value in self.words or _is_url(value)):
            raise ValueError(f"expected {self.text}, not {shorten(value)}")
        return value


@dataclass(frozen=True, slots=True)
class Headers:
    """Headers by name; those that frame the message are not to be set, unless ``framing`` allows them."""

    framing: bool = False

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return "headers by name"

    def read(self, value: Any) -> Mapping[str, str]:
        """Read headers."""
        if not isinstance(value, Mapping) or len(value) > _MOST_HEADERS:
            raise ValueError(f"expected an object of headers by name, {_MOST_HEADERS} at most, not {shorten(value)}")
        for name, text in value.items():
            if not _HEADER_NAME.fullmatch(name):
                raise ValueError(f"expected the name of a header, not {shorten(name)}")
            if name.lower() in _FRAMING and not self.framing:
                raise ValueError(f"the header {name.lower()} frames the message and is not to be set")
            HeaderText().read(text)
        if len({name.lower() for name in value}) < len(value):
            raise ValueError("expected each header once, and this names one twice: upper and lower case are the same")
        return dict(value)


@dataclass(frozen=True, slots=True)
class Names:
    """A list of names of fields."""

    @property
    def text(self) -> str:
        """Say in words which values there are."""
        return "a list of names"

    def read(self, value: Any) -> tuple[str, ...]:
        """Read a list of names."""
        is_list = isinstance(value, (list, tuple)) and 0 < len(value) <= _MOST_NAMES
        if not is_list or not all(isinstance(name, str) and 0 < len(name) <= 100 for name in value):  # noqa: PLR2004
            raise ValueError(f"expected a list of 1 to {_MOST_NAMES} names of fields, not {shorten(value)}")
        return tuple(Text().read(name) for name in value)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname)
        valid = valid and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    return valid and re.fullmatch(r"[!-~]{1,2000}", text) is not None


Domain = Number | Whole | Choice | Flag | Text | HeaderText | Url | Headers | Names
