"""How a run ended: a verdict, a line for each check, the findings, and what was not looked at and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from contracts.findings import Finding, Severity


class Verdict(StrEnum):
    """What a run says of its target: ``unchecked`` if it could look at nothing, and never a pass."""

    PASS = "pass"  # noqa: S105 - a verdict
    FAIL = "fail"
    UNCHECKED = "unchecked"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check: ``times`` it was held against something, ``reason`` why it never was."""

    check_id: str
    title: str
    severity: Severity
    ledger: tuple[str, ...]
    outcome: Verdict
    times: int = 0
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "id": self.check_id,
            "title": self.title,
            "severity": self.severity.value,
            "ledger": list(self.ledger),
            "outcome": self.outcome.value,
            "times": self.times,
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class PhaseResult:
    """One phase: real ``seconds``, ``calls`` made; ``stopped`` says why it ended early or never began, if it did."""

    name: str
    title: str
    seconds: float
    calls: int
    findings: int
    stopped: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "name": self.name,
            "title": self.title,
            "seconds": round(self.seconds, 3),
            "calls": self.calls,
            "findings": self.findings,
            "stopped": self.stopped,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """A whole run.

    ``findings`` are those that count; ``accepted`` those that the baseline knows; ``gone`` the ids that the baseline
    has and this run, which looked, has not. ``observed`` tells which variant of the ledger's switches was seen.
    ``stopped`` says why the run ended early, if it did.
    """

    target: str
    seed: int
    depth: str
    verdict: Verdict
    checks: tuple[CheckResult, ...]
    findings: tuple[Finding, ...]
    phases: tuple[PhaseResult, ...] = ()
    accepted: tuple[Finding, ...] = ()
    gone: tuple[str, ...] = ()
    observed: Mapping[str, str] = field(default_factory=dict)
    calls: int = 0
    seconds: float = 0.0
    spent_usd: float = 0.0
    stopped: str = ""

    @property
    def unchecked(self) -> tuple[CheckResult, ...]:
        """The checks that were held against nothing."""
        return tuple(check for check in self.checks if check.outcome is Verdict.UNCHECKED)

    def as_json(self) -> dict[str, Any]:
        """Return it as the document that ``--json`` prints."""
        return {
            "verdict": self.verdict.value,
            "target": self.target,
            "seed": self.seed,
            "depth": self.depth,
            "checks": [check.as_json() for check in self.checks],
            "findings": [finding.as_json() for finding in self.findings],
            "unchecked": [{"check": check.check_id, "reason": check.reason} for check in self.unchecked],
            "accepted": [finding.finding_id for finding in self.accepted],
            "gone": list(self.gone),
            "observed": dict(self.observed),
            "phases": [phase.as_json() for phase in self.phases],
            "calls": self.calls,
            "seconds": round(self.seconds, 3),
            "spent_usd": round(self.spent_usd, 6),
            "stopped": self.stopped,
        }
