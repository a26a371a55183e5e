"""Where calls are made: a server, whose tokens they carry, and what is known of how the server is set."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count

from contracts.exchange import NOT_JSON, Answer
from contracts.server.calling.connection import Connection, Unanswered
from contracts.server.judging.collector import Scene
from schemas.catalog import Catalog
from schemas.variants import CHOICES, Variants

CONTROL_PLANE = "/__mock__/"
_TIMED = re.compile(r"time:([0-9.]+),([0-9.]+)")


@dataclass(frozen=True, slots=True)
class Pace:
    """A pace of so many seconds in the queue and so many of running, on the server's own clock."""

    queue: float
    run: float


@dataclass(frozen=True, slots=True)
class Promises:
    """What a server tells of itself: its pace if that is in seconds, its slots, and its variants of the ledger.

    ``is_still`` says that its clock stands anyway.
    """

    pace: Pace | None
    slots: int | None
    variants: Variants
    is_still: bool = False
    by_hand: bool = False
    """Whether requests wait until somebody moves them."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of two accounts. ``second`` is ``None`` where there is no second account to call with.

    ``made_up`` says that the server takes any token for an account, so that each session can have fresh ones. Neither
    is ever written out.
    """

    first: str = field(repr=False)
    second: str | None = field(repr=False)
    made_up: bool = False
    _numbers: Callable[[], int] = field(default_factory=lambda: count(1).__next__, repr=False, compare=False)

    def fresh(self) -> Tokens:
        """Return the tokens for a new session: two accounts without a past, where that can be had."""
        if not self.made_up:
            return self
        number = self._numbers()
        second = None if self.second is None else f"{self.second}-{number}"
        return Tokens(f"{self.first}-{number}", second, self.made_up, self._numbers)


@dataclass(frozen=True)
class Stage:
    """A server that is there to be called.

    ``live`` says that calls may be billed. ``promises`` is ``None`` for a server without a control plane: nothing is
    known of it, and its clock cannot be moved.
    """

    connection: Connection
    catalog: Catalog
    tokens: Tokens
    scene: Scene
    live: bool = False
    promises: Promises | None = None

    @property
    def pace(self) -> Pace | None:
        """The pace by which a timetable can be worked out: that of a server that tells it, and has fresh accounts."""
        return self.promises.pace if self.promises is not None and self.tokens.made_up else None


def ask_promises(connection: Connection) -> Promises | None:
    """Ask a server's control plane how it is set; ``None`` if there is none, or it tells nothing of the kind."""
    health, ledger, clock = (_ask(connection, name) for name in ("health", "ledger", "clock"))
    if health is None or ledger is None:
        return None
    try:
        told = {
            fact["switch"]["setting"]: fact["switch"]["value"]
            for fact in ledger.get("facts")
            if fact["switch"] and fact["switch"]["setting"] in CHOICES
        }
        timed = _TIMED.fullmatch(str(health.get("pace")))
        pace = Pace(float(timed[1]), float(timed[2])) if timed else None
        if pace is not None and not math.isfinite(pace.queue + pace.run):
            pace = None
        slots = health.get("slots")
        is_still = clock is not None and clock.get("frozen") is True
        slots = slots if type(slots) is int and slots > 0 else None
        return Promises(pace, slots, Variants().with_(told), is_still, health.get("pace") == "manual")
    except (TypeError, KeyError, ValueError):
        return None


def _ask(connection: Connection, name: str) -> Answer | None:
    try:
        answer = connection.send("GET", CONTROL_PLANE + name, {}, None)
    except Unanswered:
        return None
    is_object = answer.status == 200 and answer.document is not NOT_JSON and isinstance(answer.document, dict)  # noqa: PLR2004
    return answer if is_object else None


def json_body(document: object) -> bytes:
    """Write a body as clients do: UTF-8, nothing escaped that need not be."""
    return json.dumps(document, ensure_ascii=False).encode("utf-8")
