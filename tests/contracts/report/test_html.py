from __future__ import annotations

import base64
import hashlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given

from contracts.outcome import Outcome, Verdict
from contracts.report.html import HtmlPage, render
from contracts.report.texts import visible
from tests.contracts.report.outcomes import NASTY, OUTCOME, PASSED, UNREACHED, events, outcomes
from tests.contracts.report.pages import Page

MOMENT = datetime(2026, 11, 24, 14, 0, 1, tzinfo=UTC)


@given(outcomes)
def test_any_outcome_is_a_page_in_which_nothing_can_act(outcome: Outcome) -> None:
    document = render(outcome)
    document.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufeff]", document)
    page = Page(document)
    assert page.texts["title"] == [f"{outcome.verdict.value}: {visible(outcome.target, keep=chr(10) + chr(9))}"]
    pasted = page.texts.get("pre", [])
    for finding in [*outcome.findings, *outcome.accepted]:
        for text in (finding.reproduction.curl, finding.reproduction.python, finding.reproduction.setup):
            assert not text.strip() or visible(text, keep="\n\t").rstrip("\n") + "\n" in pasted


@pytest.mark.parametrize("outcome", [OUTCOME, PASSED, UNREACHED])
def test_the_page_needs_nothing_and_lets_nothing_in(outcome: Outcome) -> None:
    page = Page(render(outcome))
    policies = [each["content"] for each in page.of("meta") if each.get("http-equiv") == "Content-Security-Policy"]
    (style,) = page.texts["style"]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policies == [f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"]
    assert "url(" not in style
    assert "@import" not in style
    assert "<" not in style


def test_the_head_tells_what_it_is_of() -> None:
    page = Page(render(OUTCOME, MOMENT))
    assert page.texts["h1"] == ["The contract is broken"]
    facts = dict(zip(page.texts["dt"], page.texts["dd"], strict=True))
    assert facts == {
        "target": "http://127.0.0.1:8787",
        "seed": "7",
        "depth": "quick",
        "date": "2026-11-24 14:00 UTC",
        "took": "45.0 s, 6,146 calls",
        "spent": "0.48 USD",
    }
    assert page.of("time") == [{"datetime": "2026-11-24T14:00:01+00:00"}]
    assert "Stopped early: the deadline of 45 seconds passed" in page.texts["p"]


def test_findings_come_first() -> None:
    assert [text.split(" ")[0] for text in Page(render(OUTCOME)).texts["h2"]] == [
        "Findings",
        "Gone",
        "Phases",
        "Checks",
        "Not",
        "Observed",
    ]


def test_a_page_without_a_moment_is_the_same_every_time() -> None:
    assert render(OUTCOME) == render(OUTCOME)
    assert Page(render(OUTCOME)).of("time") == []


@pytest.mark.parametrize(
    ("outcome", "title"), [(PASSED, "The contract holds"), (UNREACHED, "Nothing could be checked")]
)
def test_each_verdict_has_its_title(outcome: Outcome, title: str) -> None:
    page = Page(render(outcome))
    assert page.texts["h1"] == [title]
    assert {"class": f"verdict {outcome.verdict.value}"} in page.of("span")
    assert ("Findings" in page.texts["h2"]) is (outcome.verdict is Verdict.PASS)


def test_the_file_is_there_at_the_end_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "report.html"
    report = HtmlPage(path, MOMENT)
    *before, last = events(OUTCOME)
    for event in before:
        report(event)
    assert not path.exists()
    report(last)
    report.close()
    assert path.read_text("utf-8") == render(OUTCOME, MOMENT)
    assert list(tmp_path.iterdir()) == [path]


def test_nasty_texts_are_among_those_that_are_tried() -> None:
    assert any("<script>" in text for text in NASTY)
