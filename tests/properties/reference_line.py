"""What becomes of a line of requests, worked out the slow way: the whole history is played again for every answer.

Written from the prose alone. A request is *ready* once its queue wait is over; it starts as soon as a slot is free and
no ready request is ahead of it, and ends once its run wait is over. At equal times ends come first, then those who
become ready, then the starts. What happens by hand happens after all that was due by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from mock_server.core.lifecycle import Failure, Held, Move, Plan, Reads, Seconds

BY_HAND = Failure(500123, "moved by hand")


@dataclass(frozen=True)
class Submit:
    """A new request joins; requests are numbered from 1 in the order of their submits."""

    plan: Plan


@dataclass(frozen=True)
class Read:
    """A request is looked at by its client."""

    number: int


@dataclass(frozen=True)
class Cancel:
    """A request is cancelled by its client."""

    number: int


@dataclass(frozen=True)
class MoveTo:
    """A request is moved by hand; a failure is `BY_HAND`."""

    number: int
    to: Move


Action = Submit | Read | Cancel | MoveTo
History = Sequence[tuple[float, Action]]


@dataclass
class Life:
    """One request of the reference."""

    number: int
    plan: Plan
    submitted_at: float
    ready: bool = False
    started_at: float | None = None
    ended_at: float | None = None
    cancelled_at: float | None = None
    failure: Failure | None = None
    reads_queued: int = 0
    reads_running: int = 0
    by_hand: bool = False

    @property
    def status(self) -> str:
        """The word for where it is, after all that was played."""
        if self.cancelled_at is not None:
            return "cancelled"
        if self.ended_at is not None:
            return "completed"
        return "in_queue" if self.started_at is None else "in_progress"


class ReferenceLine:
    """The state of a line at one time, after a history."""

    def __init__(self, slots: int | None, history: History, now: float) -> None:
        """Play ``history`` from its beginning, and then all that is due up to ``now``."""
        self.slots = slots
        self.lives: list[Life] = []
        for when, action in history:
            self._play_due(when)
            self._act(action, when)
        self._play_due(now)

    def life(self, number: int) -> Life:
        """Return the request of that number."""
        return self.lives[number - 1]

    def position(self, number: int) -> int | None:
        """Count the queued requests ahead of a queued one; ``None`` for one that is not queued."""
        if self.life(number).status != "in_queue":
            return None
        return sum(other.status == "in_queue" for other in self.lives[: number - 1])

    # -- what happens by itself

    def _play_due(self, now: float) -> None:
        while True:
            due = [when for life in self.lives for when in (_end_due(life), _ready_due(life)) if when is not None]
            if not due or min(due) > now:
                return
            when = min(due)
            for life in self.lives:
                if _end_due(life) == when:
                    _end(life, when)
            for life in self.lives:
                if _ready_due(life) == when:
                    life.ready = True
            self._start_who_may(when)

    def _start_who_may(self, when: float) -> None:
        while True:
            waiting = [life for life in self.lives if life.status == "in_queue" and life.ready]
            running = sum(life.status == "in_progress" for life in self.lives)
            if not waiting or (self.slots is not None and running >= self.slots):
                return
            _start(waiting[0], when)

    # -- what is done to it

    def _act(self, action: Action, now: float) -> None:
        match action:
            case Submit(plan):
                life = Life(len(self.lives) + 1, plan, now, failure=plan.failure)
                life.ready = plan.queue in (Reads(0), Seconds(0))
                self.lives.append(life)
            case Read(number):
                self._read(self.life(number), now)
            case Cancel(number) | MoveTo(number, Move.CANCELLED):
                life = self.life(number)
                if life.status == "in_queue":
                    life.cancelled_at = now
            case MoveTo(number, to):
                self._move(self.life(number), to, now)
            case _:
                assert_never(action)
        self._start_who_may(now)

    def _read(self, life: Life, now: float) -> None:
        if life.status == "in_queue":
            life.reads_queued += 1
            if life.plan.queue == Reads(life.reads_queued):
                life.ready = True
        elif life.status == "in_progress":
            life.reads_running += 1
            if life.plan.run == Reads(life.reads_running):
                _end(life, now)

    def _move(self, life: Life, to: Move, now: float) -> None:
        if life.status not in ("in_queue", "in_progress") or (life.status == to):
            return
        life.by_hand = True
        if to is Move.IN_PROGRESS:
            _start(life, now)
            return
        life.started_at = now if life.started_at is None else life.started_at
        life.failure = BY_HAND if to is Move.FAILED else None
        _end(life, now)


def _start(life: Life, when: float) -> None:
    life.started_at = when
    if life.plan.run == Reads(0):
        _end(life, when)


def _end(life: Life, when: float) -> None:
    life.ended_at = when


def _end_due(life: Life) -> float | None:
    match life.plan.run:
        case Seconds(seconds) if life.status == "in_progress" and life.started_at is not None:
            return life.started_at + seconds
        case Seconds() | Reads() | Held():
            return None


def _ready_due(life: Life) -> float | None:
    match life.plan.queue:
        case Seconds(seconds) if life.status == "in_queue" and not life.ready:
            return life.submitted_at + seconds
        case Seconds() | Reads() | Held():
            return None
