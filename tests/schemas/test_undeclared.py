from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.dialect import normalise
from schemas.pointers import split
from schemas.undeclared import as_schema, declared, declared_names, undeclared
from tests.properties.dialect_strategies import documents, instances
from tests.schemas.build import properties

_A: dict[str, Any] = {"properties": {"a": {}}}
_B: dict[str, Any] = {"properties": {"b": {}}}


@st.composite
def _cases(draw: st.DrawFn) -> tuple[dict[str, Any], Any]:
    document = draw(documents())
    return normalise(document)[0], draw(instances(document))


def _without(value: Any, pointers: list[str]) -> Any:
    value = copy.deepcopy(value)
    for pointer in pointers:
        *parents, name = split(pointer)
        place = value
        for step in parents:
            place = place[int(step)] if isinstance(place, list) else place[step]
        del place[name]
    return value


@settings(deadline=None)
@given(_cases())
def test_the_schema_of_what_is_declared_and_the_walk_agree(case: tuple[dict[str, Any], Any]) -> None:
    schema, value = case
    known = declared(schema)
    found = list(undeclared(value, known))
    assert Draft202012Validator(as_schema(known)).is_valid(value) is (found == [])
    assert len(found) == len(set(found))


@settings(deadline=None)
@given(_cases())
def test_without_the_members_found_everything_is_declared(case: tuple[dict[str, Any], Any]) -> None:
    schema, value = case
    known = declared(schema)
    assert list(undeclared(_without(value, list(undeclared(value, known))), known)) == []


@settings(deadline=None)
@given(_cases(), st.text())
def test_a_name_more_is_found_in_an_object_that_is_not_open(case: tuple[dict[str, Any], Any], name: str) -> None:
    schema, value = case
    opening = {"additionalProperties", "patternProperties", "dependentSchemas"}
    if not isinstance(value, dict) or opening & schema.keys() or not schema.get("properties") or name in value:
        return
    known = declared(schema)
    added = set(undeclared({**value, name: 1}, known)) - set(undeclared(value, known))
    assert len(added) == (0 if name in schema["properties"] else 1)


@pytest.mark.parametrize(
    ("schema", "value", "found"),
    [
        (_A, {"a": 1, "z": 1, "x/y": 2}, ["/z", "/x~1y"]),
        (_A, [{"z": 1}], []),
        (_A, "text", []),
        ({}, {"z": 1}, []),
        (properties(), {"z": 1}, []),
        (properties(a=_B), {"a": {"b": 1, "z": 1}}, ["/a/z"]),
        (properties(a=_B), {"a": [{"z": 1}]}, []),
        ({"items": _A}, [{"a": 1}, {"z": 1}, 5], ["/1/z"]),
        (properties(a={"items": {"items": _A}}), {"a": [[{"z": 1}]]}, ["/a/0/0/z"]),
        (_B | {"allOf": [_A]}, {"a": 1, "b": 1, "z": 1}, ["/z"]),
        (_B | {"allOf": [{"anyOf": [{"oneOf": [_A]}]}]}, {"a": 1, "b": 1, "z": 1}, ["/z"]),
        (_B | {"if": _A, "then": properties(c={}), "else": properties(d={})}, dict.fromkeys("abcdz"), ["/z"]),
        (_B | {"dependentSchemas": {"b": _A}}, {"a": 1, "b": 1, "z": 1}, ["/z"]),
        ({"anyOf": [properties(a=_A), properties(a=_B)]}, {"a": {"a": 1, "b": 1, "z": 1}}, ["/a/z"]),
        ({"anyOf": [{"items": _A}, {"items": _B}]}, [{"a": 1, "b": 1, "z": 1}], ["/0/z"]),
        (_A | {"additionalProperties": False}, {"z": 1}, []),
        (_A | {"additionalProperties": {"type": "string"}}, {"z": 1}, []),
        (_A | {"patternProperties": {"^x": {}}}, {"z": 1}, []),
        (properties(a=_B) | {"additionalProperties": True}, {"z": 1, "a": {"z": 1}}, ["/a/z"]),
        (_A | {"$ref": "#/$defs/b", "$defs": {"b": _B}}, {"z": 1}, []),
        (_A | {"allOf": [{"$ref": "#/$defs/b"}], "$defs": {"b": _B}}, {"z": 1}, []),
        ({"prefixItems": [_A], "items": _B}, [{"a": 1}, {"b": 1}], []),
        (_A | {"not": _B}, {"b": 1}, ["/b"]),
        ({"properties": {"a": True, "b": False}}, {"a": {"z": 1}, "z": 1}, ["/z"]),
    ],
)
def test_names_are_declared_by_any_branch_and_at_every_depth(
    schema: dict[str, Any], value: Any, found: list[str]
) -> None:
    known = declared(schema)
    assert list(undeclared(value, known)) == found
    assert Draft202012Validator(as_schema(known)).is_valid(value) is (found == [])


def test_the_declared_names_are_those_of_every_branch() -> None:
    assert declared_names(_B | {"allOf": [_A, {"anyOf": [properties(c={})]}], "not": properties(d={})}) == [
        "b",
        "a",
        "c",
    ]


def test_a_schema_that_declares_nothing_needs_no_walk() -> None:
    assert declared({"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True}) is None
    assert declared(True) is None
