"""An outcome in few words, for people: the verdict as a sentence, and checks in groups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from contracts.findings import Finding, Severity
from contracts.outcome import CheckResult, Outcome, Verdict
from contracts.report.texts import plural

NO_REASON = "no reason given"


def sentence(outcome: Outcome, *, stopped: bool = True) -> str:
    """Say what came of a run: what was looked at and what was not, what was found, how to repeat it.

    And why it ``stopped`` early, if it did and is not said elsewhere.
    """
    total, unchecked = len(outcome.checks), len(outcome.unchecked)
    made = f"{findings(outcome.findings)} in {plural(total - unchecked, 'check')} of {outcome.target}"
    nothing = f"nothing could be checked of {outcome.target}"
    parts = [nothing if outcome.verdict is Verdict.UNCHECKED else made, f"{unchecked} of {total} unchecked"]
    if outcome.accepted:
        parts.append(f"{len(outcome.accepted)} accepted by the baseline")
    if outcome.gone:
        parts.append(f"{len(outcome.gone)} gone from the baseline")
    if outcome.spent_usd:
        parts.append(f"up to {outcome.spent_usd:.2f} USD spent")
    if outcome.stopped and stopped:
        parts.append(f"stopped early: {outcome.stopped}")
    return f"{'; '.join(parts)}. Seed {outcome.seed} repeats it."


def findings(found: Iterable[Finding]) -> str:
    """Count findings by severity: ``3 findings (1 critical, 2 minor)``, or ``no finding``."""
    counts = Counter(finding.severity for finding in found)
    if not counts:
        return "no finding"
    each = ", ".join(f"{counts[severity]} {severity.value}" for severity in Severity if counts[severity])
    return f"{plural(counts.total(), 'finding')} ({each})"


def worst_first(found: Iterable[Finding]) -> list[Finding]:
    """Order findings by severity; those of one severity stay as they were found."""
    ranks = {severity: rank for rank, severity in enumerate(Severity)}
    return sorted(found, key=lambda finding: ranks[finding.severity])


def area(check_id: str) -> str:
    """Return the part before the dot, which tells what a check is about."""
    return check_id.partition(".")[0]


def by_area(checks: Iterable[CheckResult]) -> Mapping[str, list[CheckResult]]:
    """Group checks by their areas, in the order in which they come."""
    groups: dict[str, list[CheckResult]] = {}
    for check in checks:
        groups.setdefault(area(check.check_id), []).append(check)
    return groups


def by_reason(checks: Iterable[CheckResult]) -> Mapping[str, list[CheckResult]]:
    """Group checks that were not made by the reason, the one that held up the most first."""
    groups: dict[str, list[CheckResult]] = {}
    for check in checks:
        groups.setdefault(check.reason or NO_REASON, []).append(check)
    return dict(sorted(groups.items(), key=lambda group: -len(group[1])))
