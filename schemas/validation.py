"""Payloads held against a model: every finding, in the order of the page, from a schema compiled once."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, cast

import jsonschema_rs

from schemas.findings import Finding, cut, kind, shorten
from schemas.model import Model
from schemas.pointers import from_path, split, values
from schemas.undeclared import as_schema, declared, undeclared
from schemas.variants import Variants

MOST_TOLD = 1000

_VAST = 20_000  # values in a payload
_WIDEST = 2_000  # members of a part that are looked at if the payload is vast
_MISSED_BY_CUTTING = frozenset(
    {"contains", "dependentRequired", "minContains", "minItems", "minProperties", "required"}
)
_UNKNOWN = "unknown-property"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What validation says: ``findings`` refuse the payload; ``unknown`` (pointers) are only worth knowing.

    Of unknown properties the first `MOST_TOLD` are told. Findings are all there are, unless ``is_whole`` is false:
    then the payload is vast, and they are the first `MOST_TOLD` of those against its beginning.
    """

    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    is_whole: bool = True


_FINE = Verdict((), ())


class PayloadValidator:
    """A model's input schema, compiled for one set of variants; safe to share between threads."""

    def __init__(self, model: Model, variants: Variants) -> None:
        """Compile the schema. The variants that matter are those under ``dialect.*``, ``rules.*`` and ``payload.*``."""
        self._refuse_unknown = variants.unknown_properties == "refused"
        self._schema = model.input.normalised
        if variants.undeclared_required == "ignored":
            self._schema = _without_undeclared_required(self._schema)
        self._declared = declared(self._schema)
        compiled = functools.partial(
            jsonschema_rs.validator_for,
            validate_formats=variants.uri_format == "checked",
            mask="the value",  # errors else carry a copy of it, however large
        )
        self._validator = compiled(self._schema)
        whole: list[object] = [*_list(self._schema.get("allOf")), as_schema(self._declared)]
        self._plain = compiled(self._schema | {"allOf": whole})
        self._rules = [rule.bind(self._schema, variants.omitted_durations, variants.empty_sum) for rule in model.rules]
        self._positions: dict[int, dict[str, int]] = {}

    def check(self, payload: Mapping[str, Any]) -> Verdict:
        """Judge a parsed JSON object. Ledger: ``error.422``, ``payload.unknown-properties``, ``rules.*``."""
        findings: list[Finding] = []
        unknown: tuple[str, ...] = ()
        try:
            if not self._plain.is_valid(payload):
                if not self._validator.is_valid(payload):
                    if _is_vast(payload):
                        return self._partial(payload)
                    findings = self._findings(payload)
                unknown = tuple(islice(undeclared(payload, self._declared), MOST_TOLD))
        except ValueError:  # the validator goes no deeper than 255 levels
            return Verdict((Finding("", "depth", None, shorten(payload), "is nested too deeply"),), ())
        for rule in self._rules:
            broken = rule.check(payload)
            if broken is not None:
                findings.append(broken)
        if unknown and self._refuse_unknown:
            findings += [_unknown_finding(pointer, payload) for pointer in unknown]
        return Verdict(tuple(findings), unknown) if findings or unknown else _FINE

    def _partial(self, payload: Mapping[str, Any]) -> Verdict:
        """Return the findings against the beginning of a vast payload alone: all of them could take minutes.

        What was cut off is not held against it.
        """
        found = [each for each in self._findings(_beginning(payload)) if each.keyword not in _MISSED_BY_CUTTING]
        if not found:
            message = "does not match the schema, somewhere beyond its beginning"
            found = [Finding("", "vast", _VAST, shorten(payload), message)]
        return Verdict(tuple(found[:MOST_TOLD]), (), is_whole=False)

    def _findings(self, payload: Mapping[str, Any]) -> list[Finding]:
        """Return what the schema says against ``payload``, in the order in which the page lists its properties."""
        errors = [error for error in self._validator.iter_errors(payload) if not _is_mistaken(error, payload)]
        errors.sort(key=lambda error: self._order(error.instance_path))
        return [self._finding(error, payload) for error in errors]

    def _order(self, path: Sequence[str | int]) -> list[int]:
        order: list[int] = []
        place: Any = self._schema
        for step in path:
            if isinstance(step, int):
                order.append(step)
                place = _walk(place, ["items"])
            else:
                properties = _walk(place, ["properties"])
                order.append(self._positions_in(properties).get(step, len(properties or ())))
                place = _walk(properties, [step])
        return order

    def _positions_in(self, properties: object) -> Mapping[str, int]:
        """Return where each property stands among its siblings; looked up once for each place of the schema."""
        if not isinstance(properties, Mapping):
            return {}
        found = self._positions.get(id(properties))
        if found is None:
            found = self._positions[id(properties)] = {name: index for index, name in enumerate(properties)}
        return found

    def _finding(self, error: jsonschema_rs.ValidationError, payload: Mapping[str, Any]) -> Finding:
        path = list(error.instance_path)
        value = _walk(payload, path)
        is_false = isinstance(error.kind, jsonschema_rs.ValidationErrorKind.FalseSchema)
        if is_false and error.schema_path[-1] != "additionalProperties":
            return Finding(from_path(path), "false", limit=False, value=shorten(value), message="must not be there")
        *parents, keyword = [str(step) if isinstance(step, str) else step for step in error.schema_path] or [""]
        subschema = _walk(self._schema, parents)
        limit = _walk(subschema, [keyword])
        titled = subschema
        if keyword == "required":
            limit = cast("jsonschema_rs.ValidationErrorKind.Required", error.kind).property
            titled = _walk(subschema, ["properties", limit])
        title = _walk(titled, ["title"])
        return Finding(
            pointer=from_path(path),
            keyword=str(keyword),
            limit=limit,
            value=shorten(value),
            message=_message(str(keyword), limit, value) or cut(error.message),
            title=title if isinstance(title, str) else "",
        )


def _message(keyword: str, limit: object, value: object) -> str:
    """Say a finding in words; an empty text for a keyword that has no words of its own."""
    shown = shorten(limit)
    words = {
        "type": f"must be of type {limit if isinstance(limit, str) else shown}, not {kind(value)}",
        "required": f"{shown} is required",
        "enum": f"must be one of {shown}",
        "const": f"must be {shown}",
        "minimum": f"must be at least {shown}",
        "maximum": f"must be at most {shown}",
        "exclusiveMinimum": f"must be more than {shown}",
        "exclusiveMaximum": f"must be less than {shown}",
        "multipleOf": f"must be a multiple of {shown}",
        "minLength": f"must have at least {shown} characters",
        "maxLength": f"must have at most {shown} characters",
        "minItems": f"must have at least {shown} items",
        "maxItems": f"must have at most {shown} items",
        "uniqueItems": "must not have the same item twice",
        "pattern": f"must match {shown}",
        "format": f"must be a valid {limit}",
        "additionalProperties": "must have no other properties than the declared ones",
    }
    return words.get(keyword, "")


def _unknown_finding(pointer: str, payload: Mapping[str, Any]) -> Finding:
    (value,) = values(payload, split(pointer))
    return Finding(pointer, _UNKNOWN, limit=None, value=shorten(value), message="is not a property of this model")


def _walk(place: object, path: Sequence[str | int]) -> Any:
    for step in path:
        try:
            place = place[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return place


def _is_mistaken(error: jsonschema_rs.ValidationError, payload: Mapping[str, Any]) -> bool:
    """Tell whether an error says that a property is missing which is there.

    The validator does so where the schema requires a property that it does not declare, and allows no undeclared ones.
    """
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.Required(property=name):
            value = _walk(payload, list(error.instance_path))
            return isinstance(value, Mapping) and name in value
        case _:
            return False


def _is_vast(payload: object) -> bool:
    """Tell whether a payload holds more than `_VAST` values, counting no further than that."""
    count = 0
    rest = [payload]
    while rest:
        value = rest.pop()
        if isinstance(value, (dict, list)):
            count += len(value)
            if count > _VAST:
                return True
            rest += value.values() if isinstance(value, dict) else value
    return False


def _beginning(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a payload, of each part the first members, and no more than `_VAST` values."""
    copy: dict[str, Any] = {}
    room = _VAST
    parts: deque[tuple[Any, Any]] = deque([(payload, copy)])
    while parts:
        part, made = parts.popleft()
        is_list = isinstance(part, list)
        for name, value in islice(enumerate(part) if is_list else part.items(), _WIDEST):
            if room == 0:
                return copy
            room -= 1
            copied = type(value)() if isinstance(value, (dict, list)) else value
            if copied is not value:
                parts.append((value, copied))
            if is_list:
                made.append(copied)
            else:
                made[name] = copied
    return copy


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _without_undeclared_required(schema: dict[str, object]) -> dict[str, object]:
    """Drop from the root's ``required`` what its ``properties`` do not declare."""
    required, properties = schema.get("required"), schema.get("properties")
    if not isinstance(required, list) or not isinstance(properties, Mapping):
        return schema
    return schema | {"required": [name for name in required if name in properties]}
