from __future__ import annotations

import json
from typing import get_args

from hypothesis import given

from contracts.events import Event, Found, PhaseFinished, PhaseStarted, Progressed, RunFinished, RunStarted, as_json
from contracts.outcome import Outcome
from tests.contracts.report.outcomes import OUTCOME, events, outcomes


def test_every_kind_of_event_is_told_by_its_name() -> None:
    told = events(OUTCOME)
    assert {type(each) for each in told} == set(get_args(Event))
    assert {type(each).__name__.lower(): as_json(each)["event"].replace("_", "") for each in told} == {
        kind.__name__.lower(): kind.__name__.lower() for kind in get_args(Event)
    }


@given(outcomes)
def test_events_are_json_and_nothing_in_them_hides_their_kind(outcome: Outcome) -> None:
    for event in events(outcome):
        read = json.loads(json.dumps(as_json(event)))
        assert next(iter(read)) == "event"
        assert read["event"] == as_json(event)["event"]


def test_an_event_says_all_it_knows() -> None:
    finding, phase = OUTCOME.findings[0], OUTCOME.phases[0]
    assert as_json(RunStarted("t", 7, "quick", ("a", "b"))) == {
        "event": "run_started",
        "target": "t",
        "seed": 7,
        "depth": "quick",
        "phases": ["a", "b"],
    }
    assert as_json(PhaseStarted("a", "A")) == {"event": "phase_started", "name": "a", "title": "A"}
    assert as_json(Progressed("a", 1, None, 2)) == {
        "event": "progressed",
        "phase": "a",
        "done": 1,
        "total": None,
        "calls": 2,
    }
    assert as_json(Found(finding, known=True)) == {"event": "found", "known": True, "finding": finding.as_json()}
    assert as_json(PhaseFinished(phase)) == {"event": "phase_finished"} | phase.as_json()
    assert as_json(RunFinished(OUTCOME)) == {"event": "run_finished"} | OUTCOME.as_json()
