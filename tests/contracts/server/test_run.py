"""Whole runs: nothing is found where nothing is wrong, and there is an outcome however a run ends."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from contracts.baseline import Baseline
from contracts.events import Event, Found, PhaseFinished, RunFinished, RunStarted
from contracts.outcome import Outcome, Verdict
from contracts.server.calling.in_process import Application
from contracts.server.calling.limits import Limits
from contracts.server.calling.target import FakeTarget
from contracts.server.depth import Depth
from contracts.server.phases import PHASES
from contracts.server.run import Options, Run
from tests.contracts.server.touring import found, run, spoiled


def _created(method: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
    """Answer every cancel 201."""
    return (201, document) if status == 202 else None


def test_on_the_right_server_nothing_is_found_whatever_the_seed() -> None:
    for seed in range(8):  # the score is of twenty, and of every phase
        phases = ("calls", "payloads", "lives") if seed % 4 == 0 else ("payloads", "lives")  # calls are always the same
        outcome = run(lambda app: app, *phases, seed=seed)
        assert (outcome.findings, outcome.stopped, outcome.verdict) == ((), "", Verdict.PASS), seed


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_whole_of_a_run_checks_every_check_on_the_right_server(seed: int) -> None:
    outcome = run(lambda app: app, *PHASES, seed=seed)
    assert outcome.findings == ()
    assert outcome.unchecked == ()
    assert tuple(phase.name for phase in outcome.phases) == PHASES
    assert sum(phase.calls for phase in outcome.phases) == outcome.calls


def _timeless(outcome: Outcome) -> dict[str, Any]:
    document = outcome.as_json()
    return {**document, "seconds": 0, "phases": [{**phase, "seconds": 0} for phase in document["phases"]]}


@pytest.mark.parametrize("change", [lambda app: app, spoiled(_created)], ids=["right", "wrong"])
def test_a_seed_repeats_a_run(change: Any) -> None:
    first, second = (_timeless(run(change, *PHASES, seed=5)) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("phase", PHASES)
@pytest.mark.parametrize("calls", [1, 2, 60])
def test_no_more_calls_are_made_than_are_allowed(phase: str, calls: int) -> None:
    outcome = Run(FakeTarget(1), Options(1, Depth.QUICK, Limits(max_calls=calls), phases=(phase,))).execute()
    assert outcome.calls == calls
    assert "--max-calls" in outcome.stopped
    assert outcome.findings == ()
    assert all(check.reason for check in outcome.unchecked)


@pytest.mark.parametrize("phase", PHASES)
def test_the_deadline_ends_a_run(phase: str) -> None:
    options = Options(1, Depth.DEFAULT, Limits(deadline=0.5), phases=(phase,))
    outcome = Run(FakeTarget(1), options).execute()
    assert outcome.seconds < 5
    assert outcome.findings == ()
    assert outcome.phases[0].calls == outcome.calls
    if outcome.stopped:
        assert "--deadline" in outcome.stopped


class Interrupting(FakeTarget):
    """A target that interrupts its run at a certain call, as Ctrl-C does; nobody hears it but the meter."""

    made: Run
    at: int

    def __init__(self) -> None:
        def change(app: Application) -> Application:
            async def counted(scope: Any, receive: Any, send: Any) -> None:
                if self.made.meter.calls == self.at:
                    self.made.meter.interrupt()
                await app(scope, receive, send)

            return counted

        super().__init__(1, change=change)


@pytest.mark.parametrize("after", [5, 300, 1200, 2000])
def test_an_interrupt_keeps_what_there_is(after: int) -> None:
    events: list[Event] = []
    target = Interrupting()
    target.made = made = Run(target, Options(1, Depth.QUICK), [events.append])
    target.at = after
    with pytest.raises(KeyboardInterrupt):
        made.execute()
    last = events[-1]
    assert isinstance(last, RunFinished)
    assert (last.outcome.stopped, last.outcome.verdict) == ("interrupted", Verdict.UNCHECKED)
    assert last.outcome.calls == after
    assert [event.result for event in events if isinstance(event, PhaseFinished)] == list(last.outcome.phases)


def test_events_tell_what_the_outcome_says() -> None:
    events: list[Event] = []
    outcome = Run(FakeTarget(1, change=spoiled(_created)), Options(1, Depth.QUICK), [events.append]).execute()
    assert isinstance(events[0], RunStarted)
    assert events[-1] == RunFinished(outcome)
    told = [event.finding for event in events if isinstance(event, Found)]
    # A later phase may have made smaller what was told already.
    assert [each.finding_id for each in told] == [each.finding_id for each in outcome.findings]
    assert "answer.status" in found(outcome)


def test_a_baseline_accepts_what_it_knows_and_misses_what_is_gone() -> None:
    ids = tuple(finding.finding_id for finding in run(spoiled(_created)).findings)
    known = Baseline((*ids, "auth.required:list", "schemathesis.ignored_auth:list"))
    options = Options(1, Depth.QUICK, baseline=known, phases=("calls",))
    outcome = Run(FakeTarget(1, change=spoiled(_created)), options).execute()
    assert (outcome.verdict, outcome.findings) == (Verdict.PASS, ())
    assert tuple(finding.finding_id for finding in outcome.accepted) == ids
    assert outcome.gone == ("auth.required:list",)  # nobody looked for the other


def test_the_first_finding_ends_a_run_that_asks_for_no_more() -> None:
    options = Options(1, Depth.QUICK, only_first=True)
    outcome = Run(FakeTarget(1, change=spoiled(_created)), options).execute()
    assert len(outcome.findings) == 1
    assert outcome.calls < 200


def test_a_run_that_cannot_begin_checks_nothing() -> None:
    outcome = Run(FakeTarget(1), Options(1)).refuse("nobody is there")
    assert outcome.verdict is Verdict.UNCHECKED
    assert {check.reason for check in outcome.checks} == {"nobody is there"}
    assert outcome.unchecked == outcome.checks


JUNK: tuple[object, ...] = (
    None,
    True,
    -1,
    10**400,
    1.5,
    "",
    "\ud800",
    "http://[",
    "a b\n?#/é",
    [],
    [[]],
    [{}],
    {},
    "x" * 3000,
)


def _junk(seed: int) -> Any:
    chance = random.Random(seed)

    def edit(method: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        if chance.random() > 0.3 or not isinstance(document, dict) or not document:
            return None
        name = chance.choice(sorted(document))
        return chance.choice([status, status, 200, 202, 400, 422, 429]), {**document, name: chance.choice(JUNK)}

    return spoiled(edit)


@pytest.mark.parametrize("seed", range(6))
def test_whatever_a_server_answers_there_is_an_outcome(seed: int) -> None:
    outcome = run(_junk(seed), "calls", "payloads")
    assert outcome.verdict is Verdict.FAIL
    json.dumps(outcome.as_json())
