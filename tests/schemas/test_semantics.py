from __future__ import annotations

from typing import Any

import pytest

from schemas.errors import SchemaError
from schemas.findings import Finding
from schemas.semantics import Omitted, parse_rules
from tests.schemas.build import properties, sum_rule

_RULE = {
    "id": "shots-add-up",
    "kind": "sum_equals",
    "terms": "/shots/*/seconds",
    "total": "/seconds",
    "prose": "/description",
    "message": "the shots must add up",
}
_SHOT = {"type": "object", "properties": {"seconds": {"type": "integer", "default": 4}}}
_SCHEMA = properties(seconds={"type": "integer", "default": 8}, shots={"type": "array", "items": _SHOT})


def _check(payload: Any, *, omitted: Omitted = "default", schema: dict[str, Any] = _SCHEMA) -> Finding | None:
    return sum_rule().bind(schema, omitted).check(payload)


def test_a_rule_is_read_from_data() -> None:
    assert parse_rules({"rules": [_RULE]}, file="rules.json") == (sum_rule(),)
    assert parse_rules({"rules": []}, file="rules.json") == ()


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ([], ""),
        ({}, ""),
        ({"rules": "text"}, ""),
        ({"rules": {}}, ""),
        ({"rules": [_RULE, "text"]}, "/rules/1"),
        ({"rules": [{**_RULE, "extra": "x"}]}, "/rules/0"),
        ({"rules": [{key: text for key, text in _RULE.items() if key != "message"}]}, "/rules/0"),
        ({"rules": [{**_RULE, "message": 5}]}, "/rules/0"),
        ({"rules": [{**_RULE, "kind": "product_equals"}]}, "/rules/0/kind"),
        ({"rules": [{**_RULE, "terms": "shots"}]}, "/rules/0/terms"),
        ({"rules": [{**_RULE, "total": ""}]}, "/rules/0/total"),
        ({"rules": [{**_RULE, "prose": "#/description"}]}, "/rules/0/prose"),
    ],
)
def test_what_is_no_rule_is_refused_at_its_place(document: Any, pointer: str) -> None:
    with pytest.raises(SchemaError) as caught:
        parse_rules(document, file="a/rules.json")
    assert [(each.file, each.pointer) for each in caught.value.problems] == [("a/rules.json", pointer)]


def test_a_broken_rule_says_what_adds_up_to_what() -> None:
    assert _check({"shots": [{"seconds": 3}, {"seconds": 4}], "seconds": 5}) == Finding(
        pointer="/shots",
        keyword="shots-add-up",
        limit=5,
        value="7",
        message="the shots must add up: they add up to 7, not 5",
    )


@pytest.mark.parametrize(
    ("payload", "fine"),
    [
        ({"shots": [{}, {}]}, True),
        ({"shots": [{}]}, False),
        ({"shots": [{"seconds": 8}]}, True),
        ({"shots": [{}], "seconds": 4}, True),
        ({"shots": [{"seconds": 2.5}, {"seconds": 5.5}]}, True),
        ({"shots": [{"seconds": 0.1}] * 3, "seconds": 0.3}, True),
        ({"shots": [{"seconds": 10**9}, {"seconds": 1}], "seconds": 10**9}, False),
        ({"shots": [{"seconds": -4}, {"seconds": 12}]}, True),
    ],
)
def test_what_the_payload_leaves_out_takes_its_default(payload: dict[str, Any], *, fine: bool) -> None:
    assert (_check(payload) is None) is fine


@pytest.mark.parametrize("payload", [{"shots": [{}]}, {"shots": [{"seconds": 3}]}, {"shots": [{}], "seconds": 5}])
def test_the_rule_may_have_no_effect_where_a_number_is_left_out(payload: dict[str, Any]) -> None:
    assert _check(payload, omitted="skip") is None
    assert _check(payload) is not None


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"seconds": 3},
        {"shots": [], "seconds": 3},
        {"shots": None},
        {"shots": [7, "x", None]},
        {"shots": [{"seconds": "3"}]},
        {"shots": [{"seconds": True}], "seconds": 3},
        {"shots": [{"seconds": None}]},
        {"shots": [{"seconds": 3}], "seconds": "5"},
        {"shots": [{"seconds": 3}], "seconds": None},
        {"shots": {"0": {"seconds": 3}}},
        [],
        "text",
    ],
)
def test_what_is_no_number_is_left_to_the_schema(payload: Any) -> None:
    assert _check(payload) is None


def test_without_a_default_for_what_is_left_out_there_is_nothing_to_add() -> None:
    bare = properties(seconds={}, shots={"type": "array"})
    assert _check({"shots": [{}]}, schema=bare) is None
    assert _check({"shots": [{"seconds": 1}]}, schema=bare) is None
    assert _check({"shots": [{"seconds": 1}], "seconds": 2}, schema=bare) is not None


def test_numbers_too_large_for_a_float_are_added_all_the_same() -> None:
    huge = 10**400
    assert _check({"shots": [{"seconds": huge}], "seconds": huge}) is None
    assert _check({"shots": [{"seconds": huge}], "seconds": 5}) is not None
    assert _check({"shots": [{"seconds": huge}], "seconds": 5.5}) is not None
    assert _check({"shots": [{"seconds": huge}, {"seconds": 0.5}], "seconds": 5}) is not None
    assert _check({"shots": [{"seconds": 0.5}], "seconds": huge}) is not None


def test_a_rule_may_add_up_the_items_of_a_list_of_numbers() -> None:
    rule = sum_rule(terms="/shots/*").bind(properties(), "default")
    assert rule.check({"shots": [1, 2], "seconds": 3}) is None
    assert rule.check({"shots": [1, 2], "seconds": 9}) is not None


def test_pointers_of_a_rule_may_have_escaped_names() -> None:
    rule = sum_rule(terms="/a~1b/*/c~0d", total="/e~1f").bind(properties(), "default")
    assert rule.check({"a/b": [{"c~d": 2}], "e/f": 2}) is None
    assert rule.check({"a/b": [{"c~d": 2}], "e/f": 3}) is not None


@pytest.mark.parametrize(
    ("payload", "fine"),
    [
        ({"shots": [{}, {}]}, False),
        ({"shots": [{"seconds": 8}, {}]}, True),
        ({"shots": [{"seconds": 3}, {}], "seconds": 3}, True),
        ({"shots": [{}], "seconds": 0}, True),
    ],
)
def test_what_the_payload_leaves_out_may_count_as_nothing(payload: dict[str, Any], *, fine: bool) -> None:
    assert (_check(payload, omitted="zero") is None) is fine


@pytest.mark.parametrize(
    ("payload", "fine"),
    [
        ({"shots": []}, False),
        ({"shots": [], "seconds": 0}, True),
        ({}, True),
        ({"shots": None}, True),
        ({"shots": {}}, True),
    ],
)
def test_an_empty_list_may_be_held_to_the_rule(payload: dict[str, Any], *, fine: bool) -> None:
    assert _check(payload) is None
    assert (sum_rule().bind(_SCHEMA, "default", "checked").check(payload) is None) is fine
