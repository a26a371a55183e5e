from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from contracts.strategies.numbers import common_step, numbers
from tests.contracts.strategies.oracle import LONG, QUICK

BOUNDS = st.one_of(st.integers(-50, 50), st.integers(-200, 200).map(lambda number: number / 4))
SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "minimum": BOUNDS,
        "maximum": BOUNDS,
        "exclusiveMinimum": BOUNDS,
        "exclusiveMaximum": BOUNDS,
        "multipleOf": st.sampled_from([1, 2, 8, 0.5, 0.1, 0.01, 2.5]),
    },
)


@settings(LONG, max_examples=500)
@given(st.data(), SCHEMAS, st.booleans())
def test_what_is_drawn_and_every_edge_is_allowed(data: st.DataObject, schema: dict[str, Any], whole: bool) -> None:  # noqa: FBT001
    typed = {**schema, "type": "integer" if whole else "number"}
    oracle = Draft202012Validator(typed)
    allowed = numbers(schema, whole=whole)
    if allowed.is_empty:
        nearby = [number / 4 for number in range(-820, 820)]
        assert not any(oracle.is_valid(number) for number in nearby)
        return
    drawn = data.draw(allowed.strategy(integral_floats=whole))
    few = allowed.step is not None and allowed.step.denominator > 1 and allowed.last - allowed.first < 9
    assert oracle.is_valid(drawn) or few  # where there is no multiple that all agree on, whoever draws has to look
    assert json.loads(json.dumps(drawn)) == drawn
    for _, number in allowed.edges():
        assert oracle.is_valid(number)


@settings(LONG, max_examples=500)
@given(SCHEMAS, st.booleans())
def test_what_is_beyond_a_bound_breaks_that_bound(schema: dict[str, Any], whole: bool) -> None:  # noqa: FBT001
    allowed = numbers(schema, whole=whole)
    assume(not allowed.is_empty)
    beyond = allowed.beyond(schema, whole=whole)
    assert beyond.keys() == schema.keys()
    for keyword, wrong in beyond.items():
        assert wrong or (whole and Fraction(1) % Fraction(str(schema["multipleOf"])) == 0)
        for number in wrong:
            if keyword == "multipleOf":
                assert Fraction(str(number)) % Fraction(str(schema[keyword]))
            else:
                assert not Draft202012Validator({keyword: schema[keyword]}).is_valid(number)


@QUICK
@given(st.lists(st.fractions(min_value=Fraction(1, 20), max_value=20), min_size=1, max_size=3))
def test_a_common_step_is_a_multiple_of_each(steps: list[Fraction]) -> None:
    common = common_step(*steps)
    assert common is not None
    assert all((common / step).denominator == 1 for step in steps)
    smaller = [common / part for part in (2, 3, 5)]
    assert not any(all((each / step).denominator == 1 for step in steps) for each in smaller)


def test_without_steps_there_is_none_in_common() -> None:
    assert common_step() is None


@pytest.mark.parametrize(
    ("schema", "whole", "edges"),
    [
        ({"minimum": 3, "maximum": 15}, True, [3, 15, 4, 14]),
        ({"exclusiveMinimum": 0, "maximum": 16, "multipleOf": 8}, True, [8, 16]),
        ({"minimum": 0, "maximum": 1}, False, [0, 1, 1e-09, 0.9999999999999999, 0.0, 1.0]),
        ({"minimum": 2, "maximum": 2}, True, [2]),
        ({"minimum": 1, "maximum": 2, "multipleOf": 0.5}, False, [1, 2, 1.5]),
    ],
)
def test_edges_are_the_ends_and_what_is_just_inside(schema: dict[str, Any], whole: bool, edges: list[Any]) -> None:  # noqa: FBT001
    assert [repr(number) for _, number in numbers(schema, whole=whole).edges()] == list(map(repr, edges))
