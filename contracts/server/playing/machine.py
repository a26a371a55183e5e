"""The lifecycle as a Hypothesis state machine: two accounts, several requests, every order of what they can do.

What is seen is held to what may follow what; on a server whose clock can be moved also to `contracts.model.Timetable`,
one for each account. Both clocks stand, but for the moments in which the machine lets time pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from contracts.exchange import Who
from contracts.model import Timetable
from contracts.server.calling.session import Session, answered
from contracts.server.calling.stage import Stage
from contracts.server.judging.life import Life
from contracts.server.playing.probes.lives import hold_outcome, hold_place
from contracts.server.playing.tour import Tour

MOST_REQUESTS = 6
_ACCEPTED = 202
_LONGEST_WAIT = 0.05  # seconds of real time, on a server whose clock nobody can move

_WHOSE = st.sampled_from([Who.FIRST, Who.SECOND])
_WHICH = st.integers(0, MOST_REQUESTS - 1)


class Lifecycle(RuleBasedStateMachine):
    """One play, on one of the ``stages``; raises at what ``known`` does not name. `machine` makes its classes."""

    tour: ClassVar[Tour]
    stages: ClassVar[Sequence[Stage]]
    known: ClassVar[frozenset[str]]

    def __init__(self) -> None:
        """Wait for a stage to be drawn."""
        super().__init__()
        self.session: Session
        self.lives: list[tuple[Life, int]] = []
        self.tables: dict[Who, Timetable] = {}

    @initialize(number=st.integers(0, 2))
    def begin(self, number: int) -> None:
        """Open a session; work out times where the pace is known."""
        self.session = self.tour.session(self.stages[number % len(self.stages)])
        self.session.surprise_at(self.known)
        stage = self.session.stage
        if stage.pace is not None and stage.promises is not None:
            self.session.freeze()
            for who in self.session.accounts:
                self.tables[who] = Timetable(stage.pace.queue, stage.pace.run, stage.promises.slots)

    @precondition(lambda self: len(self.lives) < MOST_REQUESTS)
    @rule(who=_WHOSE)
    def submit(self, who: Who) -> None:
        """Submit what succeeds."""
        self._submit(self._whose(who))

    @precondition(lambda self: len(self.lives) < MOST_REQUESTS and self.session.has_control)
    @rule(who=_WHOSE)
    def submit_one_that_fails(self, who: Who) -> None:
        """Submit what fails in the end."""
        self.session.next_fails(self._whose(who))
        self._submit(self._whose(who))

    @precondition(lambda self: self.lives)
    @rule(which=_WHICH)
    def status(self, which: int) -> None:
        """Read a status."""
        life, index = self._pick(which)
        if self.tables:
            hold_place(self.session, self.tables[life.who], index, life)
        else:
            self.session.status(life.request_id, life.who)

    @precondition(lambda self: self.lives)
    @rule(which=_WHICH)
    def result(self, which: int) -> None:
        """Read a result."""
        life, index = self._pick(which)
        if self.tables:
            hold_place(self.session, self.tables[life.who], index, life, by_result=True)
        else:
            self.session.result(life.request_id, life.who)

    @precondition(lambda self: self.lives)
    @rule(which=_WHICH)
    def result_with_cost(self, which: int) -> None:
        """Read a result with its cost."""
        life, _ = self._pick(which)
        self.session.result(life.request_id, life.who, cost=True)

    @precondition(lambda self: self.lives)
    @rule(which=_WHICH)
    def cancel(self, which: int) -> None:
        """Cancel a request, whatever it is doing."""
        life, index = self._pick(which)
        exchange = self.session.cancel(life.request_id, life.who)
        if self.tables and answered(exchange, _ACCEPTED):
            hold_outcome(self.session, self.tables[life.who].cancel(index), answered(exchange).get("outcome"))

    @precondition(lambda self: self.lives and len(self.session.accounts) > 1)
    @rule(which=_WHICH, what=st.sampled_from(["status", "result", "cancel"]))
    def meddle(self, which: int, what: str) -> None:
        """Let the other account try its hand at a request."""
        life, _ = self._pick(which)
        calls = {"status": self.session.status, "result": self.session.result, "cancel": self.session.cancel}
        calls[what](life.request_id, Who.FIRST if life.who is Who.SECOND else Who.SECOND)

    @precondition(lambda self: self.lives)
    @rule(halves=st.integers(1, 8))
    def let_time_pass(self, halves: int) -> None:
        """Let time pass for both, in halves of the shortest time that matters."""
        pace = self.session.stage.pace
        if pace is None:
            self.tour.wait(min(_LONGEST_WAIT, self.tour.meter.left))
            return
        seconds = halves * min(filter(None, (pace.queue, pace.run)), default=2.0) / 2
        self.session.advance(seconds)
        for table in self.tables.values():
            table.now += seconds

    def teardown(self) -> None:
        """Count the play."""
        self.tour.progressed()

    def _whose(self, who: Who) -> Who:
        return who if who in self.session.accounts else Who.FIRST

    def _pick(self, which: int) -> tuple[Life, int]:
        return self.lives[which % len(self.lives)]

    def _submit(self, who: Who) -> None:
        life = self.tour.submit(self.session, who)
        if life is not None:
            self.lives.append((life, self.tables[who].submit() if self.tables else 0))


def machine(tour: Tour, stages: Sequence[Stage], known: frozenset[str]) -> type[Lifecycle]:
    """Make the class of machines that play on ``stages``."""
    return type("Lifecycle", (Lifecycle,), {"tour": tour, "stages": stages, "known": known})
