"""The plainest value of a schema: what an example needs, and no more. For values of every kind see the generators."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from schemas.pointers import split, values

_URI = "https://example.com/media"
_WORD = "text"
_MOST_ITEMS = 1000
_MOST_CHARACTERS = 10_000
_DEEPEST = 16  # an example that would be deeper is cut; only a schema that requires itself has one
_MOST_REFERENCES = 16  # a chain of references longer than that leads round in a circle


def plainest(schema: object, root: Mapping[str, Any] | None = None, depth: int = 0, room: int = _MOST_ITEMS) -> Any:
    """Return a plain value of a small normalised schema: what the page itself offers, else the least that is allowed.

    It looks at ``default``, ``const``, ``examples``, ``enum``, the type and its bounds, and where a reference leads in
    ``root``; it is not a solver. Lists have no more than ``room`` items, those of their lists counted in.
    """
    schema = _followed(schema, root)
    if not isinstance(schema, Mapping) or depth > _DEEPEST:
        return _WORD
    for keyword in ("default", "const"):
        if keyword in schema:
            return schema[keyword]
    for keyword in ("examples", "enum"):
        if schema.get(keyword):
            return schema[keyword][0]
    types = schema.get("type", "string")
    match types[0] if isinstance(types, list) else types:
        case "boolean":
            return False
        case "integer":
            return int(_least_number(schema, 1))
        case "number":
            return _least_number(schema, None)
        case "array":
            count = int(min(schema.get("minItems", 0), room))
            return [plainest(schema.get("items"), root, depth + 1, room // count)] * count if count else []
        case "object":
            return plain_object(schema, root, depth, room)
        case "null":
            return None
        case _:
            return _plain_text(schema)


def _followed(schema: object, root: Mapping[str, Any] | None) -> object:
    """Return what a schema that is a reference refers to."""
    for _ in range(_MOST_REFERENCES):
        reference = schema.get("$ref") if isinstance(schema, Mapping) else None
        if not isinstance(reference, str) or root is None:
            break
        schema = next(iter(values(root, split(unquote(reference.removeprefix("#"))))), None)
    return schema


def plain_object(
    schema: Mapping[str, Any], root: Mapping[str, Any] | None = None, depth: int = 0, room: int = _MOST_ITEMS
) -> dict[str, Any]:
    """Return an object with the required properties alone, each at its plainest value."""
    properties = schema.get("properties", {})
    return {name: plainest(properties.get(name), root, depth + 1, room) for name in schema.get("required", ())}


def _plain_text(schema: Mapping[str, Any]) -> str:
    text = _URI if schema.get("format") == "uri" else _WORD
    padded = text.ljust(int(min(schema.get("minLength", 0), _MOST_CHARACTERS)), "x")
    return padded[: int(min(schema.get("maxLength", _MOST_CHARACTERS), _MOST_CHARACTERS))]


def _least_number(schema: Mapping[str, Any], step: int | None) -> Any:
    """Return 0 if it is allowed, else an allowed number near the bounds; ``step`` 1 asks for a whole number."""
    low = schema.get("minimum", -math.inf)
    high = schema.get("maximum", math.inf)
    above = schema.get("exclusiveMinimum", -math.inf)
    below = schema.get("exclusiveMaximum", math.inf)
    multiple = schema.get("multipleOf", step)
    least, most = max(low, above), min(high, below)
    if multiple is None:
        from_ = least if math.isfinite(least) else min(most, 1) - 1
        to = most if math.isfinite(most) else from_ + 1
        candidates = [0, low, high, (from_ + to) / 2]
    else:
        ends = [math.ceil(end / multiple) * multiple for end in (least, most) if math.isfinite(end / multiple)]
        candidates = [0, *(end + shift for end in ends for shift in (0, multiple, -multiple))]
    allowed = (number for number in candidates if low <= number <= high and above < number < below)
    return next(allowed, 0)
