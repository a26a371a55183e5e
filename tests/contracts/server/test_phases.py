from __future__ import annotations

import pytest

from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.target import FakeTarget
from contracts.server.depth import EXTENTS, Depth
from contracts.server.judging.collector import Collector
from contracts.server.phases import EVERY_PHASE, PHASES, Phase
from contracts.server.playing.tour import Tour


def test_phases_have_names_and_titles_of_their_own() -> None:
    assert PHASES == ("calls", "payloads", "lives", "schemathesis")
    assert len({phase.title for phase in EVERY_PHASE}) == len(PHASES)


@pytest.mark.parametrize("phase", EVERY_PHASE, ids=PHASES)
def test_each_phase_holds_promises_of_its_own_and_finds_nothing_in_the_right_server(phase: Phase) -> None:
    target = FakeTarget(1)
    tour = Tour(target, target.open(), Meter(Limits()), Collector(), 1)
    phase.play(tour, EXTENTS[Depth.QUICK])
    told = {"calls": "auth.scheme", "payloads": "submit.detail", "lives": "lifecycle.timetable"}
    assert tour.collector.times[told.get(phase.name, "schemathesis.ignored_auth")] > 0
    assert tour.collector.broken == {}
