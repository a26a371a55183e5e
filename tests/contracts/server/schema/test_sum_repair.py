from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contracts.server.schema.sum_repair import repaired, rules_of
from schemas import catalog, openapi

KLING = "kling/kling-3.0/pro/text-to-video"
MODEL = catalog.load()[KLING]
OPERATION = openapi.document(catalog.load())["paths"][f"/v1/models/{KLING}"]["post"]
SCHEMA = MODEL.input.normalised
VALIDATOR = Draft202012Validator(SCHEMA)
BROKEN = [rule.bind(SCHEMA, omitted, "checked") for rule in MODEL.rules for omitted in ("default", "skip", "zero")]

payloads = st.fixed_dictionaries(
    {"prompt": st.text()},
    optional={
        "duration": st.integers(3, 15),
        "multi_prompt": st.lists(
            st.fixed_dictionaries(
                {}, optional={"prompt": st.text(), "duration": st.integers(3, 15) | st.sampled_from([3.0, 15.0])}
            ),
            max_size=20,
        ),
        "sound": st.booleans(),
    },
)


def repair(payload: dict[str, Any]) -> dict[str, Any]:
    return repaired(payload, SCHEMA, rules_of(OPERATION))


@given(payloads)
def test_what_is_valid_stays_so_and_keeps_the_rules_whatever_an_omission_means(payload: dict[str, Any]) -> None:
    before = repr(payload)
    made = repair(payload)
    assert VALIDATOR.is_valid(payload)
    assert VALIDATOR.is_valid(made)
    assert [rule.check(made) for rule in BROKEN] == [None] * len(BROKEN)
    assert repr(payload) == before


@given(payloads)
def test_to_repair_twice_is_to_repair_once(payload: dict[str, Any]) -> None:
    assert repair(repair(payload)) == repair(payload)


@given(payloads)
def test_what_no_rule_speaks_of_is_left_alone(payload: dict[str, Any]) -> None:
    made = repair(payload)
    spoken_of = {"duration", "multi_prompt"}
    assert {k: v for k, v in made.items() if k not in spoken_of} == {
        k: v for k, v in payload.items() if k not in spoken_of
    }
    if "multi_prompt" not in payload:
        assert made == payload


@pytest.mark.parametrize(
    ("items", "duration", "kept"),
    [
        ([3, 4], 7, [3, 4]),
        ([14], 14, [14]),
        ([9, 9, 6], 15, [9, 6]),
        ([None], 5, [5]),  # the default, written out
        ([], None, None),
    ],
)
def test_the_total_follows_the_terms(items: list[int | None], duration: int | None, kept: list[int] | None) -> None:
    terms = [{} if item is None else {"duration": item} for item in items]
    made = repair({"prompt": "a", "multi_prompt": terms})
    assert made.get("duration") == duration
    assert ([item["duration"] for item in made["multi_prompt"]] if "multi_prompt" in made else None) == kept


def test_the_rules_are_read_from_the_document() -> None:
    assert [(rule.rule_id, rule.terms, rule.total) for rule in rules_of(OPERATION)] == [
        (rule.rule_id, rule.terms, rule.total) for rule in MODEL.rules
    ]
    assert rules_of({}) == []
