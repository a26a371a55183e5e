"""One call of a server and what came back, as the harness keeps it: no token in it, and nothing of a library's."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

CONTROL = "control"
"""The operation of a call to the control plane: it moves time or lays a rule, and is not judged."""


DEEPEST = 100
"""How deep a document may be nested. Answers of the API go some ten levels down; validators give up at 250."""

_MOST_DIGITS = 308


class Who(StrEnum):
    """Whose token a call carries. The tokens themselves are the target's secret."""

    FIRST = "first"
    SECOND = "second"
    NOBODY = "nobody"
    """No ``Authorization`` header, unless the call's own headers have one."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call that can be made: ``operation`` is the ledger's name, ``path`` begins with a slash and has the query.

    ``price_usd`` is what it could cost on a live target if it is accepted; 0 for what nobody is billed for.
    """

    operation: str
    method: str
    path: str
    who: Who = Who.FIRST
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    price_usd: float = 0.0


@dataclass(frozen=True)
class Answer:
    """An HTTP answer: names of headers are in lower case; ``took`` is in seconds of real time."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took: float = 0.0

    @cached_property
    def document(self) -> Any:
        """The body as JSON; `NOT_JSON` if it is none, or none that can be handed on.

        The latter are documents with half a character in them, and those nested deeper than `DEEPEST`.
        """
        try:
            # Strictly: no byte-order mark, no other encoding, and none of the words of Python's that JSON has not.
            text = self.body.decode("utf-8")
            document = json.loads(text, parse_constant=_no_constant, parse_int=_whole)
            if "\\u" in text:
                json.dumps(document, ensure_ascii=False).encode("utf-8")
        except (ValueError, RecursionError):
            return NOT_JSON
        return NOT_JSON if _is_deep(document) else document

    def get(self, name: str) -> Any:
        """Return a property of a body that is an object; ``None`` if there is none."""
        return self.document.get(name) if isinstance(self.document, dict) else None


def _whole(digits: str) -> float:
    """Read a whole number; one that no float can hold is infinite, as it is to most who read it."""
    return int(digits) if len(digits) < _MOST_DIGITS else float(digits)


def _is_deep(document: Any) -> bool:
    level = [document]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, (dict, list))
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _no_constant(word: str) -> Any:
    raise ValueError(f"{word} is no JSON")


class _NotJson:
    def __repr__(self) -> str:
        return "NOT_JSON"


NOT_JSON = _NotJson()


@dataclass(frozen=True, slots=True)
class Exchange:
    """A call with its answer, or with the reason why none came. ``number`` counts the calls of a run from 1."""

    call: Call
    answer: Answer | None
    failure: str = ""
    number: int = 0
