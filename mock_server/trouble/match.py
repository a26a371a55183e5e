"""Which calls a rule is about."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mock_server.core.lifecycle import Status
from mock_server.trouble.call import Call, Operation
from schemas.pointers import split, values

_SAFE = re.compile(r"[^\x00-\x1f\"/\\\x7f\ud800-\udfff]+")  # what JSON writes as it is, or with a backslash
_WILD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Match:
    """All that is given must hold; what is not given holds always.

    ``model`` is a glob (``*`` is any text, slashes included, and ``?`` one character). ``payload`` has JSON pointers (a
    token ``*`` is every item of an array) and what is there: a text is a glob, ``"*"`` alone is any value at all, every
    other value is compared as JSON. ``header`` has globs by name in lower case. ``nth`` counts the calls for which all
    else holds, from 1: those before it are let pass. ``account`` is a fingerprint.
    """

    operation: frozenset[Operation]
    model: str | None = None
    payload: Mapping[str, Any] = field(default_factory=dict)
    header: Mapping[str, str] = field(default_factory=dict)
    state: Status | None = None
    account: str | None = None
    nth: int = 1

    def model_fits(self, model_id: str | None) -> bool:
        """Tell whether a call of this model is meant."""
        return self.model is None or (model_id is not None and glob(self.model).fullmatch(model_id) is not None)

    def fits(self, call: Call) -> bool:
        """Tell whether a call is meant, but for its operation and its number."""
        return (
            self.model_fits(call.model_id)
            and (self.account is None or self.account == call.account)
            and all(self._header_fits(call, name, pattern) for name, pattern in self.header.items())
            and (self.state is None or call.state() is self.state)
            and all(_fits(call.document, pointer, wanted) for pointer, wanted in self.payload.items())
        )

    @property
    def needle(self) -> bytes | None:
        """Bytes that stand in every payload that is meant and has no escapes; ``None`` where there are none such."""
        literals = [
            part
            for wanted in self.payload.values()
            if isinstance(wanted, str)
            for part in _WILD.split(wanted)
            if _SAFE.fullmatch(part)
        ]
        return max(literals, key=len).encode() if literals else None

    @staticmethod
    def _header_fits(call: Call, name: str, pattern: str) -> bool:
        sent = call.headers.get(name.encode("ascii"))
        return sent is not None and glob(pattern).fullmatch(sent.decode("latin-1")) is not None


@functools.lru_cache(maxsize=4096)
def glob(pattern: str) -> re.Pattern[str]:
    """Compile a glob: ``*`` is any text, ``?`` any one character, all else stands for itself.

    Runs of stars are one, and what is between stars is found greedily from the left, so that no pattern takes longer
    than its length times the text's.
    """
    first, *others = re.split(r"\*+", pattern)
    if not others:
        return re.compile(_literal(first), re.DOTALL)
    *middle, last = others
    found = "".join(f"(?>.*?{_literal(part)})" for part in middle)
    return re.compile(f"{_literal(first)}{found}.*{_literal(last)}", re.DOTALL)


def _literal(text: str) -> str:
    return "".join("." if part == "?" else re.escape(part) for part in re.split(r"(\?)", text))


def _fits(document: Any, pointer: str, wanted: Any) -> bool:
    return any(_equal(value, wanted) for value in values(document, split(pointer)))


def _equal(value: Any, wanted: Any) -> bool:
    """Compare as JSON does: a truth value is no number, 1 is 1.0."""
    if isinstance(wanted, str):
        return wanted == "*" or (isinstance(value, str) and glob(wanted).fullmatch(value) is not None)
    if isinstance(value, bool) or isinstance(wanted, bool):
        return value is wanted
    if isinstance(wanted, list):
        return isinstance(value, list) and len(value) == len(wanted) and all(map(_equal_exactly, value, wanted))
    if isinstance(wanted, dict):
        return (
            isinstance(value, dict)
            and value.keys() == wanted.keys()
            and all(_equal_exactly(value[name], item) for name, item in wanted.items())
        )
    return bool(value == wanted)


def _equal_exactly(value: Any, wanted: Any) -> bool:
    return value == wanted if isinstance(wanted, str) else _equal(value, wanted)
