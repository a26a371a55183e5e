from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.examples import plain_object, plainest
from tests.schemas.build import model, properties

_PARTS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "minLength": 9},
    {"type": "string", "minLength": 2.0},
    {"type": "string", "maxLength": 2},
    {"type": "string", "default": "x"},
    {"type": "string", "enum": ["auto", "5"]},
    {"type": "string", "format": "image_uri"},
    {"format": "video_uris", "minItems": 2},
    {"type": ["string", "null"]},
    {"type": ["integer", "null"]},
    {"type": "integer"},
    {"type": "integer", "minimum": 3},
    {"type": "integer", "minimum": 3.0, "maximum": 9},
    {"type": "integer", "maximum": -5},
    {"type": "integer", "exclusiveMinimum": 4},
    {"type": "integer", "minimum": 1, "multipleOf": 8},
    {"type": "float", "exclusiveMinimum": 0.5},
    {"type": "float", "exclusiveMinimum": 0, "maximum": 0.5},
    {"type": "float", "exclusiveMaximum": 0, "minimum": -0.5},
    {"type": "boolean"},
    {"type": "null"},
    {"const": {"a": 1}},
    {"examples": [7], "type": "integer"},
    {"type": "array", "items": {"a": {"type": "string"}}, "minItems": 1},
    {"type": "array", "minItems": 2.0},
    {"type": "array", "items": True, "minItems": 1},
    {"type": "object", "required": ["a"], "properties": {"a": {"type": "float"}}},
    {"type": "object", "required": ["a"]},
    {"enum": [False]},
    {},
]
_HALVES = st.integers(-20, 20).map(lambda n: n / 2)
_BOUNDS = st.fixed_dictionaries(
    {"type": st.sampled_from(["integer", "number"])},
    optional={
        "minimum": _HALVES,
        "maximum": _HALVES,
        "exclusiveMinimum": _HALVES,
        "exclusiveMaximum": _HALVES,
        "multipleOf": st.sampled_from([1, 2, 3, 8]),
    },
)


@pytest.mark.parametrize("part", _PARTS, ids=str)
def test_the_plainest_value_is_one_that_the_schema_takes(part: dict[str, Any]) -> None:
    made = model(properties(a=part, other={"type": "string"}) | {"required": ["a"]})
    assert made.example().keys() == {"a"}
    assert Draft202012Validator(made.input.normalised).is_valid(made.example())


@settings(deadline=None, max_examples=300)
@given(_BOUNDS)
@example({"type": "number", "exclusiveMinimum": -0.5, "exclusiveMaximum": 0.0})
@example({"type": "number", "exclusiveMinimum": -3.0, "maximum": -2.5})
@example({"type": "number", "minimum": 1.0, "exclusiveMinimum": 1.0, "exclusiveMaximum": 1.5})
@example({"type": "number", "maximum": -1.0, "exclusiveMaximum": -1.0, "exclusiveMinimum": -1.5})
@example({"type": "integer", "exclusiveMinimum": -3.5, "exclusiveMaximum": -2.5})
def test_the_plainest_number_is_within_its_bounds_where_any_is(schema: dict[str, Any]) -> None:
    validator = Draft202012Validator(schema)
    assume(any(validator.is_valid(n / 4) for n in range(-80, 81)))
    assert validator.is_valid(plainest(schema))


def test_what_the_page_offers_is_preferred() -> None:
    assert plainest({"default": 0, "const": 1, "enum": [2]}) == 0
    assert plainest({"const": None, "enum": [2]}) is None
    assert plainest({"examples": [3], "enum": [2]}) == 3
    assert plainest({"enum": [2, 3], "type": "integer"}) == 2
    assert plainest({"examples": [], "enum": [4]}) == 4


def test_a_plain_object_has_what_is_required_and_nothing_else() -> None:
    schema = {"required": ["b", "c"], "properties": {"a": {"default": 1}, "b": {"default": 2}, "c": True}}
    assert plain_object(schema).keys() == {"b", "c"}
    assert plain_object(schema)["b"] == 2
    assert plain_object({}) == {}


def test_a_url_is_one_that_can_be_fetched_over_https() -> None:
    assert plainest({"type": "string", "format": "uri"}).startswith("https://")


@pytest.mark.parametrize("schema", [True, False, None])
def test_where_anything_or_nothing_is_allowed_there_is_some_value(schema: object) -> None:
    assert plainest(schema) is not None


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "minLength": 10**12},
        {"type": "string", "minLength": 1e300, "maxLength": 1e300},
        {"type": "array", "minItems": 10**300, "items": {"type": "string"}},
        {
            "type": "array",
            "minItems": 1000,
            "items": {"type": "array", "minItems": 1000, "items": {"type": "array", "minItems": 1000}},
        },
        {
            "$ref": "#/$defs/a",
            "$defs": {"a": {"type": "object", "required": ["b"], "properties": {"b": {"$ref": "#/$defs/a"}}}},
        },
        {"type": "object", "required": ["b"], "properties": {"b": {"$ref": "#"}}},
    ],
    ids=["long", "absurdly long", "many", "many of many", "requires itself", "requires the whole"],
)
def test_what_no_example_could_hold_is_cut(schema: dict[str, Any]) -> None:
    assert len(json.dumps(plainest(schema, schema))) < 100_000
