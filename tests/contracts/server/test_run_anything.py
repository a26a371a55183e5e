"""Runs against servers that say anything: each ends with an outcome, and none with an exception."""

from __future__ import annotations

import json

import pytest

from contracts.events import Event, RunFinished, as_json
from contracts.outcome import Verdict
from contracts.server.calling.limits import Limits
from contracts.server.calling.target import FakeTarget
from contracts.server.depth import Depth
from contracts.server.run import Options, Run
from tests.contracts.server.spoiling import spoilt

PHASES = ("calls", "payloads", "lives")


@pytest.mark.parametrize("share", [0.02, 0.1, 0.5, 1.0])
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("phase", PHASES)
def test_every_run_ends_with_an_outcome(phase: str, seed: int, share: float) -> None:
    told: list[Event] = []
    target = FakeTarget(1, change=spoilt(seed, share))
    limits = Limits(deadline=120, max_calls=300)
    outcome = Run(target, Options(seed, Depth.QUICK, limits, phases=(phase,)), [told.append]).execute()
    assert outcome.verdict is Verdict.FAIL or not outcome.findings
    assert outcome.calls <= 300
    assert outcome.findings or share < 1
    assert isinstance(told[-1], RunFinished)
    for event in told:
        json.dumps(as_json(event), allow_nan=False)
