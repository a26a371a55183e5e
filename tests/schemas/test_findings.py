from __future__ import annotations

import json
import math
import tracemalloc
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.findings import LONGEST_VALUE, kind, shorten

_NUMBERS = st.integers() | st.floats()
_SCALARS = st.none() | st.booleans() | _NUMBERS | st.text()
_VALUES = st.recursive(
    _SCALARS, lambda part: st.lists(part) | st.dictionaries(st.text(), part) | st.tuples(part), max_leaves=30
)


@settings(deadline=None)
@given(_VALUES)
def test_a_shortened_value_is_never_longer_than_the_limit_nor_empty(value: Any) -> None:
    assert 0 < len(shorten(value)) <= LONGEST_VALUE


@settings(deadline=None)
@given(st.recursive(_SCALARS, lambda part: st.lists(part, max_size=4) | st.dictionaries(st.text(), part, max_size=4)))
def test_a_value_that_is_shown_whole_is_its_json(value: Any) -> None:
    text = shorten(value)
    if "…" not in text:
        assert text == json.dumps(value, ensure_ascii=False)


@settings(deadline=None)
@given(st.text(max_size=20) | st.lists(st.integers(0, 99), max_size=12))
def test_a_small_value_is_shown_whole(value: Any) -> None:
    whole = json.dumps(value, ensure_ascii=False)
    assert shorten(value) == (whole if len(whole) <= LONGEST_VALUE else whole[: LONGEST_VALUE - 1] + "…")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("é" * 78, '"' + "é" * 78 + '"'),
        ("é" * 79, '"' + "é" * 78 + "…"),
        (list(range(13)), "[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …]"),
        ([[[[1]]]], "[[[[…]]]]"),
        ([[[[]]]], "[[[[]]]]"),
        ({"a": {"b": {"c": {"d": 1}}}}, '{"a": {"b": {"c": {…}}}}'),
        (math.inf, "Infinity"),
    ],
)
def test_what_is_left_out_is_marked(value: Any, text: str) -> None:
    assert shorten(value) == text


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("x" * 10_000_000, id="text"),
        pytest.param({"x" * 10_000_000: 1}, id="name"),
        pytest.param([0] * 1_000_000, id="list"),
        pytest.param([["x" * 10_000_000] * 1000] * 1000, id="lists"),
        pytest.param(dict.fromkeys(range(100_000), "y" * 10_000_000), id="object"),
    ],
)
def test_shortening_a_huge_value_takes_no_memory_to_speak_of(value: Any) -> None:
    tracemalloc.start()
    try:
        shorten(value)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 200_000


def test_a_value_nested_deeper_than_python_recurses_is_shortened() -> None:
    value: list[Any] = []
    for _ in range(100_000):
        value = [value]
    assert shorten(value) == "[[[[…]]]]"


def test_an_integer_with_more_digits_than_python_writes_is_shortened() -> None:
    assert len(shorten(10**5000)) <= LONGEST_VALUE


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (None, "null"),
        (True, "a boolean"),
        (1, "an integer"),
        (1.0, "a number"),
        ("", "a string"),
        ({}, "an object"),
        ([], "an array"),
    ],
)
def test_kinds_are_named_as_json_names_them(value: Any, name: str) -> None:
    assert kind(value) == name
