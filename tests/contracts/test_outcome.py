from __future__ import annotations

import json

from hypothesis import given

from contracts.outcome import Outcome, Verdict
from tests.contracts.report.outcomes import OUTCOME, PASSED, UNREACHED, outcomes

KEYS = (
    "verdict target seed depth checks findings unchecked accepted gone observed phases calls seconds spent_usd stopped"
)


@given(outcomes)
def test_an_outcome_is_whole_in_json(outcome: Outcome) -> None:
    read = json.loads(json.dumps(outcome.as_json()))
    assert list(read) == KEYS.split()
    assert read["verdict"] == outcome.verdict
    assert [each["id"] for each in read["checks"]] == [each.check_id for each in outcome.checks]
    assert [each["id"] for each in read["findings"]] == [each.finding_id for each in outcome.findings]
    assert read["accepted"] == [each.finding_id for each in outcome.accepted]
    assert [each["name"] for each in read["phases"]] == [each.name for each in outcome.phases]
    assert read["unchecked"] == [
        {"check": each["id"], "reason": each["reason"]} for each in read["checks"] if each["outcome"] == "unchecked"
    ]
    for name in ("target", "seed", "depth", "calls", "stopped"):
        assert read[name] == getattr(outcome, name)


@given(outcomes)
def test_what_is_unchecked_was_held_against_nothing(outcome: Outcome) -> None:
    assert set(outcome.unchecked) <= set(outcome.checks)
    assert all(each.outcome is Verdict.UNCHECKED for each in outcome.unchecked)
    assert sum(each.outcome is Verdict.UNCHECKED for each in outcome.checks) == len(outcome.unchecked)


def test_examples_say_what_they_are() -> None:
    assert [each.check_id for each in OUTCOME.unchecked] == ["money.double", "queue.order", "schema.negative"]
    assert PASSED.unchecked == ()
    assert UNREACHED.unchecked == UNREACHED.checks


def test_a_check_and_a_phase_are_whole_in_json() -> None:
    assert OUTCOME.checks[5].as_json() == {
        "id": "money.double",
        "title": "a refused submit is not billed",
        "severity": "critical",
        "ledger": ["status"],
        "outcome": "unchecked",
        "times": 0,
        "reason": "the target has no control plane",
    }
    assert OUTCOME.phases[3].as_json() == {
        "name": "money",
        "title": "What is billed",
        "seconds": 0.0,
        "calls": 0,
        "findings": 0,
        "stopped": "the deadline of 45 seconds passed before it began",
    }
