from __future__ import annotations

import pytest

from mock_server.core.span import Span


@pytest.mark.parametrize(
    ("value", "inside", "outside", "told"),
    [
        (0, [0], [1], "exactly 0"),
        (3, [3], [2, 4], "exactly 3"),
        ("3", [3], [2, 4], "exactly 3"),
        ("2..", [2, 10**9], [0, 1], "2 or more"),
        ("0..", [0, 7], [], "0 or more"),
        ("..3", [0, 3], [4], "at most 3"),
        ("1..3", [1, 2, 3], [0, 4], "1 to 3"),
        ("2..2", [2], [1, 3], "exactly 2"),
    ],
)
def test_a_span_is_read_and_told(value: object, inside: list[int], outside: list[int], told: str) -> None:
    span = Span.parse(value)
    assert all(number in span for number in inside)
    assert not any(number in span for number in outside)
    assert str(span) == told


@pytest.mark.parametrize(
    "value",
    [-1, 10**13, 1.0, True, None, b"3", "", "..", "x", "-1", "1...3", "1..2..3", " 1", "1,2", "٣", "9" * 13, [], {}],
)
def test_what_is_no_span_is_refused_and_says_what_is(value: object) -> None:
    with pytest.raises(ValueError, match=r"none of 3, '2\.\.', '\.\.3', '1\.\.3'"):
        Span.parse(value)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match=r'"3..1" ends before it begins'):
        Span.parse("3..1")
