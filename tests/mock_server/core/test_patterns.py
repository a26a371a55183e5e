from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.patterns import glob


def matches(pattern: str, text: str) -> bool:
    """Match by trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(matches(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and matches(pattern[1:], text[1:])


@given(st.text("*?ab\n.", max_size=7), st.text("ab\n.", max_size=8))
def test_a_glob_is_what_trying_everything_finds(pattern: str, text: str) -> None:
    assert (glob(pattern).fullmatch(text) is not None) is matches(pattern, text)


def test_no_glob_takes_long() -> None:
    assert glob("*a" * 500 + "b").fullmatch("a" * 20_000) is None
