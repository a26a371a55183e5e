"""The phases of a run: what each does to a target."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from contracts.server.depth import Extent
from contracts.server.playing import payloads
from contracts.server.playing.crowd import CROWD, MADE_UP, write_crowd
from contracts.server.playing.exploring import Effort, explore_lives
from contracts.server.playing.probes.access import access, closed
from contracts.server.playing.probes.catalog import catalog
from contracts.server.playing.probes.limits import limits
from contracts.server.playing.probes.lives import lives
from contracts.server.playing.probes.submits import submits
from contracts.server.playing.tour import NO_MONEY, Tour
from contracts.server.schema.phase import schemathesis


@dataclass(frozen=True, slots=True)
class Phase:
    """One part of a run, by ``name``; ``play`` goes on until it is over, or what ends the run is raised."""

    name: str
    title: str
    play: Callable[[Tour, Extent], None]


def _calls(tour: Tour, extent: Extent) -> None:
    for probe in (access, catalog, submits, lives, limits):
        probe(tour, tour.session())
    with TemporaryDirectory(prefix="runcomfy-mock-") as folder:
        home = Path(folder, CROWD)
        write_crowd(home)
        crowded = tour.target.staged(more=[MADE_UP, home])
        if crowded is not None:
            crowd = replace(tour, stage=crowded)
            catalog(crowd, crowd.session())
    listed = tour.target.staged("--token", "the-first-of-two", "--token", "the-second-of-two")
    if listed is not None:  # a server that knows its tokens refuses others
        guarded = replace(tour, stage=listed)
        access(guarded, guarded.session())
        closed(guarded, guarded.session())


def _payloads(tour: Tour, extent: Extent) -> None:
    payloads.listed(tour)
    made_up = tour.target.staged("--pace", "time:2,4", more=[MADE_UP])
    if made_up is not None:
        payloads.listed(replace(tour, stage=made_up), only="made-up/")
    payloads.explored(tour, _sized(tour, extent.payloads))


def _lives(tour: Tour, extent: Extent) -> None:
    if tour.stage.live:
        tour.collector.skip(NO_MONEY, "lifecycle.timetable")
        return
    others = [tour.target.staged("--pace", "time:2,4", "--slots", "2"), tour.target.staged("--pace", "time:0,3")]
    explore_lives(tour, _sized(tour, extent.lives), [tour.stage, *filter(None, others)])


def _schemathesis(tour: Tour, extent: Extent) -> None:
    schemathesis(tour, extent.schemathesis)


def _sized(tour: Tour, effort: Effort) -> Effort:
    return replace(effort, shrinks=False) if tour.collector.only_first else effort


EVERY_PHASE = (
    Phase("calls", "calls that are the same in every run", _calls),
    Phase("payloads", "payloads, right and wrong", _payloads),
    Phase("lives", "requests' lives, in every order", _lives),
    Phase("schemathesis", "schemathesis' own checks", _schemathesis),
)
"""All of them, in order."""

PHASES = tuple(phase.name for phase in EVERY_PHASE)
"""The phases' names, in order."""
