"""The tables of a page: phases, checks by area, what was not checked and why, and which variants were seen."""

from __future__ import annotations

from collections.abc import Iterable

from contracts.outcome import CheckResult, Outcome, PhaseResult, Verdict
from contracts.report.markup import Html, element, joined
from contracts.report.summary import by_area, by_reason
from contracts.report.texts import plural
from schemas.ledger import Fact, facts

_MARKS = {Verdict.PASS: "✓", Verdict.FAIL: "✗", Verdict.UNCHECKED: "?"}


def phases(outcome: Outcome) -> Html | None:
    """Show the phases, each with a bar of its share of the time."""
    if not outcome.phases:
        return None
    longest = max(phase.seconds for phase in outcome.phases) or 1.0
    rows = joined(_phase(phase, longest) for phase in outcome.phases)
    return _section("Phases", _table(["Phase", "Seconds", "", "Calls", "Findings"], rows, "phases"))


def checks(outcome: Outcome) -> Html | None:
    """Show the checks by area; an area is open if something in it failed."""
    if not outcome.checks:
        return None
    return _section("Checks", joined(_area(name, group) for name, group in by_area(outcome.checks).items()))


def unchecked(outcome: Outcome) -> Html | None:
    """Show what was not looked at, by reason."""
    if not outcome.unchecked:
        return None
    groups = [
        element(
            "li",
            element("p", element("span", str(len(group)), class_="count"), " ", reason),
            element("p", joined(_spaced(element("code", check.check_id) for check in group)), class_="ids"),
        )
        for reason, group in by_reason(outcome.unchecked).items()
    ]
    return _section(f"Not checked ({len(outcome.unchecked)})", element("ul", joined(groups), class_="reasons"))


def observed(outcome: Outcome) -> Html | None:
    """Show which variants of the ledger's switches were seen."""
    if not outcome.observed:
        return None
    known = {fact.switch.setting: fact for fact in facts() if fact.switch}
    rows = joined(_variant(setting, value, known.get(setting)) for setting, value in sorted(outcome.observed.items()))
    return _section("Observed variants", _table(["Switch", "Seen", "Meaning", "Fake's default"], rows, "observed"))


def _section(title: str, *content: Html) -> Html:
    return element("section", element("h2", title), *content)


def _table(columns: Iterable[str], rows: Html, kind: str) -> Html:
    head = element("tr", joined(element("th", column, scope="col") for column in columns))
    table = element("table", element("thead", head), element("tbody", rows), class_=kind)
    return element("div", table, class_="scroll", tabindex="0")


def _phase(phase: PhaseResult, longest: float) -> Html:
    share = f"{100 * phase.seconds / longest:.1f}%"
    bar = element("svg", element("rect", width=share, height="100%", rx="3"), class_="bar", aria_hidden="true")
    stopped = element("small", f"stopped: {phase.stopped}") if phase.stopped else None
    return element(
        "tr",
        element("th", phase.title, stopped, scope="row"),
        element("td", f"{phase.seconds:,.1f}", class_="number"),
        element("td", bar, class_="barred"),
        element("td", f"{phase.calls:,}", class_="number"),
        element("td", f"{phase.findings:,}", class_="number" if phase.findings else "number zero"),
    )


def _area(name: str, group: list[CheckResult]) -> Html:
    counts = {verdict: sum(check.outcome is verdict for check in group) for verdict in Verdict}
    words = {Verdict.FAIL: "failed", Verdict.PASS: "passed", Verdict.UNCHECKED: "not checked"}
    tally = joined(
        _spaced(
            element("span", f"{counts[verdict]} {word}", class_=f"tally {verdict.value}")
            for verdict, word in words.items()
            if counts[verdict]
        )
    )
    summary = element("summary", element("code", name), " ", tally)
    items = element("ul", joined(_check(check) for check in group), class_="checks")
    return element("details", summary, items, class_="group", open="" if counts[Verdict.FAIL] else None)


def _check(check: CheckResult) -> Html:
    state = check.outcome.value
    held = plural(check.times, "time") if check.times else None
    return element(
        "li",
        element("span", _MARKS[check.outcome], class_="mark", title=state, role="img", aria_label=state),
        element(
            "div",
            element("code", check.check_id),
            " ",
            check.title,
            " ",
            element("small", f"{check.severity.value}, {held}" if held else check.severity.value),
            element("small", check.reason, class_="reason") if check.reason else None,
        ),
        class_=state,
    )


def _variant(setting: str, value: str, fact: Fact | None) -> Html:
    switch = fact.switch if fact else None
    default = switch.default if switch else ""
    meaning = switch.variants.get(value, "no variant of the ledger") if switch else "no switch of the ledger"
    return element(
        "tr",
        element("th", element("code", setting), element("small", fact.fact_id) if fact else None, scope="row"),
        element("td", element("code", value)),
        element("td", meaning),
        element("td", element("code", default), class_="same" if default == value else "other"),
    )


def _spaced(parts: Iterable[Html]) -> Iterable[str | Html]:
    for index, part in enumerate(parts):
        if index:
            yield " "
        yield part
