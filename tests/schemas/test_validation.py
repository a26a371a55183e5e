from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from schemas.dialect import KEYWORDS
from schemas.findings import LONGEST_VALUE, Finding
from schemas.validation import PayloadValidator, Verdict
from schemas.variants import Variants
from tests.schemas.build import kling, model, properties

_KLING = PayloadValidator(kling(), Variants())
_STRICT = Variants(unknown_properties="refused")


def _check(document: Mapping[str, Any], payload: Any, variants: Variants | None = None) -> Verdict:
    return PayloadValidator(model(document), variants or Variants()).check(payload)


def _unknown(document: Mapping[str, Any], payload: Any) -> tuple[str, ...]:
    return _check(document, payload).unknown


def test_a_fine_payload_has_nothing_to_say() -> None:
    full = {
        "prompt": "a",
        "negative_prompt": "b",
        "duration": 10,
        "aspect_ratio": "9:16",
        "cfg_scale": 0.25,
        "sound": False,
        "multi_prompt": [{"prompt": "c", "duration": 4}, {"prompt": "d", "duration": 6}],
        "shot_type": "customize",
    }
    assert _KLING.check(full) == Verdict((), ())
    assert _KLING.check(kling().example()) == Verdict((), ())


def test_a_finding_says_where_what_and_how_it_should_be() -> None:
    assert _KLING.check({"prompt": "a", "duration": 99}).findings == (
        Finding("/duration", "maximum", 15, "99", "must be at most 15", "Duration"),
    )
    assert _KLING.check({"sound": True}).findings == (
        Finding("", "required", "prompt", '{"sound": true}', '"prompt" is required', "Prompt"),
    )


def test_every_finding_is_told_in_the_order_of_the_page() -> None:
    shots = [{"duration": 99, "prompt": 1}, 5]
    wrong = {"shot_type": "x", "cfg_scale": 7, "duration": 1, "negative_prompt": 1, "multi_prompt": shots}
    assert [each.pointer for each in _KLING.check(wrong).findings] == [
        "",
        "/negative_prompt",
        "/duration",
        "/cfg_scale",
        "/multi_prompt/0/prompt",
        "/multi_prompt/0/duration",
        "/multi_prompt/1",
        "/shot_type",
        "/multi_prompt",
    ]


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ({"type": "string"}, 5, "must be of type string, not an integer"),
        ({"type": ["string", "null"]}, 5, 'must be of type ["string", "null"], not an integer'),
        ({"enum": ["a", 5]}, None, 'must be one of ["a", 5]'),
        ({"const": 1}, 2, "must be 1"),
        ({"minimum": 3}, 2, "must be at least 3"),
        ({"maximum": 3}, 4, "must be at most 3"),
        ({"exclusiveMinimum": 3}, 3, "must be more than 3"),
        ({"exclusiveMaximum": 3}, 3, "must be less than 3"),
        ({"multipleOf": 8}, 9, "must be a multiple of 8"),
        ({"minLength": 3}, "a", "must have at least 3 characters"),
        ({"maxLength": 1}, "abc", "must have at most 1 characters"),
        ({"minItems": 1}, [], "must have at least 1 items"),
        ({"maxItems": 1}, [1, 2], "must have at most 1 items"),
        ({"uniqueItems": True}, [1, 1], "must not have the same item twice"),
        ({"pattern": "^a"}, "b", 'must match "^a"'),
        ({"format": "image_uri"}, "no url", "must be a valid uri"),
        ({"additionalProperties": False}, {"z": 1}, "must have no other properties than the declared ones"),
        ({"required": ["z"], "type": "object"}, {}, '"z" is required'),
    ],
)
def test_each_keyword_has_its_words(part: dict[str, Any], value: Any, message: str) -> None:
    (finding,) = _check(properties(a=part | {"title": "A"}), {"a": value}).findings
    assert finding.pointer == "/a"
    assert finding.message == message
    assert finding.value == json.dumps(value)
    assert finding.title == ("" if finding.keyword == "required" else "A")
    assert finding.limit == ("uri" if "format" in part else "z" if "required" in part else part[finding.keyword])


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, 5),
        ({"oneOf": [{"type": "string"}]}, 5),
        ({"not": {"type": "string"}}, "a"),
        ({"contains": {"type": "string"}}, [1]),
        ({"dependentRequired": {"x": ["y"]}}, {"x": 1}),
        ({"maxProperties": 0}, {"x": 1}),
    ],
)
def test_a_keyword_without_words_of_its_own_is_told_in_plain_words_too(part: dict[str, Any], value: Any) -> None:
    (finding,) = _check(properties(a=part), {"a": value}).findings
    assert finding.keyword == next(iter(part))
    assert 0 < len(finding.message) <= LONGEST_VALUE
    assert (finding.message[0] + finding.message[-1]) != '""'
    assert "\\" not in finding.message


@pytest.mark.parametrize("name", ["legacy", "required", "minimum", "a/b"])
def test_a_property_that_must_not_be_there_is_a_finding_whatever_its_name(name: str) -> None:
    (finding,) = _check({"type": "object", "properties": {name: False}}, {name: 1}).findings
    assert finding.pointer == f"/{name.replace('/', '~1')}"
    assert finding.limit is False
    assert finding.keyword not in {name} | KEYWORDS - {"not"}


def test_what_a_reference_leads_to_is_found_with_its_limit_and_title() -> None:
    document = properties(a={"$ref": "#/$defs/size"}) | {"$defs": {"size": {"minimum": 3, "title": "Size"}}}
    (finding,) = _check(document, {"a": 1}).findings
    assert (finding.pointer, finding.keyword, finding.limit, finding.title) == ("/a", "minimum", 3, "Size")


@pytest.mark.parametrize("choice", ["checked", "ignored"])
@pytest.mark.parametrize(
    ("value", "is_uri"),
    [
        ("https://example.com/a.png?x=1#y", True),
        ("data:image/png;base64,iVBORw0KGgo=", True),
        ("no url", False),
        ("/a.png", False),
        ("", False),
        ("https://example.com/a b", False),
    ],
)
def test_urls_are_checked_unless_that_is_switched_off(choice: Any, value: str, *, is_uri: bool) -> None:
    verdict = _check(properties(a={"format": "image_uri"}), {"a": value}, Variants(uri_format=choice))
    assert (verdict.findings == ()) is (is_uri or choice == "ignored")


def test_what_is_required_but_undeclared_may_be_ignored() -> None:
    document = properties(images={}) | {"required": ["image_urls", "images"]}
    assert [each.limit for each in _check(document, {}).findings] == ["image_urls", "images"]
    ignored = _check(document, {}, Variants(undeclared_required="ignored"))
    assert [each.limit for each in ignored.findings] == ["images"]
    assert document["required"] == ["image_urls", "images"]


def test_unknown_names_are_reported_at_every_depth_and_refused_where_strict() -> None:
    payload = {"prompt": "a", "seed": 1, "multi_prompt": [{"prompt": "b", "duration": 5, "x/y": None}]}
    assert _KLING.check(payload) == Verdict((), ("/seed", "/multi_prompt/0/x~1y"))
    strict = PayloadValidator(kling(), _STRICT).check(payload)
    assert strict.findings == tuple(
        Finding(pointer, "unknown-property", None, value, "is not a property of this model")
        for pointer, value in zip(strict.unknown, ("1", "null"), strict=True)
    )
    assert strict.unknown == ("/seed", "/multi_prompt/0/x~1y")


_A: dict[str, Any] = {"properties": {"a": {}}}
_B: dict[str, Any] = {"properties": {"b": {}}}


@pytest.mark.parametrize(
    "document",
    [
        {"properties": {"a": {}, "b": {}}},
        {**_B, "allOf": [_A]},
        {"anyOf": [_A, _B]},
        {"oneOf": [_A | {"required": ["z"]}, _B]},
        {**_B, "allOf": [{"allOf": [_A]}]},
        {**_B, "if": {"required": ["b"]}, "then": _A},
        {**_B, "if": {"required": ["z"]}, "else": _A},
        {**_B, "dependentSchemas": {"b": _A}},
        {**_B, "patternProperties": {"^a": {}}},
        {**_B, "additionalProperties": {"type": "integer"}},
        {**_B, "$ref": "#/$defs/base", "$defs": {"base": _A}},
        {**_B, "allOf": [{"$ref": "#/$defs/base"}], "$defs": {"base": _A}},
    ],
)
def test_a_name_that_any_part_of_the_schema_declares_is_known(document: dict[str, Any]) -> None:
    assert _unknown({"type": "object", **document}, {"a": 1, "b": 1}) == ()


def test_a_name_that_two_branches_declare_has_the_members_of_both() -> None:
    document = {"type": "object", "anyOf": [properties(a=_A), properties(a=_B)]}
    assert _unknown(document, {"a": {"a": 1, "b": 1}}) == ()
    assert _unknown(document, {"a": {"c": 1}}) == ("/a/c",)


def test_the_first_items_of_a_list_are_not_held_to_the_schema_of_the_others() -> None:
    document = properties(list={"type": "array", "prefixItems": [_A], "items": _B})
    assert _unknown(document, {"list": [{"a": 1}, {"b": 1}]}) == ()


@pytest.mark.parametrize("document", [{"type": "object"}, properties(), properties(a={"type": "object"})])
def test_an_object_without_declared_names_is_open(document: dict[str, Any]) -> None:
    assert _unknown(document, {"a": {"z": 1}}) == ()


def test_a_name_that_the_schema_itself_refuses_is_found_once() -> None:
    verdict = _check(properties(a={}) | {"additionalProperties": False}, {"z": 1}, _STRICT)
    assert [each.keyword for each in verdict.findings] == ["additionalProperties"]


@pytest.mark.parametrize("value", ["x" * 10_000_000, [0] * 5_000, {"k" * 5_000_000: "v" * 5_000_000}], ids=type)
def test_findings_on_a_huge_value_are_short(value: Any) -> None:
    payload = {"prompt": "a", "aspect_ratio": value, "duration": value, "multi_prompt": [value]}
    findings = _KLING.check(payload).findings
    assert {each.pointer for each in findings} >= {"/aspect_ratio", "/duration", "/multi_prompt/0"} - {
        "/multi_prompt/0" if isinstance(value, dict) else ""
    }
    for each in findings:
        assert len(each.value) <= LONGEST_VALUE
        assert len(each.message) <= 2 * LONGEST_VALUE


def _nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize("levels", [3, 100, 253, 254, 255, 256, 500, 900, 10_000])
def test_a_deeply_nested_value_is_refused_like_any_other(levels: int) -> None:
    findings = _KLING.check({"prompt": _nested(levels)}).findings
    assert findings
    assert all(len(each.value) <= LONGEST_VALUE for each in findings)


@pytest.mark.parametrize("levels", [3, 300, 900])
def test_a_deeply_nested_value_of_an_unknown_name_is_as_unknown_as_any(levels: int) -> None:
    assert _KLING.check({"prompt": "a", "extra": _nested(levels)}) == Verdict((), ("/extra",))


def test_whole_floats_are_integers() -> None:
    assert _KLING.check({"prompt": "a", "duration": 5.0}).findings == ()
    assert [each.keyword for each in _KLING.check({"prompt": "a", "duration": 5.5}).findings] == ["type"]


def test_what_is_required_undeclared_and_not_allowed_is_not_called_missing_when_it_is_there() -> None:
    schema = properties(it={}) | {"required": ["other"], "additionalProperties": False}
    validator = PayloadValidator(model(schema), Variants())
    assert [each.keyword for each in validator.check({"other": 1}).findings] == ["additionalProperties"]
    assert [each.keyword for each in validator.check({"it": 1}).findings] == ["required"]


@pytest.mark.parametrize("keyword", ["allOf", "anyOf", "oneOf"])
def test_what_the_root_combines_is_held_against_a_payload_too(keyword: str) -> None:
    document = properties(a={"type": "integer"}) | {keyword: [{"required": ["a"]}]}
    validator = PayloadValidator(model(document), Variants())
    assert validator.check({}).findings != ()
    assert validator.check({"a": 1}) == Verdict((), ())
    assert validator.check({"a": 1, "b": 1}) == Verdict((), ("/b",))


def test_an_unknown_name_in_the_items_of_a_list_is_told_of_a_payload_that_is_fine() -> None:
    segments = [{"prompt": "a", "duration": 5}, {"prompt": "b", "duration": 5, "spare": 1}]
    assert _KLING.check({"prompt": "a", "duration": 10, "multi_prompt": segments}) == Verdict(
        (), ("/multi_prompt/1/spare",)
    )
