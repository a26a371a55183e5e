from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.report.texts import plural, shortened, visible

anything = st.text(st.characters())  # half pairs too


@given(anything, st.sampled_from(["", "\n", "\n\t"]))
def test_nothing_that_is_not_seen_comes_through(text: str, keep: str) -> None:
    shown = visible(text, keep=keep)
    shown.encode("utf-8")
    kinds = {unicodedata.category(each) for each in shown if each not in keep}
    assert not kinds & {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    assert [each for each in shown if each in keep] == [each for each in text if each in keep]


@given(st.text(st.characters(categories=("L", "M", "N", "P", "S", "Zs"))))
def test_what_is_seen_stays_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"), [("\x1b[0m", r"\x1b[0m"), ("a\nb", r"a\nb"), ("\u202e", r"\u202e"), ("\ud83d", r"\ud83d")]
)
def test_what_is_not_seen_is_written_as_python_does(text: str, shown: str) -> None:
    assert visible(text) == shown


@given(anything, st.integers(0, 20))
def test_what_is_cut_says_so(text: str, most: int) -> None:
    short = shortened(text, most)
    if len(text) <= most:
        assert short == text
    else:
        assert short == f"{text[:most]}… ({len(text) - most} more characters)"


def test_things_are_counted() -> None:
    assert [plural(number, "call") for number in (0, 1, 2000)] == ["0 calls", "1 call", "2,000 calls"]
