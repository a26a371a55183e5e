"""The outcome of a run as JUnit XML, the form that CI servers read: a test case for each check."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from contracts.events import Event, RunFinished
from contracts.findings import Finding
from contracts.outcome import CheckResult, Outcome, Verdict
from contracts.report.files import WholeFile
from contracts.report.summary import NO_REASON, area
from contracts.report.texts import shortened, visible

SUITE = "runcomfy-mock check"
_KEPT = "\n\t"
MESSAGE = 1_000
"""Characters of a message, which CI servers show in one line."""


class Junit:
    """A listener that writes the file at ``path`` at the end; raises ``OSError`` at once if it cannot be written."""

    def __init__(self, path: Path, moment: datetime | None = None) -> None:
        """Take the place of the file; ``moment`` is when the run began."""
        self._file = WholeFile(path)
        self._moment = moment

    def __call__(self, event: Event) -> None:
        """Wait for the end."""
        if isinstance(event, RunFinished):
            self._file.finish(render(event.outcome, self._moment))

    def close(self) -> None:
        """Leave no part of a file behind."""
        self._file.close()


def render(outcome: Outcome, moment: datetime | None = None) -> str:
    """Return the document. ``moment`` is when the run began.

    A finding is a ``failure`` of its check; a check that was not made, or that fails only as the baseline knows, is
    ``skipped``. Readers that take the first failure of a case alone see from its message that there are more.
    """
    cases = [_case(outcome, check) for check in _checks(outcome)]
    counts = Counter("skipped" if case.find("skipped") is not None else _verdict(case) for case in cases)
    figures = {
        "name": SUITE,
        "tests": str(len(cases)),
        "failures": str(counts["failure"]),
        "errors": "0",
        "skipped": str(counts["skipped"]),
        "time": f"{outcome.seconds:.3f}",
    }
    root = Element("testsuites", figures)
    suite = SubElement(root, "testsuite", figures | _timestamp(moment))
    properties = SubElement(suite, "properties")
    for name, value in _properties(outcome).items():
        _add(properties, "property", name=name, value=value)
    suite.extend(cases)
    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'


def _verdict(case: Element) -> str:
    return "passed" if case.find("failure") is None else "failure"


def _timestamp(moment: datetime | None) -> dict[str, str]:
    return {} if moment is None else {"timestamp": moment.isoformat(timespec="seconds")}


def _properties(outcome: Outcome) -> Mapping[str, str]:
    return {
        "target": outcome.target,
        "seed": str(outcome.seed),
        "depth": outcome.depth,
        "verdict": outcome.verdict.value,
        "calls": str(outcome.calls),
        "spent_usd": f"{outcome.spent_usd:.6f}",
        "stopped": outcome.stopped,
        **{f"observed.{setting}": value for setting, value in outcome.observed.items()},
    }


def _checks(outcome: Outcome) -> list[CheckResult]:
    """Return the checks, and one for each finding of a check that the outcome does not list: none gets lost."""
    listed = {check.check_id for check in outcome.checks}
    more = {
        finding.check: CheckResult(
            finding.check, finding.check, finding.severity, finding.ledger, Verdict.FAIL, reason=NO_REASON
        )
        for finding in outcome.findings
        if finding.check not in listed
    }
    return [*outcome.checks, *more.values()]


def _case(outcome: Outcome, check: CheckResult) -> Element:
    case = Element("testcase", _attributes(classname=area(check.check_id), name=check.check_id, time="0.000"))
    findings = [finding for finding in outcome.findings if finding.check == check.check_id]
    known = [finding.finding_id for finding in outcome.accepted if finding.check == check.check_id]
    for number, finding in enumerate(findings, 1):
        _fail(case, finding, f"[{number} of {len(findings)}] " if len(findings) > 1 else "")
    if findings:
        return case
    if known:
        _add(case, "skipped", message=f"accepted by the baseline: {', '.join(known)}")
    elif check.outcome is Verdict.UNCHECKED:
        _add(case, "skipped", message=shortened(check.reason or NO_REASON, MESSAGE))
    elif check.outcome is Verdict.FAIL:
        _add(case, "failure", type=check.severity.value, message=check.reason or check.title)
    return case


def _fail(case: Element, finding: Finding, prefix: str) -> None:
    again = finding.reproduction
    parts = {
        "finding": finding.finding_id,
        "breaks": ", ".join(finding.ledger),
        "sent": finding.sent,
        "answered": finding.answered,
        "start with": again.setup,
        "see it again": again.curl,
        "or in Python": again.python,
    }
    message = prefix + shortened(finding.message, MESSAGE)
    failure = _add(case, "failure", type=finding.severity.value, message=message)
    failure.text = "\n".join(
        ["", visible(finding.message, keep=_KEPT)]
        + [f"\n{label}:\n{visible(text, keep=_KEPT)}" for label, text in parts.items() if text]
        + [""]
    )


def _add(parent: Element, tag: str, **attributes: str) -> Element:
    return SubElement(parent, tag, _attributes(**attributes))


def _attributes(**attributes: str) -> dict[str, str]:
    """Leave nothing in attributes that XML forbids, or that its readers fold into a space."""
    return {name: visible(value) for name, value in attributes.items()}
