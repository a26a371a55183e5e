"""Ways to spoil one place of a valid payload so that one keyword is broken there."""

from __future__ import annotations

import copy
import json
import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.strategies import numbers, texts
from contracts.strategies.amounts import Pick, lowest
from contracts.strategies.containers import LONGEST_LIST
from contracts.strategies.merging import Schema, as_list, is_same
from contracts.strategies.nodes import Node
from schemas.dialect import MEDIA

_STEPS = 12
_TOO_LONG = 4096
_UNDECLARED = "undeclared_property"
_NO_URIS = (
    "not a uri",
    "",
    "example.com/a.png",
    "//example.com/a.png",
    "https://exa mple.com/",
)
_FOREIGN = ("\u2603", "", "~", "a b", "not one of these", "0", "a\nb")
_COMBINING = frozenset({"anyOf", "oneOf", "not", "if", "type", "enum", "const", "$ref", "allOf"})
_POOL: tuple[Any, ...] = (None, 5, 0.5, "\u2603", "", True, [], {}, [None], {"a": 1}, -1)
_OF_TYPES: Mapping[str, tuple[Any, ...]] = {
    "string": ("text",),
    "number": (0.5, 7),
    "boolean": (True,),
    "null": (None,),
    "array": ([],),
    "object": ({},),
}


class Edit(ABC):
    """A way to spoil the value at one place."""

    __slots__ = ()

    @abstractmethod
    def spoil(self, value: Any, pick: Pick) -> Any:
        """Return a new value that is wrong."""

    @property
    def number(self) -> int:
        """How many different ways there are to write down, one after the other."""
        return 1

    def at(self, value: Any, index: int) -> Any:
        """Return what the way of that number makes of a value."""
        return self.spoil(value, lowest)


@dataclass(frozen=True, slots=True)
class Put(Edit):
    """Put one of some values there. Of those, the first ``listed`` are written down.

    With ``beyond``, an integer and a sign, numbers are put there as well that are any way beyond it.
    """

    values: tuple[Any, ...]
    listed: int = 1
    beyond: tuple[int, int] | None = None

    def spoil(self, value: Any, pick: Pick) -> Any:
        """Return a new value that is wrong."""
        index = pick(0, len(self.values) - (self.beyond is None))
        if index == len(self.values) and self.beyond is not None:
            return self.beyond[0] + self.beyond[1] * pick(1, numbers.MOST_EXACT // 4)
        return copy.deepcopy(self.values[index])

    @property
    def number(self) -> int:
        """How many there are to write down."""
        return min(self.listed, len(self.values))

    def at(self, value: Any, index: int) -> Any:
        """Return the one of that number."""
        return copy.deepcopy(self.values[index])


@dataclass(frozen=True, slots=True)
class Drop(Edit):
    """Leave out a property that is required."""

    name: str

    def spoil(self, value: Any, pick: Pick) -> Any:
        """Return a new value that is wrong."""
        return {name: part for name, part in value.items() if name != self.name}


@dataclass(frozen=True, slots=True)
class Add(Edit):
    """Add a property that is not declared, where only declared ones may be."""

    name: str

    def spoil(self, value: Any, pick: Pick) -> Any:
        """Return a new value that is wrong."""
        return {**value, self.name: "text"}


@dataclass(frozen=True, slots=True)
class Lengthen(Edit):
    """Give a list more items than it may have."""

    item: Node
    most: int
    unique: bool

    def spoil(self, value: Any, pick: Pick) -> Any:
        """Return a new value that is wrong."""
        missing = self.most + pick(1, _STEPS) - len(value)
        if self.unique:
            return [*value, *_distinct(value, self.item, missing)]
        return [*value, *(self.item.plain() for _ in range(missing))]


@dataclass(frozen=True, slots=True)
class Shorten(Edit):
    """Give a list fewer items than it must have."""

    least: int

    def spoil(self, value: Any, pick: Pick) -> Any:
        """Return a new value that is wrong."""
        return value[: pick(0, self.least - 1)]

    def at(self, value: Any, index: int) -> Any:
        """Return the one of that number."""
        return value[: self.least - 1]


@dataclass(frozen=True, slots=True)
class Repeat(Edit):
    """Put an item into a list once more."""

    item: Node

    def spoil(self, value: Any, pick: Pick) -> Any:
        """Return a new value that is wrong."""
        if not value:
            return [self.item.plain(), self.item.plain()]
        return [*value, copy.deepcopy(value[pick(0, len(value) - 1)])]


def _distinct(value: list[Any], item: Node, count: int) -> list[Any]:
    """Return further items, each another one as far as there are such."""
    made: list[Any] = []
    others: Iterator[Any] = (each for _, _, each in item.edges())
    for each in others:
        if len(made) < count and not any(is_same(each, known) for known in (*value, *made)):
            made.append(each)
    return made + [item.plain() for _ in range(count - len(made))]


def edits(schema: Schema, node: Node) -> list[tuple[frozenset[str], Edit]]:
    """Return ``(keywords, edit)``: each edit breaks one of the keywords at a place of a plain schema.

    Which one, and what else it breaks, is for a validator to say: one place may be under several rules at once.
    """
    found: list[tuple[set[str], Edit]] = []
    required = schema.get("required", ())
    found += [({"required"}, Drop(name)) for name in required]
    found += _of_type(schema, node)
    if "enum" in schema:
        found.append(({"enum", "const"}, Put(_not_in(schema["enum"]), listed=2)))
    else:
        found += [({keyword}, edit) for keyword, edit in _of_number(schema)]
        found += [({keyword}, edit) for keyword, edit in _of_text(schema)]
    if schema.get("additionalProperties") is False:
        found.append(({"additionalProperties"}, Add(_UNDECLARED)))
    found += [({keyword}, edit) for keyword, edit in _of_list(schema, node)]
    return [(frozenset(keywords), edit) for keywords, edit in found]


def _of_type(schema: Schema, node: Node) -> list[tuple[set[str], Edit]]:
    if "type" not in schema:
        return []
    types = as_list(schema["type"])
    wrong = [value for kind, values in _OF_TYPES.items() if not _takes(types, kind) for value in values]
    if "integer" in types:
        wrong = [value for value in wrong if value != 7]  # noqa: PLR2004 - the number among the values
    value = node.plain()
    like: dict[str, list[Any]] = {
        "integer": [str(value), True],
        "number": [str(value), True],
        "boolean": ["true", 0],
        "array": [],
        "object": [],
    }
    tempting = [each for kind in types[:1] for each in like.get(kind, [5])]
    tempting += [[value]] if "array" not in types else [json.dumps(value)]
    ordered = [each for each in (*tempting, None, *wrong) if not _takes(types, _kind(each))]
    if "integer" in types and "number" not in types:
        ordered.insert(1, 3.5)
    values = tuple({repr(each): each for each in ordered}.values())
    return [({"type"}, Put(values, listed=5))] if values else []


def _kind(value: object) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case list():
            return "array"
        case dict():
            return "object"
        case _:
            return "number"


def _takes(types: list[str], kind: str) -> bool:
    return kind in types or (kind == "number" and "integer" in types)


def _not_in(allowed: list[Any]) -> tuple[Any, ...]:
    """Return values like those allowed that are none of them: of another case, with blanks, of another type."""
    words = [text for text in allowed if isinstance(text, str)]
    texts_like = [form for text in words for form in (text.swapcase(), f"{text} ", f" {text}")]
    numbers_like = [number + 1 for number in allowed if type(number) in (int, float)]
    as_texts = [str(number) for number in allowed if type(number) in (int, float)]
    candidates = [*texts_like[:1], _FOREIGN[4], *texts_like[1:], *numbers_like, *as_texts, *_FOREIGN]
    if not texts_like:
        candidates = [*numbers_like, *candidates]
    return tuple(each for each in dict.fromkeys(candidates) if not any(is_same(each, value) for value in allowed))


def _of_number(schema: Schema) -> Iterator[tuple[str, Edit]]:
    whole = "number" not in as_list(schema.get("type", "number"))
    allowed = numbers.numbers(schema, whole=whole)
    for keyword, values in allowed.beyond(schema, whole=whole).items():
        bound, sign = schema[keyword], -1 if keyword == "minimum" else 1
        beyond = (
            (math.floor(bound) if sign < 0 else math.ceil(bound), sign) if keyword in ("minimum", "maximum") else None
        )
        yield keyword, Put(tuple(dict.fromkeys(values)), 2, beyond)


def _of_text(schema: Schema) -> Iterator[tuple[str, Edit]]:
    least, most = texts.lengths(schema)
    if 0 < least <= texts.MOST_CHARACTERS:
        shorter = texts.uri_of(least - 1) if schema.get("format") == "uri" else "a" * (least - 1)
        short = [shorter, "\U0001f680" * (least - 1), "a" * (least // 2), ""]
        yield "minLength", Put(tuple(dict.fromkeys(short)), listed=1)
    if most <= texts.MOST_CHARACTERS:
        longer = int(most) + 1
        one = texts.uri_of(longer) if schema.get("format") == "uri" else "a" * longer
        yield "maxLength", Put((one, "\U0001f680" * longer, one + "a" * _TOO_LONG), listed=1)
    if "pattern" in schema:
        yield "pattern", Put((*_FOREIGN, "a", "aaaaaaaa", "A1-", "\u00e9"), listed=1)
    if schema.get("format") == "uri":
        yield "format", Put(_NO_URIS if MEDIA not in schema else (*_NO_URIS, "data image/png"), listed=2)
    elif "format" in schema:
        yield "format", Put(("\u2603 \\ (", *_FOREIGN), listed=1)


def _of_list(schema: Schema, node: Node) -> Iterator[tuple[str, Edit]]:
    item = node.child("*")
    least, most = math.ceil(schema.get("minItems", 0)), schema.get("maxItems", math.inf)
    if least > 0:
        yield "minItems", Shorten(least)
    if item is not None and most <= LONGEST_LIST:
        yield "maxItems", Lengthen(item, int(most), schema.get("uniqueItems", False))
    if item is not None and schema.get("uniqueItems") and most > 1:
        yield "uniqueItems", Repeat(item)


def combined(schema: object) -> list[tuple[frozenset[str], Edit]]:
    """Return edits for a place that can be matched in several ways; a validator has to say which break what."""
    is_bound = isinstance(schema, Mapping) and not _COMBINING.isdisjoint(schema)
    return [(frozenset(), Put((value,))) for value in _POOL] if is_bound else []
