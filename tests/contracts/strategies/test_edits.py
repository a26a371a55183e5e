from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from contracts.strategies.amounts import lowest
from contracts.strategies.edits import Put, combined, edits
from contracts.strategies.schema_values import Compiler
from tests.schemas.reading import FORMATS

SCHEMAS: list[dict[str, Any]] = [
    {"type": "integer", "minimum": 3, "maximum": 15},
    {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "multipleOf": 0.25},
    {"type": "string", "minLength": 2, "maxLength": 4},
    {"type": "string", "pattern": "^[a-z]+[0-9]$"},
    {"type": "string", "format": "uri"},
    {"type": "string", "enum": ["Auto", "5"]},
    {"enum": [1, 2]},
    {"type": ["boolean", "null"]},
    {"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 3, "uniqueItems": True},
    {"type": "object", "properties": {"a": {"const": 1}}, "required": ["a"], "additionalProperties": False},
]


@pytest.mark.parametrize("schema", SCHEMAS, ids=repr)
def test_each_keyword_is_broken_by_its_edits(schema: dict[str, Any]) -> None:
    node = Compiler(schema).node(schema)
    oracle = Draft202012Validator(schema, format_checker=FORMATS)
    found = edits(schema, node)
    broken = set()
    for keywords, edit in found:
        for index in range(edit.number):
            wrong = edit.at(node.plain(), index)
            reported = {error.validator for error in oracle.iter_errors(wrong)} & keywords
            broken |= reported
        assert not oracle.is_valid(edit.spoil(node.plain(), lambda _, high: high)) or "pattern" in keywords
        assert not oracle.is_valid(edit.spoil(node.plain(), lowest))
    assert broken >= schema.keys() - {"items", "properties"}


def test_what_is_near_to_a_word_of_an_enum_is_tried() -> None:
    schema = {"enum": ["Auto"]}
    ((_, edit),) = edits(schema, Compiler(schema).node(schema))
    assert isinstance(edit, Put)
    assert {"aUTO", "Auto ", " Auto", ""} <= set(edit.values)


def test_numbers_far_beyond_a_bound_are_picked() -> None:
    schema = {"type": "integer", "maximum": 15}
    put = next(edit for keywords, edit in edits(schema, Compiler(schema).node(schema)) if keywords == {"maximum"})
    assert put.spoil(0, lowest) == 16
    assert put.spoil(0, lambda _, high: high) > 10**12


def test_what_is_put_is_a_copy() -> None:
    put = Put(([],))
    put.at(None, 0).append(1)
    put.spoil(None, lowest).append(1)
    assert put.values == ([],)


def test_places_of_several_ways_are_tried_with_all_kinds_of_values() -> None:
    assert combined({}) == []
    kinds = {type(edit.at(None, 0)) for _, edit in combined({"anyOf": [{}]})}
    assert kinds >= {type(None), bool, int, float, str, list, dict}
