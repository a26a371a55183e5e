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
        """The body as JSON; `NOT_JSON` if it is none."""
        try:
            text = self.body.decode("utf-8")  # strictly: no byte-order mark, no other encoding
            document = json.loads(text, parse_constant=_no_constant)
            if "\\ud" in text.lower():
                json.dumps(document, ensure_ascii=False).encode()  # half a surrogate pair is no text
        except (ValueError, RecursionError):
            return NOT_JSON
        return document

    def get(self, name: str) -> Any:
        """Return a property of a body that is an object; ``None`` if there is none."""
        return self.document.get(name) if isinstance(self.document, dict) else None


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


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
