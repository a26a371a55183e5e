from __future__ import annotations

from typing import Any

import pytest

from mock_server.trouble import domains
from mock_server.trouble.domains import Choice, Domain, Flag, Headers, HeaderText, Names, Number, Text, Url, Whole

GOOD: list[tuple[Domain, Any]] = [
    (Number(0, 9), 0),
    (Number(0, 9), 9.0),
    (Whole(1, 9), 9),
    (Choice(("a", "b")), "b"),
    (Flag(), False),
    (Text(3), "ü😀x"),
    (HeaderText(), "a\tb é"),
    (Url(("here",)), "here"),
    (Url(), "http://[::1]:80/x?y#z"),
    (Headers(), {"X-A": "b"}),
    (Headers(framing=True), {"Content-Length": "b"}),
]
REFUSED: list[tuple[Domain, list[Any]]] = [
    (Number(0, 9), [-0.1, 9.1, True, "1", None, float("nan"), float("inf")]),
    (Whole(1, 9), [0, 10, 1.0, True, "1"]),
    (Choice(("a", "b")), ["c", "", 1, [], None]),
    (Flag(), [0, 1, "true", None]),
    (Text(3), ["abcd", "\ud800", 1, None]),
    (HeaderText(), ["a\nb", "a\rb", "a\0", "\x7f", "€", 1]),
    (Url(("here",)), ["there", "ftp://x", "http://", "http://x:0", "http://x:a", "http://é", 1]),
    (Headers(), [[], {"": "x"}, {"a b": "x"}, {"a": 1}, {"Connection": "x"}]),
    (Headers(), [{"X-A": "a", "x-a": "b"}]),
    (Headers(), [{f"x{number}": "" for number in range(51)}]),
    (Names(), [[], "a", [1], [""], ["x" * 101], ["x"] * 51, ["\ud800"]]),
]
BAD = [(domain, value) for domain, values in REFUSED for value in values]


@pytest.mark.parametrize(("domain", "value"), GOOD)
def test_a_value_is_read(domain: Domain, value: Any) -> None:
    assert domain.read(value) == value
    assert domain.text


def test_names_are_read_as_they_are_kept() -> None:
    assert Names().read(["a", "b"]) == ("a", "b")
    assert Names().text == "a list of names"


@pytest.mark.parametrize(("domain", "value"), BAD)
def test_another_value_is_refused_with_what_is_expected(domain: Domain, value: Any) -> None:
    with pytest.raises(ValueError, match=r"expected|frames"):
        domain.read(value)


def test_texts_are_bounded() -> None:
    assert Text().longest == domains.LONGEST_TEXT
