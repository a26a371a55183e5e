"""A normalised schema compiled to nodes: right by construction where that can be, else held against the schema."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

import jsonschema_rs

from contracts.strategies import numbers, texts
from contracts.strategies.containers import Listing, Record
from contracts.strategies.merging import Form, Schema, forms, likely_types
from contracts.strategies.nodes import Choice, Either, Held, Leaf, Node
from schemas.dialect import MEDIA
from schemas.pointers import join

_MOST_NODES = 3000
_MOST_KNOWN = 12
_MOST_LOOKED_AT = 400
_ANY = Choice(("a", 0, 0.5, True, None, "é"))
_PLAIN_TEXTS = ("0", "1", "a0", "A", "text", "5", "Aa0")
_PLAIN: tuple[Any, ...] = ("a", 0, 1, 5, True, False, None, {}, [], ["a"], "", 0.5, -1, {"a": 0}, [0], 100)


class CannotGenerateError(ValueError):
    """No value of a schema could be made: there is none, or it is beyond this generator. It says where, and why."""

    def __init__(self, pointer: str, reason: str) -> None:
        """Take the place in the payload (``*`` for any item)."""
        super().__init__(f"cannot make a value at {pointer or 'the root'}: {reason}")
        self.pointer = pointer
        self.reason = reason


@dataclass(slots=True)
class Compiler:
    """Makes nodes of the places of one document ``root``.

    ``deferred`` are places (``*`` for items) that are not drawn, ``counts`` the numbers of items that lists may have
    beside what the schema says.
    """

    root: Schema
    deferred: frozenset[str] = frozenset()
    counts: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    integral_floats: bool = False
    made: int = 0

    def node(self, schema: object, place: str = "", trail: tuple[str, ...] = (), only: str = "") -> Node:
        """Compile ``schema``, of the type ``only`` if one is given. Raises `CannotGenerateError`."""
        self.made += 1
        if self.made > _MOST_NODES:
            raise CannotGenerateError(place, f"the schema unfolds to more than {_MOST_NODES} places")
        ways: list[Node] = []
        failures: list[CannotGenerateError] = []
        found = forms(schema, self.root, trail)
        for form in found:
            for kind in [name for name in likely_types(form.schema) if only in ("", name)]:
                try:
                    ways.append(self._of_type(kind, form, place))
                except CannotGenerateError as failure:
                    failures.append(failure)
        if not ways:
            raise (
                failures[0] if failures else CannotGenerateError(place, "the schema contradicts itself, or never ends")
            )
        node = ways[0] if len(ways) == 1 else Either(tuple(ways))
        return node if all(form.is_exact for form in found) else self._held(node, schema, place, only)

    def _held(self, node: Node, schema: object, place: str, only: str) -> Node:
        is_valid = self.judge({"allOf": [schema, {"type": only}]} if only else schema)
        candidates = [node.plain(), *(value for _, _, value in islice(node.edges(), _MOST_LOOKED_AT)), *_PLAIN]
        known = [value for value in candidates if is_valid(value)][:_MOST_KNOWN]
        if not known:
            raise CannotGenerateError(place, "of all values that were tried, the schema matches none")
        return Held(node, is_valid, tuple(known))

    def judge(self, schema: object) -> Callable[[Any], bool]:
        """Compile a validator for a part of the document."""
        whole = {"$defs": {"root": _rooted(self.root)}, "allOf": [_rooted(schema)]}
        compiled = jsonschema_rs.validator_for(whole, validate_formats=True)
        return compiled.is_valid

    def _of_type(self, kind: str, form: Form, place: str) -> Node:
        schema = form.schema
        if "enum" in schema:
            return self._enum(kind, schema, place)
        match kind:
            case "boolean":
                return Choice((False, True))
            case "null":
                return Choice((None,))
            case "string":
                return self._text(schema, place)
            case "integer" | "number":
                return self._number(schema, place, whole=kind == "integer")
            case "array":
                return self._listing(schema, place, form.trail)
            case _:
                return self._record(schema, place, form.trail)

    def _enum(self, kind: str, schema: Schema, place: str) -> Node:
        is_valid = self.judge({**schema, "type": kind})
        values = [value for value in schema["enum"] if is_valid(value)]
        if not values:
            raise CannotGenerateError(place, "no value of the enum matches the other keywords")
        return Choice(tuple(values))

    def _number(self, schema: Schema, place: str, *, whole: bool) -> Node:
        allowed = numbers.numbers(schema, whole=whole)
        if allowed.is_empty:
            raise CannotGenerateError(place, "no number is within the bounds")
        is_valid = self.judge({**_without(schema, "default"), "type": "integer" if whole else "number"})
        default = [schema["default"]] if is_valid(schema.get("default")) else []
        edges = [(words, value) for words, value in allowed.edges() if is_valid(value)]
        plain = next((value for value in (*default, 0, *(value for _, value in edges)) if is_valid(value)), None)
        if plain is None:
            raise CannotGenerateError(place, "no number that was tried is within the bounds")
        edges += [("the default", value) for value in default]
        strategy = allowed.strategy(tuple(default), integral_floats=whole and self.integral_floats)
        return Leaf(strategy, plain, tuple(edges))

    def _text(self, schema: Schema, place: str) -> Node:
        least, most = texts.lengths(schema)
        if least > most or least > texts.MOST_CHARACTERS:
            raise CannotGenerateError(place, f"no text has {least} characters or more, and at most {most}")
        is_valid = self.judge({**_without(schema, "default"), "type": "string"})
        default = [schema["default"]] if is_valid(schema.get("default")) else []
        if "format" in schema:
            found = [text for text in texts.samples(schema, schema.get(MEDIA, "")) if is_valid(text)]
            if found:
                return Choice(tuple(dict.fromkeys([*found, *default])))
        edges = [(words, text) for words, text in texts.edges(schema) if is_valid(text)]
        edges += [("the default", text) for text in default]
        likely = ("a" * max(least, 1), *default, *(text for _, text in edges), *_PLAIN_TEXTS)
        plain = next((text for text in likely if is_valid(text)), None)
        if "pattern" in schema:
            strategy = texts.of_pattern(schema["pattern"])
            if strategy is not None:
                if plain is None:
                    plain = texts.shortest_of(strategy, is_valid)
                return Leaf(strategy, "" if plain is None else plain, tuple(edges))
        if plain is None:
            raise CannotGenerateError(place, "no text that was tried matches")
        return Leaf(texts.texts(least, most, tuple(default)), plain, tuple(edges))

    def _listing(self, schema: Schema, place: str, trail: tuple[str, ...]) -> Node:
        least, most = math.ceil(schema.get("minItems", 0)), schema.get("maxItems", math.inf)
        fewest, fullest = self.counts.get(place, (0, math.inf))
        least, most = max(least, fewest), min(most, fullest)
        here = join(place, "*")
        first = [self._part(part, here, trail) for part in schema.get("prefixItems", ())]
        item = self._part(schema["items"], here, trail) if "items" in schema else _ANY
        if "contains" in schema and not first:
            both = {"allOf": [schema["contains"], schema.get("items", True)]}
            needed = self._part(both, here, trail)
            first = [needed] * math.ceil(schema.get("minContains", 1)) if needed else []
            least = max(least, len(first))
        possible = next((index for index, node in enumerate(first) if node is None), len(first))
        most = min(most, possible if possible < len(first) or item is None else math.inf)
        if least > most or least > _MOST_NODES:
            raise CannotGenerateError(place, f"no list has {least} items or more, and at most {most}")
        nodes = tuple(node for node in first[:possible] if node is not None)
        return Listing(item, least, most, unique=schema.get("uniqueItems", False), first=nodes)

    def _part(self, schema: object, place: str, trail: tuple[str, ...]) -> Node | None:
        try:
            return self.node(schema, place, trail)
        except CannotGenerateError:
            return None

    def _record(self, schema: Schema, place: str, trail: tuple[str, ...]) -> Node:
        declared, required = schema.get("properties", {}), list(schema.get("required", ()))
        by_pattern, others = schema.get("patternProperties", {}), schema.get("additionalProperties", True)
        may_be_called = self.judge(schema.get("propertyNames", True))
        nodes: dict[str, Node] = {}
        for name in dict.fromkeys([*declared, *required]):
            parts = [declared[name]] if name in declared else []
            parts += [part for pattern, part in by_pattern.items() if _matches(pattern, name)]
            try:
                nodes[name] = self._member(parts or [others], join(place, name), trail, is_allowed=may_be_called(name))
            except CannotGenerateError:
                if name in required:
                    raise
        more = self._part(others, join(place, "*"), trail) if others is not True else _ANY
        dependent = schema.get("dependentRequired", {})
        counted = {"minProperties", "maxProperties", "dependentRequired"} & schema.keys()
        return Record(
            nodes,
            frozenset(required),
            frozenset(name for name in nodes if join(place, name) in self.deferred),
            {name: tuple(follow) for name, follow in dependent.items()} if counted else None,
            math.ceil(schema.get("minProperties", 0)),
            schema.get("maxProperties", math.inf),
            more,
            is_open=not declared and not required,
        )

    def _member(self, parts: list[object], place: str, trail: tuple[str, ...], *, is_allowed: bool) -> Node:
        if not is_allowed:
            raise CannotGenerateError(place, "no property may be called so")
        if parts == [True]:
            return _ANY
        return self.node(parts[0] if len(parts) == 1 else {"allOf": parts}, place, trail)


def _without(schema: Schema, *keywords: str) -> dict[str, Any]:
    return {key: part for key, part in schema.items() if key not in keywords}


@functools.cache
def _matches(pattern: str, name: str) -> bool:
    try:
        return re.search(pattern, name) is not None
    except re.error:
        return False


def _rooted(part: Any) -> Any:
    """Copy a part of the document so that its references lead into ``$defs/root``."""
    if isinstance(part, list):
        return [_rooted(each) for each in part]
    if not isinstance(part, Mapping):
        return part
    copied = {key: _rooted(each) for key, each in part.items() if key != "$schema"}
    reference = copied.get("$ref")
    if isinstance(reference, str) and reference.startswith("#"):
        copied["$ref"] = "#/$defs/root" + reference[1:]
    return copied
