"""Names in a value that its schema does not declare: most often misspelt, never refused by itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from schemas.pointers import join


@dataclass(frozen=True, slots=True)
class Declared:
    """The names that an object may have, and what is declared of the values that are objects or lists themselves.

    ``names`` is ``None`` where the schema leaves the object open.
    """

    names: frozenset[str] | None
    children: Mapping[str, Declared]
    items: Declared | None


def declared(*schemas: object) -> Declared | None:
    """Learn what normalised schemas that hold for the same value declare together.

    A name that any branch declares counts as declared; references leave a value open. ``None`` means that nothing is
    declared here or below, so that a walk can stop.
    """
    branches = [branch for schema in schemas for branch in _branches(schema)]
    properties = _properties(branches)
    is_open = not properties or any(not _OPENING.isdisjoint(branch) for branch in branches)
    if any("$ref" in branch for branch in branches):
        return None
    children = {name: found for name, parts in properties.items() if (found := declared(*parts)) is not None}
    items = [branch["items"] for branch in branches if "items" in branch]
    each = declared(*items) if items and not any("prefixItems" in branch for branch in branches) else None
    if is_open and not children and each is None:
        return None
    return Declared(None if is_open else frozenset(properties), children, each)


def as_schema(known: Declared | None) -> dict[str, object]:
    """Write a JSON Schema that holds where `undeclared` finds nothing: a compiled validator is quicker than a walk."""
    if known is None:
        return {}
    children = {name: as_schema(child) for name, child in known.children.items()}
    schema: dict[str, object] = {"properties": dict.fromkeys(known.names or (), True) | children}
    if known.names is not None:
        schema["additionalProperties"] = False
    if known.items is not None:
        schema["items"] = as_schema(known.items)
    return schema


def undeclared(value: object, known: Declared | None, pointer: str = "") -> Iterator[str]:
    """Yield the pointer of each member of ``value`` whose name is not declared."""
    if known is None:
        return
    if isinstance(value, dict):
        if known.names is not None:
            yield from (join(pointer, name) for name in value if name not in known.names)
        for name, child in known.children.items():
            if name in value:
                yield from undeclared(value[name], child, join(pointer, name))
    elif isinstance(value, list) and known.items is not None:
        for index, item in enumerate(value):
            yield from undeclared(item, known.items, join(pointer, index))


def declared_names(schema: Mapping[str, object]) -> list[str]:
    """Return the names that a schema declares, in any of its branches."""
    return list(_properties(list(_branches(schema))))


_OPENING = frozenset({"additionalProperties", "patternProperties"})


def _branches(schema: object) -> Iterator[Mapping[str, object]]:
    """Yield a schema and every schema that is combined with it for the same value."""
    if not isinstance(schema, Mapping):
        return
    yield schema
    for keyword in ("allOf", "anyOf", "oneOf"):
        parts = schema.get(keyword)
        for part in parts if isinstance(parts, Sequence) else ():
            yield from _branches(part)
    for keyword in ("if", "then", "else"):
        yield from _branches(schema.get(keyword))
    for part in _mapping(schema.get("dependentSchemas")).values():
        yield from _branches(part)


def _properties(branches: Sequence[Mapping[str, object]]) -> dict[str, list[object]]:
    properties: dict[str, list[object]] = {}
    for branch in branches:
        for name, part in _mapping(branch.get("properties")).items():
            properties.setdefault(name, []).append(part)
    return properties


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
