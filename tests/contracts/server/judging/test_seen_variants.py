"""A right server in each variant that the ledger leaves open: nothing that it does is a finding."""

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.stage import Stage
from contracts.server.calling.target import FakeTarget
from contracts.server.depth import EXTENTS, Depth
from contracts.server.judging.collector import Collector
from contracts.server.phases import EVERY_PHASE
from contracts.server.playing import payloads
from contracts.server.playing.exploring import Effort, explore_lives
from contracts.server.playing.tour import Tour
from schemas.variants import CHOICES, Variants

BEGINNING = 1767225600.0  # when the clocks of such fakes stand
OTHERS = [
    (setting, value) for setting, values in CHOICES.items() for value in values if value != Variants().value(setting)
]
UNSEEN = {"retention", "internal_code", "undeclared_required", "uri_format"}
"""What the fixed calls do not show."""
CALLS = next(phase for phase in EVERY_PHASE if phase.name == "calls")


class Varied(FakeTarget):
    """Fakes in one variant; without ``control`` they have no control plane, and there is no setting up of others."""

    def __init__(self, variant: str, *, control: bool) -> None:
        super().__init__(1)
        self.variant, self.control = variant, control

    def open(self, meter: Meter | None = None) -> Stage:
        stage = self.made("--pace", "time:2,4", "--slots", "1") if self.control else self.made("--pace", "polls:1,1")
        return stage if self.control else replace(stage, promises=None)

    def made(self, *options: str, more: Sequence[Path] = ()) -> Stage:
        return super().staged(*options, "--variant", self.variant, more=more)

    def staged(self, *options: str, more: Sequence[Path] = ()) -> Any:
        return self.made(*options, more=more) if self.control else None


def tour_of(target: FakeTarget) -> Tour:
    return Tour(target, target.open(), Meter(Limits(deadline=1e9)), Collector(), 1, patience=1, wait=lambda _: None)


@pytest.mark.parametrize("control", [True, False])
@pytest.mark.parametrize(("setting", "value"), OTHERS)
def test_a_right_server_breaks_nothing(
    setting: str, value: str, *, control: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: BEGINNING)
    target = Varied(f"{setting}={value}", control=control)
    tour = tour_of(target)
    CALLS.play(tour, EXTENTS[Depth.QUICK])
    payloads.listed(tour)
    others = [target.made("--pace", "time:0,3"), target.made("--pace", "polls:1,1")] if control else []
    explore_lives(tour, Effort(8, steps=15), [tour.stage, *others])
    assert list(tour.collector.broken) == []
    if control and setting not in UNSEEN:
        assert tour.collector.observed[setting] == value
