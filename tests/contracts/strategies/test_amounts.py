from __future__ import annotations

from fractions import Fraction
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.strategies.amounts import Amounts, amounts, lowest, parts
from tests.contracts.strategies.oracle import LONG


def some_amounts(draw: st.DrawFn) -> Amounts:
    step = draw(st.sampled_from([Fraction(1), Fraction(1, 2), Fraction(2)]))
    low = draw(st.integers(-3, 4))
    high = low + draw(st.integers(0, 5))
    few = draw(st.lists(st.integers(low, high), max_size=3, unique=True).map(sorted))
    return Amounts(low, high, step, tuple(few))


some = st.composite(some_amounts)()


def values_of(found: Amounts) -> list[Fraction]:
    return [index * found.step for index in found.few or range(found.low, found.high + 1)]


@settings(LONG, max_examples=600)
@given(st.data(), some, some, st.integers(0, 3), st.integers(-2, 2))
def test_terms_are_allowed_and_add_up_to_a_total_whenever_that_can_be(
    data: st.DataObject, terms: Amounts, totals: Amounts, count: int, beside: int
) -> None:
    counted = beside * terms.step
    found = parts(terms, totals, count, counted, lambda low, high: data.draw(st.integers(low, high)))
    sums = {sum(way, counted) for way in product(values_of(terms), repeat=count)}
    assert (found is not None) is bool(sums & set(values_of(totals)))
    if found is not None:
        made = [each * terms.step for each in found]
        assert len(made) == count
        assert set(made) <= set(values_of(terms))
        assert sum(made, counted) in values_of(totals)


@settings(LONG, max_examples=600)
@given(some, st.fractions(min_value=-20, max_value=20, max_denominator=4))
def test_an_amount_is_held_if_it_is_one_of_them(found: Amounts, amount: Fraction) -> None:
    assert found.holds(amount) is (amount in values_of(found))


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "integer", "minimum": 3, "maximum": 15}, Amounts(3, 15, Fraction(1))),
        ({"type": "number", "minimum": 0, "maximum": 1}, Amounts(0, 8, Fraction(1, 8))),
        ({"type": "integer", "minimum": 3}, Amounts(3, 10_003, Fraction(1))),
        ({"type": "integer"}, Amounts(0, 10_000, Fraction(1))),
        ({"enum": [5, 2.5]}, Amounts(1, 2, Fraction(5, 2), (1, 2))),
        ({"type": "integer", "minimum": 5, "maximum": 4}, None),
        ({"type": "string", "enum": ["5"]}, None),
        ({"type": ["integer", "null"]}, None),
        ({}, None),
    ],
)
def test_amounts_are_read_from_a_schema(schema: Any, expected: Amounts | None) -> None:
    found = amounts(schema)
    if expected is not None and found is not None and expected.few:
        assert values_of(found) == values_of(expected)
    else:
        assert found == expected


def test_the_plainest_pick_is_the_lowest() -> None:
    assert lowest(3, 9) == 3
    assert Amounts(0, 4, Fraction(1, 2)).number(3) == 1.5
    assert repr(Amounts(0, 4, Fraction(1, 2)).number(2)) == "1"
