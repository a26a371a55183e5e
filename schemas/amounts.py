"""Amounts as payloads give them: numbers, or texts that are numbers where a page offers those."""

from __future__ import annotations

_MOST = 1e9  # what an open schema lets through beyond that is no amount that anybody pays for


def amount(value: object) -> float | None:
    """Read a number, or a text that is one, bounded; ``None`` for all else, such as the "auto" of an enum."""
    if isinstance(value, str) and value.isascii():
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        return None
    return float(min(value, _MOST))
