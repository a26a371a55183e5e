from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from contracts.findings import Severity
from contracts.outcome import Outcome, Verdict
from contracts.report.summary import area, by_area, by_reason, findings, sentence, worst_first
from tests.contracts.report.outcomes import CHECKS, FINDINGS, OUTCOME, outcomes


@given(outcomes)
def test_nothing_is_lost_in_groups(outcome: Outcome) -> None:
    for groups in (by_area(outcome.checks), by_reason(outcome.checks)):
        assert sorted(check.check_id for group in groups.values() for check in group) == sorted(
            check.check_id for check in outcome.checks
        )
        assert all(groups.values())
    sizes = [len(group) for group in by_reason(outcome.checks).values()]
    assert sizes == sorted(sizes, reverse=True)
    ordered = worst_first(outcome.findings)
    ranks = [list(Severity).index(finding.severity) for finding in ordered]
    assert ranks == sorted(ranks)
    assert len(ordered) == len(outcome.findings)


@given(outcomes)
def test_the_sentence_tells_what_counts(outcome: Outcome) -> None:
    text = sentence(outcome)
    assert outcome.target in text
    assert f"{len(outcome.unchecked)} of {len(outcome.checks)} unchecked" in text
    assert text.endswith(f". Seed {outcome.seed} repeats it.")
    assert f"stopped early: {outcome.stopped}" in text or not outcome.stopped
    assert "stopped early" not in sentence(replace(outcome, target="", stopped="x"), stopped=False)
    assert (findings(outcome.findings) in text) is (outcome.verdict is not Verdict.UNCHECKED)


def test_findings_are_counted_by_severity() -> None:
    assert findings([]) == "no finding"
    assert findings(FINDINGS[:1]) == "1 finding (1 minor)"
    assert findings([*FINDINGS, *FINDINGS[:1]]) == "4 findings (1 critical, 1 major, 2 minor)"


def test_an_area_is_what_stands_before_the_dot() -> None:
    assert [area(text) for text in ("a.b", "a.b.c", "a", "")] == ["a", "a", "a", ""]
    assert list(by_area(CHECKS)) == ["accounts", "cancel", "money", "queue", "result", "schema"]


def test_a_run_that_cost_nothing_says_nothing_of_money() -> None:
    assert "USD" in sentence(OUTCOME)
    assert "USD" not in sentence(replace(OUTCOME, spent_usd=0.0))
