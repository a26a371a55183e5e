"""What a run tells while it goes on: a stream of frozen events that reports consume."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, assert_never

from contracts.findings import Finding
from contracts.outcome import Outcome, PhaseResult


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first event. ``phases`` are the names of those to come, in order."""

    target: str
    seed: int
    depth: str
    phases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PhaseStarted:
    """A phase begins."""

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class Progressed:
    """A phase got on: ``done`` of ``total`` (``None``: nobody knows) parts; ``calls`` counts those of the phase."""

    phase: str
    done: int
    total: int | None
    calls: int


@dataclass(frozen=True, slots=True)
class Found:
    """A finding, as soon as it was made. ``known`` if the baseline has it."""

    finding: Finding
    known: bool = False


@dataclass(frozen=True, slots=True)
class PhaseFinished:
    """A phase is over."""

    result: PhaseResult


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last event, of every run, however it ended."""

    outcome: Outcome


Event = RunStarted | PhaseStarted | Progressed | Found | PhaseFinished | RunFinished
Listener = Callable[[Event], None]


def as_json(event: Event) -> dict[str, Any]:
    """Return an event as a JSON object; ``event`` names its kind."""
    match event:
        case RunStarted(target, seed, depth, phases):
            return {"event": "run_started", "target": target, "seed": seed, "depth": depth, "phases": list(phases)}
        case PhaseStarted(name, title):
            return {"event": "phase_started", "name": name, "title": title}
        case Progressed(phase, done, total, calls):
            return {"event": "progressed", "phase": phase, "done": done, "total": total, "calls": calls}
        case Found(finding, known):
            return {"event": "found", "known": known, "finding": finding.as_json()}
        case PhaseFinished(result):
            return {"event": "phase_finished", **result.as_json()}
        case RunFinished(outcome):
            return {"event": "run_finished", **outcome.as_json()}
    assert_never(event)
