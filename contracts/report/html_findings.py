"""The findings of a page: what is broken, which facts say so, what was seen, and how to see it again."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.findings import Finding
from contracts.outcome import Outcome, Verdict
from contracts.report.markup import Html, element, joined
from contracts.report.summary import worst_first
from contracts.report.texts import shortened
from schemas.ledger import facts

LONGEST = 8_000
"""Characters of a text that are shown; reproductions are shown whole."""


def findings(outcome: Outcome) -> Html | None:
    """Show the findings that count, the worst first."""
    if not outcome.findings:
        nothing = outcome.verdict is Verdict.UNCHECKED
        return None if nothing else element("section", element("h2", "Findings"), element("p", "None.", class_="none"))
    return element(
        "section",
        element("h2", "Findings ", element("span", str(len(outcome.findings)), class_="count")),
        joined(_finding(finding) for finding in worst_first(outcome.findings)),
        id="findings",
    )


def accepted(outcome: Outcome) -> Html | None:
    """Show the findings that the baseline knows, folded."""
    if not outcome.accepted:
        return None
    summary = element("summary", "Accepted by the baseline ", _count(outcome.accepted))
    found = joined(_finding(finding) for finding in worst_first(outcome.accepted))
    return element("section", element("details", summary, found, class_="group"))


def gone(outcome: Outcome) -> Html | None:
    """Show what the baseline has and the run has not."""
    if not outcome.gone:
        return None
    return element(
        "section",
        element("h2", "Gone from the baseline ", _count(outcome.gone)),
        element("p", "These were looked for and not found again: the baseline can do without them.", class_="hint"),
        element("ul", joined(element("li", element("code", each)) for each in outcome.gone), class_="ids"),
    )


def _count(items: tuple[object, ...]) -> Html:
    return element("span", str(len(items)), class_="count")


def _finding(finding: Finding) -> Html:
    severity = finding.severity.value
    again = finding.reproduction
    return element(
        "article",
        element(
            "h3",
            element("span", severity, class_=f"severity {severity}"),
            " ",
            element("code", finding.finding_id),
        ),
        element("p", shortened(finding.message, LONGEST), class_="message"),
        _promises(finding.ledger),
        _exchange(finding),
        _code("Start with", again.setup),
        _code("See it again", again.curl),
        _folded("The same in Python", again.python),
        element("p", _origin(finding), class_="origin"),
        class_=f"finding {severity}",
    )


def _origin(finding: Finding) -> str:
    phase = f"found in phase {finding.phase}, " if finding.phase else ""
    return f"{phase}operation {finding.operation}, seed {finding.seed}"


def _promises(ids: Iterable[str]) -> Html | None:
    statements = {fact.fact_id: fact.statement for fact in facts()}
    rows = [
        element("li", element("code", each), " ", element("span", statements.get(each, "not in this ledger")))
        for each in ids
    ]
    return element("ul", joined(rows), class_="promises") if rows else None


def _exchange(finding: Finding) -> Html | None:
    shown = {"Sent": finding.sent, "Answered": finding.answered}
    parts = [
        element("div", element("h4", label), element("pre", shortened(text, LONGEST), tabindex="0"))
        for label, text in shown.items()
        if text
    ]
    return element("div", joined(parts), class_="exchange") if parts else None


def _code(label: str, text: str) -> Html | None:
    if not text.strip():
        return None
    return joined([element("h4", label), _commands(text)])


def _folded(label: str, text: str) -> Html | None:
    if not text.strip():
        return None
    return element("details", element("summary", label), _commands(text), class_="python")


def _commands(text: str) -> Html:
    """Show lines so that one which is wrapped can be told from the next; each keeps its end for who copies it."""
    lines = text.rstrip("\n").split("\n")
    return element("pre", joined(element("span", f"{line}\n") for line in lines), class_="copy", tabindex="0")
