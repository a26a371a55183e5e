from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts.strategies.merging import as_list, forms, is_same, likely_types, resolve
from schemas.dialect import normalise
from tests.contracts.strategies.oracle import LONG
from tests.properties.dialect_strategies import VALUES, documents, instances
from tests.schemas.reading import accepts_plain


@st.composite
def cases(draw: st.DrawFn) -> tuple[dict[str, Any], list[Any]]:
    """Draw a normalised document, and values near to it."""
    document = draw(documents())
    return normalise(document)[0], [draw(instances(document)) for _ in range(4)]


@settings(LONG, max_examples=500)
@given(cases())
def test_what_matches_a_schema_matches_one_of_its_forms(case: tuple[dict[str, Any], list[Any]]) -> None:
    schema, near = case
    found = forms(schema, schema)
    definitions = {key: schema[key] for key in ("$defs",) if key in schema}
    for value in near:
        if accepts_plain(schema, value):
            assert any(accepts_plain({**form.schema, **definitions}, value) for form in found)


@settings(LONG, max_examples=500)
@given(cases())
def test_what_matches_an_exact_form_matches_the_schema(case: tuple[dict[str, Any], list[Any]]) -> None:
    schema, near = case
    definitions = {key: schema[key] for key in ("$defs",) if key in schema}
    exact = [{**form.schema, **definitions} for form in forms(schema, schema) if form.is_exact]
    assume(exact)
    for value in near:
        assert accepts_plain(schema, value) or not any(accepts_plain(each, value) for each in exact)


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"allOf": [{"minimum": 1}, {"minimum": 3, "maximum": 9}]}, [{"minimum": 3, "maximum": 9}]),
        ({"type": "number", "allOf": [{"type": ["integer", "string"]}]}, [{"type": ["integer"]}]),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, []),
        ({"enum": [1, 2, 3], "allOf": [{"enum": [2, 3.0, 4]}]}, [{"enum": [2, 3]}]),
        ({"const": 5, "enum": [4]}, [{"enum": []}]),
        ({"anyOf": [{"minLength": 1}, False]}, [{"minLength": 1}]),
        ({"$ref": "#/$defs/a", "title": "b"}, [{"title": "b", "type": "null"}]),
        ({"$ref": "#/$defs/circle"}, []),
        ({"$ref": "#/$defs/nowhere"}, []),
        ({"allOf": [{"multipleOf": 4}, {"multipleOf": 6}]}, [{"multipleOf": 12}]),
        (True, [{}]),
        (False, []),
    ],
)
def test_combinations_become_plain_schemas(schema: Any, expected: list[Any]) -> None:
    root = {"$defs": {"a": {"type": "null"}, "circle": {"$ref": "#/$defs/circle"}}}
    assert [form.schema for form in forms(schema, root)] == expected


def test_equality_is_that_of_json() -> None:
    for one in VALUES:
        for other in VALUES:
            assert is_same(one, other) is accepts_plain({"const": one}, other)


def test_types_are_those_named_or_those_that_keywords_are_about() -> None:
    assert likely_types({"type": "string", "minimum": 1}) == ["string"]
    assert likely_types({"properties": {}}) == ["object"]
    assert likely_types({"minimum": 1}) == ["number"]
    assert set(likely_types({})) == {"string", "integer", "number", "boolean", "array", "object", "null"}
    assert as_list("string") == ["string"] == as_list(["string"])


def test_a_reference_is_unescaped() -> None:
    assert resolve("#/$defs/a~1b%20c", {"$defs": {"a/b c": {"type": "null"}}}) == {"type": "null"}
    assert resolve("#", {"title": "root"}) == {"title": "root"}
