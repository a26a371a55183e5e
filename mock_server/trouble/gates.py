"""The rules that may be about a call, found without looking at each: a hundred that are not cost next to nothing.

Every rule stands behind the first gate that it has: an account, a header, a state, a value or a text in the payload. A
gate that stays shut keeps all rules behind it out, and those that come through are then looked at one by one. Whom an
account and a payload let through is remembered for payloads of requests: a client polls the same one again and again.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from typing import Any

from mock_server.trouble.call import Call
from mock_server.trouble.match import Match
from schemas.pointers import split, values

_MOST_REMEMBERED = 1024
_LONGEST_REMEMBERED = 16 * 1024  # bytes of a payload
_MOST_BYTES_REMEMBERED = 2 * 1024 * 1024  # of payloads that nobody else may hold any more


class Gates:
    """The gates before a sequence of matches, which are named by their place in it."""

    __slots__ = (
        "_accounts",
        "_bytes",
        "_headers",
        "_needles",
        "_open",
        "_pattern",
        "_remembered",
        "_states",
        "_values",
    )

    def __init__(self, matches: Sequence[Match]) -> None:
        """Put each match behind its gate."""
        self._open: list[int] = []
        self._accounts: dict[str, list[int]] = defaultdict(list)
        self._headers: dict[bytes, list[int]] = defaultdict(list)
        self._states: dict[str, list[int]] = defaultdict(list)
        self._values: dict[tuple[str, ...], dict[Hashable, list[int]]] = defaultdict(lambda: defaultdict(list))
        self._needles: list[tuple[bytes, int]] = []
        self._remembered: dict[tuple[str, bytes], Sequence[int]] = {}
        self._bytes = 0  # of the payloads there
        for place, match in enumerate(matches):
            self._put(match, place)
        self._pattern = re.compile(b"|".join(re.escape(needle) for needle, _ in self._needles))

    def through(self, call: Call) -> Sequence[int]:
        """Return the places of the matches that may hold for a call, in order."""
        at_rest = self._at_rest(call)
        moving: list[int] = []
        if self._headers and not self._headers.keys().isdisjoint(call.headers):
            for name in self._headers.keys() & call.headers.keys():
                moving += self._headers[name]
        if self._states:
            state = call.state()
            if state is not None:
                moving += self._states.get(state, ())
        return sorted([*at_rest, *moving]) if moving else at_rest

    def _at_rest(self, call: Call) -> Sequence[int]:
        """Return the places that account and payload let through, which are the same at each call about a request."""
        payload = call.payload
        if call.request is None or payload is None or len(payload) > _LONGEST_REMEMBERED:
            return self._by_account_and_payload(call)
        key = (call.account, payload)
        found = self._remembered.get(key)
        if found is None:
            self._bytes += len(payload)
            if len(self._remembered) >= _MOST_REMEMBERED or self._bytes > _MOST_BYTES_REMEMBERED:
                self._remembered.clear()
                self._bytes = len(payload)
            found = self._remembered[key] = self._by_account_and_payload(call)
        return found

    def _by_account_and_payload(self, call: Call) -> Sequence[int]:
        found = list(self._open)
        if self._accounts:
            found += self._accounts.get(call.account, ())
        for parts, wanted in self._values.items():
            for key in {_key(value) for value in values(call.document, parts)}:  # each once: a match counts
                found += wanted.get(key, ())
        if self._needles and call.payload is not None:
            found += self._by_text(call.payload)
        found.sort()
        return found

    def _put(self, match: Match, place: int) -> None:
        plain = next(((pointer, key) for pointer, key in _plain(match.payload.items())), None)
        if match.account is not None:
            self._accounts[match.account].append(place)
        elif match.header:
            self._headers[next(iter(match.header)).encode("ascii")].append(place)
        elif match.state is not None:
            self._states[match.state].append(place)
        elif plain is not None:
            self._values[tuple(split(plain[0]))][plain[1]].append(place)
        elif (needle := match.needle) is not None:
            self._needles.append((needle, place))
        else:
            self._open.append(place)

    def _by_text(self, payload: bytes) -> Iterable[int]:
        if b"\\" in payload:  # escapes may spell anything
            return [place for _, place in self._needles]
        if self._pattern.search(payload) is None:
            return ()
        return [place for needle, place in self._needles if needle in payload]


def _plain(conditions: Iterable[tuple[str, Any]]) -> Iterable[tuple[str, Hashable]]:
    """Return the conditions that a value meets by being one, and no other."""
    return ((pointer, _key(wanted)) for pointer, wanted in conditions if wanted is None or _is_plain(wanted))


def _is_plain(value: Any) -> bool:
    return isinstance(value, (bool, int, float))


def _key(value: Any) -> Hashable:
    """Name a value so that JSON's equal values have one name; lists, objects and texts have none that is looked for."""
    if value is None or isinstance(value, bool):
        return (value,)
    return value if isinstance(value, (int, float)) else ""
