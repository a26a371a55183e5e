from __future__ import annotations

import copy
from typing import Any

import pytest

from schemas.dialect import JSON_SCHEMA, MAX_DEPTH, RUNCOMFY, Dialect, is_property_map, normalise
from tests.schemas.build import properties

_URL = {"type": "string", "format": "uri"}
_PROMPT = {"prompt": {"type": "string"}}


def _read(document: Any) -> dict[str, Any]:
    normalised, problems = normalise(document)
    assert problems == ()
    assert normalised.pop("$schema") == JSON_SCHEMA
    return normalised


def _problems(document: Any) -> list[tuple[str, str]]:
    return [(each.pointer, each.keyword) for each in normalise(document)[1]]


@pytest.mark.parametrize(
    ("vendored", "plain"),
    [
        ({"type": "float"}, {"type": "number"}),
        ({"type": ["float", "null"]}, {"type": ["number", "null"]}),
        ({"type": "integer", "format": "int_slider_with_range"}, {"type": "integer"}),
        ({"type": "string", "format": "str"}, {"type": "string"}),
        ({"type": "string", "format": "a_new_widget"}, {"type": "string"}),
        ({"type": "string", "format": "date-time"}, {"type": "string", "format": "date-time"}),
        ({"format": "image_uri"}, _URL),
        ({"format": "video_uri", "type": "string"}, _URL),
        ({"format": "audio_uri", "type": ["string", "null"]}, {"type": ["string", "null"], "format": "uri"}),
        ({"format": "image_uris"}, {"type": "array", "items": _URL}),
        ({"format": "video_uris", "type": "array", "maxItems": 2}, {"type": "array", "items": _URL, "maxItems": 2}),
        ({"format": "audio_uris", "type": "string"}, _URL),
        ({"format": "image_uri", "type": "array"}, {"type": "array", "items": _URL}),
        (
            {"type": "array", "items": {"a": {"type": "float"}, "b": {"format": "str"}}},
            {"type": "array", "items": {"type": "object", "properties": {"a": {"type": "number"}, "b": {}}}},
        ),
        (_PROMPT, {"type": "object", "properties": _PROMPT}),
        ({"output": {"type": "object", "properties": _PROMPT}}, properties(output=properties(**_PROMPT))),
        ({"type": {"type": "string"}, "seed": {}}, properties(type={"type": "string"}, seed={})),
        ({"enum": ["auto", "5"], "type": "string"}, {"enum": ["auto", "5"], "type": "string"}),
        ({"required": ["image_urls"]}, {"required": ["image_urls"]}),
        ({}, {}),
    ],
)
def test_each_quirk_has_its_meaning(vendored: Any, plain: Any) -> None:
    assert _without_notes(_read(vendored)) == plain


def _without_notes(part: Any) -> Any:
    """Leave out what only tells: the extensions that keep a page's hints."""
    if isinstance(part, dict):
        return {key: _without_notes(inner) for key, inner in part.items() if not key.startswith("x-runcomfy-")}
    return [_without_notes(inner) for inner in part] if isinstance(part, list) else part


def test_a_list_of_media_that_may_be_null_is_a_list_of_urls_all_the_same() -> None:
    assert _read({"format": "image_uris", "type": ["array", "null"]})["items"] == _URL


def test_hints_media_and_limits_are_kept_under_names_of_our_own() -> None:
    limits = [{"validation_rule": "file_size_mb<", "validation_value": 30, "validation_error": "too big"}]
    read = _read({"type": "string", "format": "image_uri", "validations": limits})
    assert (read["x-runcomfy-media"], read["x-runcomfy-validations"]) == ("image", limits)
    assert _read({"format": "str"}) == {"x-runcomfy-widget": "str"}


def test_the_values_in_a_document_are_not_read_as_schemas() -> None:
    values = {"type": "float", "items": {"a": {"type": "float"}}, "nope": 1}
    document = {
        "type": "object",
        "default": values,
        "const": values,
        "enum": [values],
        "examples": [values],
        "x-a": values,
    }
    assert _read(document) == document


@pytest.mark.parametrize(
    "name", ["type", "format", "$ref", "required", "validations", "default", "items", "frobnicate"]
)
def test_a_property_may_have_any_name(name: str) -> None:
    assert _read({"type": "object", "properties": {name: {"type": "float"}}}) == properties(
        **{name: {"type": "number"}}
    )


@pytest.mark.parametrize("name", ["type", "format", "$ref", "required", "enum", "validations", "title", "frobnicate"])
def test_a_property_in_a_bare_map_may_have_any_name_that_takes_no_object_as_a_keyword(name: str) -> None:
    parts = {name: {"type": "float"}, "prompt": {}}
    assert _read({"type": "array", "items": parts})["items"] == properties(**{name: {"type": "number"}, "prompt": {}})


@pytest.mark.parametrize("key", ["properties", "not", "default", "items"])
def test_a_map_that_may_be_a_schema_as_well_is_refused_rather_than_guessed_at(key: str) -> None:
    assert _problems({"type": "array", "items": {"prompt": {"type": "string"}, key: {}}}) == [
        ("/items/prompt", "prompt")
    ]


@pytest.mark.parametrize(
    "key",
    (
        "properties patternProperties $defs definitions dependentSchemas items additionalProperties not if then else "
        "contains propertyNames allOf anyOf oneOf prefixItems"
    ).split(),
)
def test_every_keyword_that_holds_schemas_is_looked_into(key: str) -> None:
    maps = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas"}
    lists = {"allOf", "anyOf", "oneOf", "prefixItems"}
    wrapped: Any = {"a": {"type": "float"}} if key in maps else {"type": "float"}
    place = f"/{key}/a" if key in maps else f"/{key}"
    if key in lists:
        wrapped, place = [wrapped], f"{place}/0"
    assert "float" not in str(_read({"title": "t", key: wrapped}))
    spoilt = {"title": "t", key: copy.deepcopy(wrapped)}
    target = spoilt[key]["a"] if key in maps else spoilt[key][0] if key in lists else spoilt[key]
    target["minimun"] = 1
    assert _problems(spoilt) == [(f"{place}/minimun", "minimun")]


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": _PROMPT, "default": {"prompt": "a"}},
        {"properties": _PROMPT, "dependentRequired": {"prompt": ["a"]}},
        {"const": {"prompt": "a"}},
        {"not": {"type": "string"}},
        {"properties": {}, "x-ui": {}},
        {},
    ],
)
def test_a_schema_whose_every_value_is_an_object_is_no_map_of_properties(schema: dict[str, Any]) -> None:
    assert not is_property_map(schema)
    assert _read({"type": "array", "items": schema})["items"] == schema
    assert _read(schema) == schema


def test_a_schema_where_no_map_may_stand_is_read_as_a_schema() -> None:
    assert _problems({"type": "object", "properties": {"a": _PROMPT}}) == [("/properties/a/prompt", "prompt")]


@pytest.mark.parametrize(
    ("document", "problems"),
    [
        ({"frobnicate": 1}, [("/frobnicate", "frobnicate")]),
        ({"type": "object", "unevaluatedProperties": False}, [("/unevaluatedProperties", "unevaluatedProperties")]),
        ({"type": "strng"}, [("/type", "type")]),
        ({"type": None}, [("/type", "type")]),
        ({"type": []}, [("/type", "type")]),
        ({"type": [["string"]]}, [("/type", "type")]),
        ({"type": {"of": "string"}, "title": "a"}, [("/type", "type")]),
        ({"type": ["string", "double"]}, [("/type", "type")]),
        ({"$ref": "https://example.com/a.json"}, [("/$ref", "$ref")]),
        ({"$ref": "other.json#/a"}, [("/$ref", "$ref")]),
        ({"$ref": "#size"}, [("/$ref", "$ref")]),
        ({"$id": "part", "$anchor": "part"}, [("/$id", "$id"), ("/$anchor", "$anchor")]),
        ({"prompt": {"minimun": 1}}, [("/prompt/minimun", "minimun")]),
        ({"type": "array", "items": {"a": {"a/b": 1}}}, [("/items/a/a~1b", "a/b")]),
        (
            {"nope": 1, "type": "object", "properties": {"a": {"zap": 1}}},
            [("/nope", "nope"), ("/properties/a/zap", "zap")],
        ),
        ([], [("", "")]),
        (None, [("", "")]),
        ("text", [("", "")]),
        (True, [("", "")]),
    ],
)
def test_what_is_unknown_is_a_problem_at_its_place(document: Any, problems: list[tuple[str, str]]) -> None:
    assert _problems(document) == problems


def test_a_problem_names_the_file_and_the_nearest_keyword() -> None:
    (problem,) = normalise({"minimun": 1}, file="a/input.json")[1]
    assert problem.file == "a/input.json"
    assert "'minimun'" in problem.message
    assert "'minimum'" in problem.message


def test_an_unknown_type_is_told_what_is_known() -> None:
    (problem,) = normalise({"type": "double"})[1]
    assert all(name in problem.message for name in ("double", "float", "number", "string"))


def test_what_is_unknown_is_left_out_and_the_rest_stands() -> None:
    normalised, _ = normalise({"type": ["string", "double"], "nope": 1, "maxLength": 2, "$ref": "http://a"})
    assert normalised == {"$schema": JSON_SCHEMA, "type": ["string"], "maxLength": 2}


@pytest.mark.parametrize("declared", ["http://json-schema.org/draft-07/schema#", JSON_SCHEMA, None])
def test_the_outcome_is_json_schema_2020_12_whatever_the_page_declares(declared: str | None) -> None:
    normalised, _ = normalise({"$schema": declared, "type": "object"})
    assert normalised == {"$schema": JSON_SCHEMA, "type": "object"}


def test_the_same_type_twice_is_one_type() -> None:
    assert _read({"type": ["float", "number"]})["type"] in ("number", ["number"])


def _nested(levels: int) -> dict[str, Any]:
    document: dict[str, Any] = {"type": "string"}
    for _ in range(levels):
        document = {"type": "array", "items": document}
    return document


def test_nesting_is_read_to_the_limit_and_refused_beyond_it() -> None:
    assert normalise(_nested(MAX_DEPTH))[1] == ()
    (problem,) = normalise(_nested(MAX_DEPTH + 1))[1]
    assert problem.pointer == "/items" * (MAX_DEPTH + 1)
    assert str(MAX_DEPTH) in problem.message


def test_ten_thousand_levels_are_one_problem_too() -> None:
    (problem,) = normalise(_nested(10_000))[1]
    assert problem.pointer == "/items" * (MAX_DEPTH + 1)


def test_another_dialect_is_another_value() -> None:
    dialect = Dialect(type_aliases={"text": "string"}, hints=frozenset(), media={}, validations="limits")
    assert normalise({"type": "text", "limits": 1}, dialect=dialect)[1] == ()
    problems = normalise({"type": "float", "validations": 1}, dialect=dialect)[1]
    assert [each.keyword for each in problems] == ["type", "validations"]
    assert RUNCOMFY.keywords - dialect.keywords == {"validations"}
