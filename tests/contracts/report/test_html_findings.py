from __future__ import annotations

from dataclasses import replace

from contracts.report.html_findings import LONGEST, accepted, findings, gone
from contracts.report.markup import Html
from tests.contracts.report.outcomes import ACCEPTED, FINDINGS, OUTCOME, PASSED, UNREACHED
from tests.contracts.report.pages import Page


def page(html: Html | None) -> Page:
    assert html is not None
    return Page(html)


def test_a_finding_tells_what_is_broken_and_how_to_see_it() -> None:
    read = page(findings(replace(OUTCOME, findings=FINDINGS[1:2])))
    assert read.texts["h3"] == ["critical accounts.foreign-request:status"]
    assert FINDINGS[1].message in read.texts["p"]
    assert read.texts["li"] == [
        "error.403001 403001 PermissionDeniedError: the request belongs to another account; HTTP 403.",
        "auth.bearer Every call of the API carries 'Authorization: Bearer <token>'.",
    ]
    again = FINDINGS[1].reproduction
    assert read.texts["h4"] == ["Sent", "Answered", "Start with", "See it again"]
    assert read.texts["pre"] == [
        FINDINGS[1].sent,
        FINDINGS[1].answered,
        *(f"{text}\n" for text in (again.setup, again.curl, again.python)),
    ]
    assert read.texts["summary"] == ["The same in Python"]
    assert "found in phase accounts, operation status, seed 7" in read.texts["p"]


def test_what_is_not_there_takes_no_place() -> None:
    bare = replace(
        FINDINGS[0],
        ledger=("no-such-fact",),
        sent="",
        answered="",
        phase="",
        reproduction=replace(FINDINGS[0].reproduction, setup="", curl="", python=""),
    )
    read = page(findings(replace(OUTCOME, findings=(bare,))))
    assert "pre" not in read.texts
    assert "details" not in read.texts
    assert read.texts["li"] == ["no-such-fact not in this ledger"]


def test_the_worst_comes_first() -> None:
    read = page(findings(OUTCOME))
    assert [text.split()[0] for text in read.texts["h3"]] == ["critical", "major", "minor"]
    assert read.texts["h2"] == ["Findings 3"]


def test_what_is_long_is_cut_but_for_reproductions() -> None:
    long = "x" * (LONGEST + 1)
    finding = replace(FINDINGS[0], message=long, sent=long, reproduction=replace(FINDINGS[0].reproduction, curl=long))
    read = page(findings(replace(OUTCOME, findings=(finding,))))
    assert read.texts["pre"][0].endswith("… (1 more characters)")
    assert f"{long}\n" in read.texts["pre"]


def test_nothing_found_is_said_unless_nothing_was_looked_for() -> None:
    assert page(findings(PASSED)).texts["p"] == ["None."]
    assert findings(UNREACHED) is None


def test_the_baseline_has_its_place() -> None:
    read = page(accepted(OUTCOME))
    assert read.texts["summary"][0] == "Accepted by the baseline 1"
    assert read.texts["h3"] == [f"minor {ACCEPTED[0].finding_id}"]
    assert page(gone(OUTCOME)).texts["li"] == ["schema.list:list"]
    assert accepted(PASSED) is None
    assert gone(PASSED) is None
