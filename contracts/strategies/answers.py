"""What a rule may have happen: every effect of the catalogue, its parameters drawn from their domains."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import MISSING
from typing import Any

from hypothesis import strategies as st

from contracts.strategies.values import perhaps, short_text, sparse, value
from contracts.targets import CATALOGUE, Choice, Effect, Operation

Document = dict[str, Any]

_ERRORS_OF_HTTP = range(400, 600)
_CODES = (429001, 500001, 400002, 400004, 403001, 404001, 422001, 503001)
_STATUSES: Mapping[str, Sequence[int]] = {
    "error": (503, 429, 500, 400, 401, 402, 403, 404, 409, 422, 502, 504, 200),
    "http": (503, 502, 504, 500, 429, 408, 404, 403, 413, 200, 202, 204, 304),
    "redirect": (307, 302, 303, 301, 308),
}
_TEXTS: Mapping[tuple[str, str], Sequence[str]] = {
    ("http", "body"): ("html", "empty", "json", "{", "[]", '{"status": 503}'),
    ("wrong_type", "content_type"): ("text/html", "text/plain; charset=utf-8", "application/problem+json"),
    ("unknown_status", "value"): ("paused", "completed", ""),
}
_MOST_BYTES: Mapping[str, int] = {"huge": 256 * 1024, "garbage": 4096, "chunked": 4096, "dribble": 4096}
_LEAST_BYTES: Mapping[str, int] = {"dribble": 64}  # so that a long answer is some dozen pieces, not thousands
_BREAKS = frozenset({"reset", "hang_up", "stall"})
_FEW, _OFTENER = 5, 3
_WIDEST = 0.5
_MOST_MEDIANS = 75.0  # no time drawn with that sigma is longer
_PIECES = 50.0


def applicable(group: frozenset[Operation], names: Iterable[str]) -> tuple[str, ...]:
    """Return those of the effects ``names`` that can happen to every operation of ``group``."""
    return tuple(name for name in names if group <= CATALOGUE[name].OPERATIONS)


@functools.cache
def answers(names: tuple[str, ...], longest_seconds: float) -> st.SearchStrategy[Any]:
    """Draw one answer of a rule out of the effects ``names``: the plainest forms first, then several together."""
    rare = [name for name in names if len(CATALOGUE[name].OPERATIONS) <= _FEW]
    weighed = [
        *sorted(names, key="error".__ne__),
        *rare * _OFTENER,
    ]  # or they would drown in those that apply to everything
    alone = st.sampled_from(weighed).flatmap(lambda name: _effect(name, longest_seconds))
    if len(names) == 1:
        return alone
    # Each has its own place, and may be nothing there: so what does not matter shrinks away.
    more = perhaps(alone)
    return st.tuples(st.one_of(st.none(), alone, alone.map(_same)), more, more).map(_compatible)


def _same(answer: Any) -> Any:
    return answer


def _compatible(drawn: Sequence[Any]) -> Any:
    """Leave out what contradicts an effect before it; one that is left over stands without a list."""
    kept: list[Any] = []
    taken: set[str] = set()
    given = [each for each in drawn if each is not None]
    for each in given:
        kind = _kind(each)
        claims = {kind.NAME} | ({" replies"} if kind.REPLIES else set()) | ({" ends"} if kind.ENDS else set())
        lives, unserved = kind.LAYER == "lifecycle", _is_unserved(each)
        moot = (lives and " unserved" in taken) or (unserved and " lives" in taken)
        if kind.NAME != "ok" and not claims & taken and not moot:
            kept.append(each)
            taken |= claims | ({" lives"} if lives else set()) | ({" unserved"} if unserved else set())
    if len(kept) > 1:
        return kept
    return kept[0] if kept else "ok"


def _kind(answer: Any) -> type[Effect]:
    if isinstance(answer, int):
        return CATALOGUE["error"]
    return CATALOGUE[answer if isinstance(answer, str) else answer["effect"]]


def _is_unserved(answer: Any) -> bool:
    """Tell whether an effect keeps the call from being served."""
    if isinstance(answer, int):
        return True
    given = {} if isinstance(answer, str) else {name: item for name, item in answer.items() if name != "effect"}
    return _kind(answer).read(given).replaces


@functools.cache
def _effect(name: str, longest_seconds: float) -> st.SearchStrategy[Any]:
    parameters = _parameters(name, longest_seconds)
    if name == "error":
        either = ({key: parameters[key]} for key in ("status", "error_code"))
        return st.one_of(*(_document(name, needed, parameters) for needed in either))
    if name == "latency":
        usual = _document(name, {"seconds": parameters["seconds"]}, {"accepted": parameters["accepted"]})
        spread = {"seconds": _seconds(longest_seconds / _MOST_MEDIANS), "sigma": st.floats(0, _WIDEST)}
        return st.one_of(usual, _document(name, spread, {"accepted": parameters["accepted"]}))
    needed = {key: parameters[key] for key in _needed(CATALOGUE[name]) & parameters.keys()}
    return _document(name, needed, parameters)


def _document(
    name: str, needed: Mapping[str, st.SearchStrategy[Any]], possible: Mapping[str, st.SearchStrategy[Any]]
) -> st.SearchStrategy[Any]:
    return sparse({"effect": st.just(name), **needed}, possible).map(_shortest)


def _shortest(document: Document) -> Any:
    """Write an effect in the shortest form there is for it."""
    if document["effect"] in _BREAKS and document.get("at", "before") in ("before", "accepted"):
        document = {name: item for name, item in document.items() if name != "accepted"}  # the place says it
    if document.keys() == {"effect"}:
        return document["effect"]
    match document:
        case {"effect": "error", "status": int(status), **others} if status in _ERRORS_OF_HTTP and not others:
            return status
        case {"effect": "error", "error_code": int(code), **others} if code // 1000 in _ERRORS_OF_HTTP and not others:
            return code
    return document


def _needed(kind: type[Effect]) -> set[str]:
    """Return the parameters that have no default, or one that is too long or too large for a test."""
    bare = {kind.called(each) for each in kind.parameters() if each.default is each.default_factory is MISSING}
    return bare | {"seconds"} | ({"bytes"} if kind.NAME in ("huge", "dribble") else set())


def _parameters(name: str, longest_seconds: float) -> dict[str, st.SearchStrategy[Any]]:
    kind = CATALOGUE[name]
    found: dict[str, st.SearchStrategy[Any]] = {}
    for each in kind.parameters():
        called, domain = kind.called(each), each.metadata["domain"]
        general = value(domain)
        if called == "seconds":
            found[called] = _seconds(longest_seconds / (_PIECES if name == "dribble" else 1.0))
        elif called == "retry_after":
            found[called] = st.integers(0, max(1, int(longest_seconds)))
        elif called == "bytes":
            found[called] = st.integers(_LEAST_BYTES.get(name, 1), _MOST_BYTES[name])
        elif called == "status":
            found[called] = st.sampled_from(_STATUSES[name]) | general
        elif called == "error_code" and name == "error":
            found[called] = st.sampled_from(_CODES) | st.integers(200_000, 599_999)
        elif (name, called) in _TEXTS:
            found[called] = st.sampled_from(_TEXTS[name, called]) | general
        elif isinstance(domain, Choice) and each.default in domain.words:
            found[called] = st.sampled_from(
                sorted(domain.words, key=each.default.__eq__)
            )  # the default says nothing new
        elif called == "message":
            found[called] = short_text()
        else:
            found[called] = general
    return found


def _seconds(longest: float) -> st.SearchStrategy[float]:
    """Draw whole milliseconds, which read well."""
    return st.integers(0, int(longest * 1000)).map(lambda number: number / 1000)
