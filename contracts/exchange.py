"""One call of a server and what came back, as the harness keeps it: no token in it, and nothing of a library's."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Any

CONTROL = "control"
"""The operation of a call to the control plane: it moves time or lays a rule, and is not judged."""


DEEPEST = 100
"""Levels of a document that are read; those of the API have a dozen."""


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
        """The body as JSON; `NOT_JSON` if it is none that every client can read.

        That is UTF-8 without a byte-order mark, and JSON without ``NaN``, numbers beyond all doubles and lone
        surrogates, nested at most `DEEPEST` levels.
        """
        try:
            document = json.loads(
                self.body.decode("utf-8"), parse_constant=_refuse, parse_float=_finite, parse_int=_whole
            )
        except (ValueError, RecursionError):
            return NOT_JSON
        return document if _is_writable(self.body, document) and not _is_deep(self.body, document) else NOT_JSON

    def get(self, name: str) -> Any:
        """Return a property of a body that is an object; ``None`` if there is none."""
        return self.document.get(name) if isinstance(self.document, dict) else None


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise ValueError(f"{text} is beyond all doubles")
    return number


def _whole(text: str) -> int:
    _finite(text)
    return int(text)


def _is_writable(body: bytes, document: object) -> bool:
    """Tell whether a document can be written out again: one with a lone surrogate cannot, not as UTF-8."""
    if b"\\u" not in body:
        return True
    try:
        json.dumps(document, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError):
        return False
    return True


def _is_deep(body: bytes, document: object) -> bool:
    if body.count(b"[") + body.count(b"{") <= DEEPEST:
        return False
    level: list[Any] = [document]
    for _ in range(DEEPEST + 1):
        level = [each for each in level if isinstance(each, (dict, list))]
        level = [inner for each in level for inner in (each.values() if isinstance(each, dict) else each)]
        if not level:
            return False
    return True


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
