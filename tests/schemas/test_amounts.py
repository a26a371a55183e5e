from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.amounts import amount


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((0, 0.0), (3, 3.0), (2.5, 2.5), ("5", 5.0), (" 5 ", 5.0), ("2.5", 2.5), ("1e3", 1000.0)),
        *((10**30, 1e9), (math.inf, 1e9), ("inf", 1e9), (1e308, 1e9)),
        *((-1, None), ("-1", None), (math.nan, None), ("nan", None), (True, None), (None, None), ([], None)),
        *(("auto", None), ("", None), ("٣", None), ("5s", None)),
    ],
    ids=repr,
)
def test_an_amount_is_a_number_or_a_text_that_is_one(value: object, expected: float | None) -> None:
    assert amount(value) == expected


@given(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()))
def test_whatever_it_is_it_is_bounded_or_none(value: object) -> None:
    found = amount(value)
    assert found is None or 0 <= found <= 1e9
