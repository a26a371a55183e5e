"""Values of the domains that parameters have, as JSON and TOML both can write them; the simplest of each first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, assert_never

from hypothesis import strategies as st

from contracts.targets import (
    OPTIONAL,
    Choice,
    Domain,
    Flag,
    Headers,
    HeaderText,
    Names,
    Number,
    Text,
    Url,
    Whole,
)

_LONGEST = 20
_FIELDS = tuple(dict.fromkeys(["x_trace", *(name for names in OPTIONAL.values() for name in names)]))
_HEADERS = ("X-Trace", "Server", "Retry-After", "Cache-Control", "Content-Type", "Content-Language", "Set-Cookie")
_ELSEWHERE = "http://elsewhere.invalid/moved"

_IS_THERE = st.sampled_from((False, False, True))


def value(domain: Domain) -> st.SearchStrategy[Any]:
    """Draw a value that ``domain`` reads. Texts and lists are short."""
    match domain:
        case Number(least, most):
            return st.floats(least, most)
        case Whole(least, most):
            return st.integers(least, most)
        case Choice(words):
            return st.sampled_from(words)
        case Flag():
            return st.booleans()
        case Text(longest):
            return short_text(longest)
        case HeaderText():
            return _header_text()
        case Url(words):
            return st.sampled_from((*words, _ELSEWHERE))
        case Headers():
            return st.dictionaries(st.sampled_from(_HEADERS), _header_text(), max_size=2)
        case Names():
            return st.lists(st.sampled_from(_FIELDS), min_size=1, max_size=3, unique=True)
    assert_never(domain)


def sparse(
    needed: Mapping[str, st.SearchStrategy[Any]], possible: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[dict[str, Any]]:
    """Draw an object with all that is ``needed`` (but for what is drawn as ``None``) and some of what is ``possible``.

    Each has its own place among the choices, so that one that does not matter shrinks away whatever the others do.
    """
    others = {name: perhaps(strategy) for name, strategy in possible.items() if name not in needed}
    return _object({**needed, **others})


def seldom(*values: Any) -> st.SearchStrategy[Any]:
    """Draw a value for `sparse`, or (two times out of three) none, in one choice."""
    return st.sampled_from((*[None] * 2 * len(values), *values))


@st.composite
def _object(draw: st.DrawFn, fields: Mapping[str, st.SearchStrategy[Any]]) -> dict[str, Any]:
    drawn = ((name, draw(strategy)) for name, strategy in fields.items())
    return {name: each for name, each in drawn if each is not None}


@st.composite
def perhaps(draw: st.DrawFn, strategy: st.SearchStrategy[Any]) -> Any:
    """Draw a value, or (two times out of three) none."""
    return draw(strategy) if draw(_IS_THERE) else None


def short_text(longest: int = _LONGEST) -> st.SearchStrategy[str]:
    """Draw a text that UTF-8 can write."""
    return st.text(max_size=min(longest, _LONGEST))


def _header_text() -> st.SearchStrategy[str]:
    printable = st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_categories=["Cc"])
    return st.sampled_from(("1", "no-store")) | st.text(printable, max_size=_LONGEST)
