"""A span of whole numbers, as questions are asked: ``3``, ``"3"``, ``"2.."``, ``"..3"``, ``"1..3"``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from schemas.findings import shorten

MOST = 10**12
_SPAN = re.compile(r"(?P<least>\d{0,12})(?:(?P<dots>\.\.)(?P<most>\d{0,12}))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Span:
    """The whole numbers from ``least`` to ``most``, both included; ``None`` for no end."""

    least: int = 0
    most: int | None = None

    @classmethod
    def parse(cls, value: object) -> Span:
        """Read a whole number from 0, or a text that says from where to where. Raises ``ValueError``."""
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST:
            return cls(value, value)
        match = _SPAN.fullmatch(value) if isinstance(value, str) else None
        if match is None or value in ("", ".."):
            raise ValueError(f"{shorten(_told(value))} is none of 3, '2..', '..3', '1..3'")
        least = int(match["least"] or 0)
        if match["dots"] is None:
            return cls(least, least)
        most = int(match["most"]) if match["most"] else None
        if most is not None and most < least:
            raise ValueError(f"{shorten(value)} ends before it begins")
        return cls(least, most)

    def __contains__(self, number: int) -> bool:
        return self.least <= number and (self.most is None or number <= self.most)

    def __str__(self) -> str:
        if self.most is None:
            return f"{self.least} or more"
        if self.least == self.most:
            return f"exactly {self.least}"
        return f"at most {self.most}" if self.least == 0 else f"{self.least} to {self.most}"


def _told(value: object) -> object:
    """Return what JSON can write of a value."""
    return value if isinstance(value, str | int | float | list | dict | None) else repr(value)
