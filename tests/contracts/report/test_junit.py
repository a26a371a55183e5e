from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, fromstring

from hypothesis import given

from contracts.outcome import Outcome, Verdict
from contracts.report.junit import MESSAGE, Junit, render
from tests.contracts.report.outcomes import CHECKS, FINDINGS, OUTCOME, PASSED, UNREACHED, events, finding, outcomes

COUNTS = ("tests", "failures", "errors", "skipped")
# What the schema of Jenkins allows: attributes that must be there, that may be, and children.
ALLOWED = {
    "testsuites": (set(), {"name", "time", *COUNTS}, ["testsuite"]),
    "testsuite": ({"name", *COUNTS}, {"time", "timestamp"}, ["properties", "testcase"]),
    "properties": (set(), set(), ["property"]),
    "property": ({"name", "value"}, set(), []),
    "testcase": ({"name"}, {"classname", "time"}, ["skipped", "failure"]),
    "skipped": (set(), {"message"}, []),
    "failure": (set(), {"message", "type"}, []),
}


def parsed(outcome: Outcome, moment: datetime | None = None) -> Element:
    """Parse a report, and hold it against the rules that every reader relies on."""
    root = fromstring(render(outcome, moment).encode("utf-8"))
    for each in root.iter():
        required, optional, children = ALLOWED[each.tag]
        assert required <= set(each.attrib) <= required | optional, each.attrib
        tags = [child.tag for child in each]
        assert tags == sorted(tags, key=children.index)
    (suite,) = root
    cases = suite.findall("testcase")
    failed = [case for case in cases if case.find("failure") is not None]
    skipped = [case for case in cases if case.find("skipped") is not None]
    assert not [case for case in failed if case in skipped]
    assert all(len(case.findall("skipped")) == 1 for case in skipped)
    for element in (root, suite):
        counted = [int(element.attrib[name]) for name in COUNTS]
        assert counted == [len(cases), len(failed), 0, len(skipped)]
        assert float(element.attrib["time"]) >= 0
    return suite


@given(outcomes)
def test_any_outcome_is_well_formed(outcome: Outcome) -> None:
    suite = parsed(outcome)
    failures = [failure for case in suite for failure in case.findall("failure")]
    by_finding = [failure for failure in failures if failure.text]
    assert len(by_finding) == len(outcome.findings)
    assert abs(float(suite.attrib["time"]) - outcome.seconds) <= 0.001
    shown = [text for each in suite.iter() for text in (each.text or "", *each.attrib.values())]
    assert not [text for text in shown if re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ufffe\uffff]", text)]


@given(outcomes)
def test_a_check_that_did_not_pass_is_never_told_to_have_passed(outcome: Outcome) -> None:
    suite = parsed(outcome)
    bare = [case for case in suite.findall("testcase") if not len(case)]
    innocent = [
        check
        for check in outcome.checks
        if check.outcome is Verdict.PASS
        and check.check_id not in {each.check for each in [*outcome.findings, *outcome.accepted]}
    ]
    assert len(bare) == len(innocent)


def test_a_run_reads_as_it_was() -> None:
    suite = parsed(OUTCOME, datetime(2026, 11, 24, 14, 0, 1, 5, tzinfo=UTC))
    assert suite.attrib == {
        "name": "runcomfy-mock check",
        "tests": "12",
        "failures": "3",
        "errors": "0",
        "skipped": "4",
        "time": "45.030",
        "timestamp": "2026-11-24T14:00:01+00:00",
    }
    properties = {each.attrib["name"]: each.attrib["value"] for each in suite.iter("property")}
    assert properties["seed"] == "7"
    assert (properties["target"], properties["depth"]) == ("http://127.0.0.1:8787", "quick")
    assert properties["observed.auth_status"] == "400"
    cases = {case.attrib["name"]: case for case in suite.findall("testcase")}
    assert list(cases) == [check.check_id for check in CHECKS]
    failure = cases["accounts.foreign-request"].find("failure")
    assert failure is not None
    assert failure.attrib == {"type": "critical", "message": FINDINGS[1].message}
    assert cases["accounts.foreign-request"].attrib["classname"] == "accounts"
    text = failure.text or ""
    for part in (FINDINGS[1].reproduction.curl, FINDINGS[1].reproduction.python, FINDINGS[1].reproduction.setup):
        assert f"\n{part}\n" in text
    skipped = [each.attrib["message"] for each in suite.iter("skipped")]
    assert skipped == [
        "the target has no control plane",
        "accepted by the baseline: queue.position:status",
        "the target has no control plane",
        "the budget of 0.50 USD was spent before it",
    ]


def test_a_reader_of_the_first_failure_alone_knows_that_there_are_more() -> None:
    second = finding("cancel.outcome:cancel:queued", FINDINGS[2].severity, "m" * 2 * MESSAGE)
    suite = parsed(replace(OUTCOME, findings=(FINDINGS[2], second)))
    messages = [each.attrib["message"] for each in suite.iter("failure") if each.text]
    assert messages[0] == f"[1 of 2] {FINDINGS[2].message}"
    assert messages[1].startswith("[2 of 2] mmm")
    assert messages[1].endswith("… (1,000 more characters)")


def test_a_pass_has_nothing_to_tell_and_what_was_not_reached_is_skipped() -> None:
    assert parsed(PASSED).attrib["failures"] == parsed(PASSED).attrib["skipped"] == "0"
    assert parsed(UNREACHED).attrib["skipped"] == parsed(UNREACHED).attrib["tests"] == "12"


def test_a_finding_of_a_check_that_is_not_listed_is_not_lost() -> None:
    suite = parsed(replace(OUTCOME, checks=()))
    assert suite.attrib["failures"] == suite.attrib["tests"] == "3"


def test_the_file_is_there_at_the_end_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "junit.xml"
    report = Junit(path)
    *before, last = events(OUTCOME)
    for event in before:
        report(event)
    assert not path.exists()
    report(last)
    report.close()
    assert path.read_text("utf-8") == render(OUTCOME)
    assert list(tmp_path.iterdir()) == [path]
