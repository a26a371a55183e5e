"""A run from its beginning to its end: the phases in turn, the events on their way, and the outcome in every case."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from contracts.baseline import Baseline
from contracts.events import Event, Found, Listener, PhaseFinished, PhaseStarted, Progressed, RunFinished, RunStarted
from contracts.findings import Finding, Severity
from contracts.outcome import CheckResult, Outcome, PhaseResult, Verdict
from contracts.server.calling.limits import Gone, Limits, Meter, Stopped
from contracts.server.calling.target import Target
from contracts.server.depth import EXTENTS, Depth, Extent
from contracts.server.judging.checks import CHECKS, Check
from contracts.server.judging.collector import Broken, Collector, Enough
from contracts.server.phases import EVERY_PHASE, PHASES, Phase
from contracts.server.playing.hypothesis_home import no_folder_here
from contracts.server.playing.tour import Tour
from contracts.server.schema.checks import SCHEMATHESIS_CHECKS
from contracts.server.schema.phase import NAMES, PREFIX
from contracts.server.showing import finding_of

_STEP = 0.1  # seconds between two events of progress
_NEARLY = 0.9  # of the time; a round that begins later would not end
_OF_PHASE: Mapping[str, tuple[str, ...]] = {
    "payloads": ("submit.accepts", "submit.refuses", "submit.detail"),
    "schemathesis": NAMES,
}
"""The checks that are held against nothing without that phase."""

_NOTHING_CAME_UP = "nothing came up that it could be held against"
_NOT_ASKED_FOR = "nothing came up that it could be held against in the phases that were asked for"


@dataclass(frozen=True, slots=True)
class Options:
    """How a run is to be: see `Depth`, `Limits` and `Baseline`; ``only_first`` stops it at the first finding."""

    seed: int
    depth: Depth = Depth.DEFAULT
    limits: Limits | None = None
    baseline: Baseline | None = None
    only_first: bool = False
    phases: tuple[str, ...] = ("calls", "payloads", "lives", "schemathesis")


@dataclass
class Run:
    """One run against one target. What it finds goes to the listeners as it is found, and into the outcome."""

    target: Target
    options: Options
    listeners: Sequence[Listener] = ()
    findings: dict[str, Finding] = field(default_factory=dict)
    _results: list[PhaseResult] = field(default_factory=list)
    _stopped: str = ""

    def __post_init__(self) -> None:
        """Get counters ready."""
        extent = EXTENTS[self.options.depth]
        self.meter = Meter(self.options.limits or Limits(deadline=extent.deadline))
        self.collector = Collector(only_first=self.options.only_first)

    def execute(self) -> Outcome:
        """Go through the phases; there is an outcome also if the server goes away, or the user ends it with Ctrl-C.

        Raises what `Target.open` raises: then nothing was begun, and there is no outcome.
        """
        try:
            stage = self.target.open(self.meter)
        except (Stopped, Gone) as error:
            return self.refuse(str(error))
        extent = EXTENTS[self.options.depth]
        tour = Tour(self.target, stage, self.meter, self.collector, self.options.seed)
        self._tell(RunStarted(self.target.name, self.options.seed, self.options.depth, self.options.phases))
        for name in set(PHASES) - set(self.options.phases):
            self.collector.skip(f"the phase {name} was not asked for", *_OF_PHASE.get(name, ()))
        is_gone = False
        try:
            with no_folder_here():
                self._rounds(tour, extent)
        except Enough:
            pass
        except Gone as error:
            self._stopped, is_gone = str(error), True
        except Stopped as error:
            self._stopped = str(error)
        except KeyboardInterrupt:
            self._stopped, is_gone = "interrupted", True
        outcome = self._outcome(is_gone=is_gone)
        self._tell(RunFinished(outcome))
        if self._stopped == "interrupted":
            raise KeyboardInterrupt
        return outcome

    def refuse(self, reason: str) -> Outcome:
        """Return the outcome of a run that could not begin: nothing is checked."""
        for check in ALL:
            self.collector.skip(reason, check.check_id)
        self._stopped = reason
        outcome = self._outcome(is_gone=True)
        self._tell(RunFinished(outcome))
        return outcome

    def _rounds(self, tour: Tour, extent: Extent) -> None:
        phases = [phase for phase in EVERY_PHASE if phase.name in self.options.phases]
        for phase in phases:
            self._phase(tour, extent, phase, phase.title)
        number = 1
        while extent.again and self.meter.seconds < self.meter.limits.deadline * _NEARLY:
            number += 1
            again = replace(tour, seed=tour.seed + number - 1)
            for phase in phases[1:]:
                try:
                    self._phase(again, extent, phase, f"{phase.title}, round {number}")
                except Stopped:
                    if self.meter.left:
                        raise
                    return  # the time that was asked for is up

    def _phase(self, tour: Tour, extent: Extent, phase: Phase, title: str) -> None:
        before, begun, found = self.meter.calls, time.monotonic(), len(self.findings)
        steps = _Steps(self, phase.name, before)
        tour.progressed = steps
        stopped = ""
        self._tell(PhaseStarted(phase.name, title))
        try:
            phase.play(tour, extent)
            self.meter.check()
        except Enough:
            stopped = "one finding is all that was asked for"
            raise
        except (Gone, Stopped) as error:
            stopped = str(error)
            raise
        except KeyboardInterrupt:
            stopped = "interrupted"
            raise
        finally:
            self._show(phase.name)
            seconds = time.monotonic() - begun
            count = len(self.findings) - found
            result = PhaseResult(phase.name, title, seconds, self.meter.calls - before, count, stopped)
            self._results.append(result)
            self._tell(PhaseFinished(result))

    def _show(self, phase: str) -> None:
        """Turn what is broken, and was not told yet, into findings."""
        for broken in self.collector.since(frozenset(self.findings)):
            finding = finding_of(broken, check_of(broken), self.options.seed, phase)
            self.findings[finding.finding_id] = finding
            self._tell(Found(finding, self._knows(finding.finding_id)))

    def _was_looked_for(self, finding_id: str) -> bool:
        """Tell whether the check of a finding was held against an answer to its operation."""
        check, operation, *_ = [*finding_id.split(":"), ""]
        return check.startswith(PREFIX) or (check, operation) in self.collector.held

    def _sharpen(self) -> None:
        """Let findings of early phases have what a later one has made small."""
        for finding_id, finding in self.findings.items():
            broken = self.collector.broken[finding_id]
            self.findings[finding_id] = finding_of(broken, check_of(broken), self.options.seed, finding.phase)

    def _knows(self, finding_id: str) -> bool:
        return self.options.baseline is not None and self.options.baseline.knows(finding_id)

    @property
    def _usual_reason(self) -> str:
        if self._stopped:
            return f"stopped before anything came up that it could be held against: {self._stopped}"
        return _NOTHING_CAME_UP if self.options.phases == PHASES else _NOT_ASKED_FOR

    def _outcome(self, *, is_gone: bool) -> Outcome:
        self._sharpen()
        accepted = tuple(each for each in self.findings.values() if self._knows(each.finding_id))
        findings = tuple(each for each in self.findings.values() if not self._knows(each.finding_id))
        checks = tuple(self._result(check) for check in ALL)
        ran = {check.check_id for check in checks if check.outcome is not Verdict.UNCHECKED}
        verdict = Verdict.FAIL if findings else Verdict.UNCHECKED if is_gone or not ran else Verdict.PASS
        baseline = self.options.baseline
        return Outcome(
            target=self.target.name,
            seed=self.options.seed,
            depth=self.options.depth,
            verdict=verdict,
            checks=checks,
            findings=findings,
            phases=tuple(self._results),
            accepted=accepted,
            gone=()
            if baseline is None or self._stopped
            else tuple(filter(self._was_looked_for, baseline.gone(self.findings, ran))),
            observed=dict(self.collector.observed),
            calls=self.meter.calls,
            seconds=self.meter.seconds,
            spent_usd=self.meter.spent_usd + self.meter.held_usd,
            stopped=self._stopped,
        )

    def _result(self, check: Check) -> CheckResult:
        times = self.collector.times[check.check_id]
        is_broken = any(finding.check == check.check_id for finding in self.findings.values())
        outcome = Verdict.FAIL if is_broken else Verdict.PASS if times else Verdict.UNCHECKED
        reason = "" if times else self.collector.reasons.get(check.check_id, self._usual_reason)
        return CheckResult(check.check_id, check.title, check.severity, check.ledger, outcome, times, reason)

    def _tell(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    def progress(self, event: Progressed) -> None:
        """Tell how far a phase is."""
        self._tell(event)


_SCHEMATHESIS = tuple(
    Check(name, Severity.MAJOR, SCHEMATHESIS_CHECKS[name.removeprefix(PREFIX)].reason, ()) for name in NAMES
)


ALL = (*CHECKS.values(), *_SCHEMATHESIS)
"""Every check, in the order of reports: ours, then those of schemathesis that are on."""


def check_of(broken: Broken) -> Check:
    """Return the check that was broken."""
    return CHECKS.get(broken.check) or next(check for check in _SCHEMATHESIS if check.check_id == broken.check)


class _Steps:
    """Counts what a phase has done, and tells it now and then."""

    def __init__(self, run: Run, phase: str, calls: int) -> None:
        self._run = run
        self._phase = phase
        self._calls = calls
        self._done = 0
        self._told = time.monotonic()

    def __call__(self) -> None:
        self._done += 1
        now = time.monotonic()
        if now - self._told >= _STEP:
            self._told = now
            self._run.progress(Progressed(self._phase, self._done, None, self._run.meter.calls - self._calls))
