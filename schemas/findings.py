"""What validating a payload can find: one value, one place, one reason."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

LONGEST_VALUE = 80
_DEEPEST = 3  # levels of a value that are worth showing
_MOST_BITS = 1024  # Python refuses to write the longest integers out
_WIDEST = 12  # members of one level that are worth showing


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a payload is not what a model takes.

    ``pointer`` is the JSON pointer of the offending value, ``keyword`` the schema keyword or the id of the prose rule,
    ``limit`` what the schema demands, ``value`` the offending value as JSON, shortened to `LONGEST_VALUE` characters.
    ``title`` is the page's own name of the property (or ``""``).
    """

    pointer: str
    keyword: str
    limit: object
    value: str
    message: str
    title: str = ""


def shorten(value: object) -> str:
    """Write ``value`` as JSON in at most `LONGEST_VALUE` characters, at a cost that does not grow with its size."""
    return cut(_write(value, _DEEPEST))


def cut(text: str) -> str:
    """Return ``text`` in at most `LONGEST_VALUE` characters."""
    return text if len(text) <= LONGEST_VALUE else text[: LONGEST_VALUE - 1] + "…"


def kind(value: object) -> str:
    """Name the JSON type of ``value`` for a message: ``a string``, ``an array``, ``null``."""
    match value:
        case None:
            return "null"
        case bool():
            return "a boolean"
        case int():
            return "an integer"
        case float():
            return "a number"
        case str():
            return "a string"
        case Mapping():
            return "an object"
        case _:
            return "an array"


def _write(value: object, depth: int) -> str:
    match value:
        case str():
            return json.dumps(value[: LONGEST_VALUE + 1], ensure_ascii=False)
        case Mapping():
            members = (f"{_write(str(name), 1)}: {_write(part, depth - 1)}" for name, part in value.items())
            return _enclose("{", members, "}", len(value), depth)
        case list() | tuple():
            return _enclose("[", (_write(part, depth - 1) for part in value), "]", len(value), depth)
        case int() if value.bit_length() > _MOST_BITS:
            return f"an integer of {value.bit_length()} bits"
        case _:
            return json.dumps(value)


def _enclose(opening: str, members: Iterable[str], closing: str, count: int, depth: int) -> str:
    if depth == 0 and count:
        return f"{opening}…{closing}"
    shown: Sequence[str] = list(islice(members, _WIDEST))
    return opening + ", ".join([*shown, *(["…"] if count > _WIDEST else [])]) + closing
