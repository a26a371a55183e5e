"""Schemas without references and combinations: each way of matching one, as a plain schema of its own."""

from __future__ import annotations

import functools
import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from typing import Any
from urllib.parse import unquote

from contracts.strategies.numbers import common_step
from schemas.pointers import split, values

Schema = Mapping[str, Any]

_COMBINING = frozenset("$ref allOf anyOf oneOf not if then else dependentSchemas $defs definitions const".split())
_INEXACT = frozenset(
    "contains minContains maxContains patternProperties propertyNames dependentRequired minProperties maxProperties "
    "pattern prefixItems additionalProperties".split()
)
_LARGER = frozenset("minimum exclusiveMinimum minLength minItems minProperties minContains".split())
_SMALLER = frozenset("maximum exclusiveMaximum maxLength maxItems maxProperties maxContains".split())
_BOTH = frozenset("items contains additionalProperties propertyNames".split())  # a value has to match both schemas
_MOST = 24
_ROUNDS = 2  # times that one reference may be followed within itself
TYPES = ("string", "integer", "number", "boolean", "array", "object", "null")


@dataclass(frozen=True, slots=True)
class Form:
    """One way of matching a schema. ``trail`` are the references that led here.

    Where it is not ``is_exact``, a value that is made from it has to be held against the schema.
    """

    schema: dict[str, Any]
    trail: tuple[str, ...]
    is_exact: bool = True


def forms(schema: object, root: Schema, trail: tuple[str, ...] = ()) -> list[Form]:
    """Return the ways of matching ``schema``, the first in its own order; none if it cannot be matched.

    A reference that leads into itself is followed no more than twice.
    """
    if schema is False:
        return []
    if not isinstance(schema, Mapping):
        return [Form({}, trail)]
    own = {key: part for key, part in schema.items() if key not in _COMBINING}
    if "const" in schema:
        own["enum"] = [each for each in own.get("enum", [schema["const"]]) if is_same(each, schema["const"])]
    exact = "not" not in schema and _INEXACT.isdisjoint(own)
    parts = [[Form(own, trail, exact)]]
    if "$ref" in schema:
        reference = schema["$ref"]
        if trail.count(reference) >= _ROUNDS:
            return []
        parts.append(forms(resolve(reference, root), root, (*trail, reference)))
    parts += [forms(part, root, trail) for part in schema.get("allOf", ())]
    for key in ("anyOf", "oneOf"):
        if key in schema:
            each = [form for part in schema[key] for form in forms(part, root, trail)]
            parts.append(each if key == "anyOf" else [_doubted(form) for form in each])
    if "if" in schema:
        then = {"allOf": [schema["if"], schema.get("then", True)]}
        parts.append([_doubted(form) for part in (schema.get("else", True), then) for form in forms(part, root, trail)])
    for name, part in schema.get("dependentSchemas", {}).items():
        bound = {"allOf": [{"required": [name]}, part]}
        with_it = forms(bound, root, trail) if name in schema.get("properties", {}) else []
        parts.append([Form({}, trail, is_exact=False), *map(_doubted, with_it)])
    ways = islice(product(*parts), _MOST)
    return [form for way in ways if (form := functools.reduce(_merged, way[1:], way[0])) is not _NEVER]


def resolve(reference: str, root: Schema) -> object:
    """Return what a reference within the document leads to."""
    return next(iter(values(root, split(unquote(reference.removeprefix("#"))))), False)


_NEVER = Form({}, ())


def _doubted(form: Form) -> Form:
    return Form(form.schema, form.trail, is_exact=False)


def _merged(one: Form, other: Form) -> Form:
    if one is _NEVER or other is _NEVER:
        return _NEVER
    made = dict(one.schema)
    exact = one.is_exact and other.is_exact
    for key, part in other.schema.items():
        if key not in made:
            made[key] = part
        elif key == "type":
            made[key] = _types(made[key], part)
        elif key == "enum":
            made[key] = [each for each in made[key] if any(is_same(each, value) for value in part)]
        else:
            made[key], agreed = _keyword(key, made[key], part)
            exact = exact and agreed
    if made.get("type") == [] or made.get("enum") == []:
        return _NEVER
    trail = (*one.trail, *(Counter(other.trail) - Counter(one.trail)).elements())
    return Form(made, trail, exact)


def _keyword(key: str, one: Any, other: Any) -> tuple[Any, bool]:
    """Return what two values of a keyword demand together, and whether that is all that they demand."""
    if key in _LARGER:
        return max(one, other), True
    if key in _SMALLER:
        return min(one, other), True
    if key in _BOTH:
        return {"allOf": [one, other]}, True
    match key:
        case "properties" | "patternProperties":
            shared = {name: {"allOf": [one[name], part]} for name, part in other.items() if name in one}
            return {**one, **other, **shared}, True
        case "required":
            return list(dict.fromkeys([*one, *other])), True
        case "dependentRequired":
            return {**one, **other}, False
        case "uniqueItems":
            return one or other, True
        case "multipleOf":
            step = common_step(Fraction(str(one)), Fraction(str(other)))
            return (int(step) if step and step.denominator == 1 else float(step or 1)), True
        case _:
            return one, one == other or key not in ("pattern", "format", "prefixItems")


def _types(one: Any, other: Any) -> list[str]:
    first, second = as_list(one), as_list(other)
    narrow = [name for name in first if name in second or (name == "integer" and "number" in second)]
    return narrow + [name for name in second if name == "integer" and "number" in first and name not in narrow]


def as_list(types: str | Iterable[str]) -> list[str]:
    """Return the types of the keyword ``type`` as a list."""
    return [types] if isinstance(types, str) else list(types)


def likely_types(schema: Schema) -> list[str]:
    """Return the types that a plain schema allows; where it names none, those that its keywords are about."""
    if "type" in schema:
        return as_list(schema["type"])
    about = {
        "object": "properties required additionalProperties patternProperties minProperties maxProperties",
        "array": "items prefixItems contains minItems maxItems uniqueItems",
        "string": "minLength maxLength pattern format",
        "number": "minimum maximum exclusiveMinimum exclusiveMaximum multipleOf",
    }
    named = [name for name, keywords in about.items() if not schema.keys().isdisjoint(keywords.split())]
    return named or list(TYPES)


def is_same(one: object, other: object) -> bool:
    """Tell whether two JSON values are equal: 1 is 1.0, and is not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(is_same(part, other[name]) for name, part in one.items())
    return type(one) is type(other) and one == other if not _are_numbers(one, other) else one == other


def _are_numbers(*given: object) -> bool:
    return all(isinstance(each, int) or (isinstance(each, float) and math.isfinite(each)) for each in given)
