"""Payloads held against a model: every finding, in the order of the page, from a schema compiled once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import jsonschema_rs

from schemas.findings import Finding, kind, shorten
from schemas.model import Model
from schemas.pointers import from_path, join
from schemas.variants import Variants

_UNKNOWN = "unknown-property"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What validation says: ``findings`` refuse the payload; ``unknown`` (pointers) are only worth knowing."""

    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]


_FINE = Verdict((), ())


class PayloadValidator:
    """A model's input schema, compiled for one set of variants; safe to share between threads."""

    def __init__(self, model: Model, variants: Variants) -> None:
        """Compile the schema. The variants that matter are those under ``dialect.*``, ``rules.*`` and ``payload.*``."""
        self._refuse_unknown = variants.unknown_properties == "refused"
        self._schema = model.input.normalised
        if variants.undeclared_required == "ignored":
            self._schema = _without_undeclared_required(self._schema)
        self._validator = jsonschema_rs.validator_for(self._schema, validate_formats=variants.uri_format == "checked")
        self._rules = [rule.bind(self._schema, variants.omitted_durations) for rule in model.rules]
        self._known = _known_names(self._schema)

    def check(self, payload: Mapping[str, Any]) -> Verdict:
        """Judge a parsed JSON object. Ledger: ``error.422``, ``payload.unknown-properties``, ``rules.*``."""
        findings: list[Finding] = []
        if not self._validator.is_valid(payload):
            findings += [self._finding(error, payload) for error in self._validator.iter_errors(payload)]
        findings += filter(None, (rule.check(payload) for rule in self._rules))
        unknown = () if _all_known(payload, self._known) else tuple(_unknown(payload, self._known, ""))
        if unknown and self._refuse_unknown:
            findings += [_unknown_finding(pointer) for pointer in unknown]
        return Verdict(tuple(findings), unknown) if findings or unknown else _FINE

    def _finding(self, error: jsonschema_rs.ValidationError, payload: Mapping[str, Any]) -> Finding:
        path = list(error.instance_path)
        *parents, keyword = error.schema_path or [""]
        keyword = str(keyword)
        subschema = _walk(self._schema, parents)
        limit = subschema.get(keyword) if isinstance(subschema, Mapping) else None
        titled = subschema
        if keyword == "required":
            limit = cast("jsonschema_rs.ValidationErrorKind.Required", error.kind).property
            titled = _walk(subschema, ["properties", limit])
        value = _walk(payload, path)
        title = titled.get("title") if isinstance(titled, Mapping) else None
        return Finding(
            pointer=from_path(path),
            keyword=keyword,
            limit=limit,
            value=shorten(value),
            message=_message(keyword, limit, value) or shorten(error.message),
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


def _unknown_finding(pointer: str) -> Finding:
    message = "is not a property of this model"
    return Finding(pointer, _UNKNOWN, limit=None, value="", message=message)


def _walk(place: object, path: list[str | int]) -> Any:
    for step in path:
        try:
            place = place[step]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return None
    return place


@dataclass(frozen=True, slots=True)
class _Known:
    """The property names that an object may have, and what is known of the values that are objects themselves.

    ``names`` is ``None`` where the schema leaves the object open.
    """

    names: frozenset[str] | None
    children: Mapping[str, _Known]
    items: _Known | None


def _known_names(schema: object) -> _Known | None:
    """Learn the declared names; ``None`` where nothing below has any, so that the walk can stop early."""
    if not isinstance(schema, Mapping):
        return None
    branches = [schema]
    for combinator in ("allOf", "anyOf", "oneOf"):
        branches += [branch for branch in schema.get(combinator, ()) if isinstance(branch, Mapping)]
    properties = {name: part for branch in branches for name, part in branch.get("properties", {}).items()}
    is_open = not properties or any(
        "$ref" in branch or "patternProperties" in branch or "additionalProperties" in branch for branch in branches
    )
    children = {name: known for name, part in properties.items() if (known := _known_names(part)) is not None}
    items = _known_names(schema.get("items"))
    if is_open and not children and items is None:
        return None
    return _Known(None if is_open else frozenset(properties), children, items)


def _all_known(value: object, known: _Known | None) -> bool:
    """Tell whether `_unknown` would find nothing, without making pointers: most payloads have no unknown names."""
    if known is None:
        return True
    if isinstance(value, dict):
        if known.names is not None and not value.keys() <= known.names:
            return False
        for name, child in known.children.items():
            if name in value and not _all_known(value[name], child):
                return False
    elif isinstance(value, list) and known.items is not None:
        for item in value:
            if not _all_known(item, known.items):
                return False
    return True


def _unknown(value: object, known: _Known | None, pointer: str) -> Iterator[str]:
    if known is None:
        return
    if isinstance(value, dict):
        if known.names is not None and not value.keys() <= known.names:
            yield from (join(pointer, name) for name in value if name not in known.names)
        for name, child in known.children.items():
            if name in value:
                yield from _unknown(value[name], child, join(pointer, name))
    elif isinstance(value, list) and known.items is not None:
        for index, item in enumerate(value):
            yield from _unknown(item, known.items, join(pointer, index))


def _without_undeclared_required(schema: dict[str, object]) -> dict[str, object]:
    """Drop from the root's ``required`` what its ``properties`` do not declare."""
    required, properties = schema.get("required"), schema.get("properties")
    if not isinstance(required, list) or not isinstance(properties, Mapping):
        return schema
    return schema | {"required": [name for name in required if name in properties]}
