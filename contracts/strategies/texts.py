"""Texts that a schema allows: of every script, at the ends of their length, seldom long; URIs and other formats."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Mapping
from typing import Any

from hypothesis import HealthCheck, find, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample

# What programs stumble over; JSON and UTF-8 carry all of it. Lone surrogates they do not carry.
UNUSUAL: tuple[tuple[str, str], ...] = (
    ("emoji of several code points", "\U0001f469\u200d\U0001f680\U0001f1e9\U0001f1ea"),
    ("right to left", "\u202e\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627"),
    ("combining marks", "e\u0301Z\u0351\u036b\u0343"),
    ("the last code point", "\U0010ffff"),
    ("NUL", "a\0b"),
    ("quotes and backslashes", "\"'\\\\n${x}%s{{y}}"),
    ("line ends of all kinds", "a\r\nb\nc\u2028d\x85e"),
    ("blanks", " \t\u00a0\u3000"),
    ("not normalised", "\u212b\ufb01\uff21"),
    ("a byte order mark", "\ufeffa"),
    ("a non-character", "\uffff"),
    ("JSON", '{"prompt": null}'),
    ("markup", "<b>&amp;</b><!--"),
)
_SHORT = 30
_LONG = (2000, 6000)
_ONE_IN = 24
MOST_CHARACTERS = 100_000
_HOSTS = ("https://example.com/", "http://example.com:8080/", "https://cdn.example.com/a/b/", "https://[2001:db8::1]/")
_PATHS = ("a.png", "a%20b.mp4", "a?x=1&y=2#z", "%F0%9F%9A%80", "~a/../b;c=d")
_DATA = {"image": "image/png", "video": "video/mp4", "audio": "audio/mpeg"}
_SHORTEST_URIS = ("u:x", "urn:a:b", "http://a", "http://a/")
FORMATS: Mapping[str, tuple[str, ...]] = {
    "date": ("2000-01-01", "2024-02-29"),
    "date-time": ("2000-01-01T00:00:00Z", "2024-02-29T23:59:59.5+14:00"),
    "duration": ("P1D", "PT1H30M"),
    "email": ("a@example.com", "a.b+c@example.com"),
    "hostname": ("a", "example.com"),
    "idn-email": ("a@example.com",),
    "idn-hostname": ("example.com",),
    "ipv4": ("127.0.0.1", "255.255.255.255"),
    "ipv6": ("::1", "2001:db8::1"),
    "iri": ("https://example.com/", "https://example.com/\u00e9"),
    "iri-reference": ("/a", "https://example.com/\u00e9"),
    "json-pointer": ("", "/a/0", "/a~1b"),
    "regex": ("", "^a+$"),
    "relative-json-pointer": ("0", "1/a"),
    "time": ("00:00:00Z", "23:59:59+01:00"),
    "uri-reference": ("", "/a?b#c", "https://example.com/"),
    "uri-template": ("https://example.com/{a}", "a"),
    "uuid": ("00000000-0000-0000-0000-000000000000", "123e4567-e89b-12d3-a456-426614174000"),
}


def lengths(schema: Mapping[str, Any]) -> tuple[int, float]:
    """Return how few and how many characters a schema allows."""
    return math.ceil(schema.get("minLength", 0)), math.floor(schema["maxLength"]) if "maxLength" in schema else math.inf


def uris(kind: str = "") -> tuple[str, ...]:
    """Return absolute URIs that every reader of RFC 3986 takes; ``kind`` is of the media behind them, if known."""
    made = [host + path for path in ("", *_PATHS) for host in _HOSTS[: 4 if path == _PATHS[0] else 1]]
    return (*made, f"data:{_DATA.get(kind, 'text/plain')};base64,AAAA")


def uri_of(length: int) -> str:
    """Return a URI of that many characters, if there is one; else the shortest."""
    fitting = [base for base in (*_SHORTEST_URIS, _HOSTS[0]) if len(base) <= length] or [_SHORTEST_URIS[0]]
    return fitting[-1].ljust(length, "a")


def samples(schema: Mapping[str, Any], kind: str = "") -> list[str]:
    """Return texts of the schema's format, within its lengths if there are such."""
    least, most = lengths(schema)
    name = schema["format"]
    texts = uris(kind) if name == "uri" else FORMATS.get(name, ("a", ""))
    sized = [uri_of(int(end)) for end in (least, most) if 0 < end <= MOST_CHARACTERS] if name == "uri" else []
    return [text for text in dict.fromkeys([*texts, *sized]) if least <= len(text) <= most]


def edges(schema: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return ``(name, text)`` for the ends of the length, and for what programs stumble over."""
    least, most = lengths(schema)
    ends = [("empty" if least == 0 else "shortest", "a" * least)]
    if most <= MOST_CHARACTERS:
        ends += [("longest", "a" * int(most)), ("longest, of astral characters", "\U0001f680" * int(most))]
    elif least <= _LONG[1]:
        ends.append(("long", "a" * _LONG[1]))
    unusual = [(name, text) for name, text in UNUSUAL if least <= len(text) <= most]
    return list({text: (name, text) for name, text in [*ends, *unusual] if len(text) <= most}.values())


@functools.lru_cache(maxsize=256)
def texts(least: int, most: float, favourites: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    """Draw texts of ``least`` to ``most`` characters. They shrink to the shortest, of plain letters."""
    if least > _SHORT:  # a draw of so many characters is slow, and nobody reads it
        most_drawn = int(min(most, least + _SHORT))
        return st.integers(least, most_drawn).map("a".__mul__) | st.text(max_size=most_drawn - least).map(
            lambda text: text.ljust(least, "a") if len(text) >= least else "a" * (least - len(text)) + text
        )
    short = st.text(min_size=least, max_size=int(min(most, _SHORT)))
    unusual = tuple(dict.fromkeys(text for _, text in UNUSUAL if least <= len(text) <= most)) + favourites
    kinds = [short, short, short, *([st.sampled_from(unusual)] if unusual else [])]
    drawn = st.one_of(*kinds)
    if most < _LONG[0]:
        return drawn
    # What is long is so by repetition: it shrinks to the text that is repeated, whatever that is.
    long = st.integers(_LONG[0], int(min(most, _LONG[1])))
    length = st.integers(1, _ONE_IN).flatmap(lambda number: long if number == _ONE_IN else _NO_LENGTH)
    return st.builds(_lengthened, drawn, length)


_NO_LENGTH = st.just(0)


def _lengthened(text: str, length: int) -> str:
    return ((text or "a") * length)[:length] if length else text


def of_pattern(pattern: str) -> st.SearchStrategy[str] | None:
    """Draw texts that a pattern matches, as Python reads it; ``None`` if Python cannot."""
    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1] + r"\Z"  # there, `$` would let a line end follow
    try:
        return st.from_regex(re.compile(pattern, re.ASCII), alphabet=st.characters(codec="utf-8"))
    except (re.error, ValueError):
        return None


def shortest_of(strategy: st.SearchStrategy[str], is_valid: Callable[[str], bool]) -> str | None:
    """Return the plainest text of a strategy that is valid, always the same; ``None`` if none turns up."""
    quiet = settings(
        database=None, derandomize=True, deadline=None, max_examples=200, suppress_health_check=list(HealthCheck)
    )
    try:
        return find(strategy, is_valid, settings=quiet)
    except NoSuchExample:
        return None
