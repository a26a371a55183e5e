from __future__ import annotations

from dataclasses import replace

from contracts.report.html_tables import checks, observed, phases, unchecked
from contracts.report.markup import Html
from tests.contracts.report.outcomes import OUTCOME, PASSED, PHASES
from tests.contracts.report.pages import Page


def page(html: Html | None) -> Page:
    assert html is not None
    return Page(html)


def test_phases_have_bars_of_their_time() -> None:
    read = page(phases(OUTCOME))
    assert [bar["width"] for bar in read.of("rect")] == ["40.0%", "2.6%", "100.0%", "0.0%"]
    assert [text for text in read.texts["td"] if text][:6] == ["12.4", "1,840", "0", "0.8", "96", "1"]
    assert read.texts["small"] == ["stopped: the deadline of 45 seconds passed before it began"]


def test_phases_that_took_no_time_have_no_bars() -> None:
    read = page(phases(replace(OUTCOME, phases=PHASES[3:])))
    assert [bar["width"] for bar in read.of("rect")] == ["0.0%"]


def test_an_area_is_open_if_something_in_it_failed() -> None:
    read = page(checks(OUTCOME))
    opened = {
        text.split()[0]: "open" in each for text, each in zip(read.texts["summary"], read.of("details"), strict=True)
    }
    assert opened == {
        "accounts": True,
        "cancel": True,
        "money": False,
        "queue": True,
        "result": True,
        "schema": False,
    }
    assert read.texts["summary"][0] == "accounts 1 failed 1 passed"
    assert read.texts["summary"][3] == "queue 1 failed 1 not checked"


def test_a_check_tells_its_state_in_words_too() -> None:
    read = page(checks(OUTCOME))
    assert len(read.texts["li"]) == 12
    assert [each["aria-label"] for each in read.of("span") if "role" in each][:3] == ["fail", "pass", "fail"]
    assert (
        "✗accounts.foreign-request a request is told to its own account alone critical, 231 times" in read.texts["li"]
    )
    assert "?queue.order first in, first out minorthe target has no control plane" in read.texts["li"]


def test_what_was_not_checked_is_told_by_reason() -> None:
    read = page(unchecked(OUTCOME))
    assert read.texts["li"] == [
        "2 the target has no control planemoney.double queue.order",
        "1 the budget of 0.50 USD was spent before itschema.negative",
    ]


def test_variants_are_told_with_what_they_mean() -> None:
    read = page(observed(replace(OUTCOME, observed={"auth_status": "400", "nonsense": "x", "bad_query": "eaten"})))
    rows = [read.texts["td"][index : index + 3] for index in (0, 3, 6)]
    assert rows[0][0] == "400"
    assert rows[0][2] == "401"
    assert rows[1] == ["eaten", "no variant of the ledger", "refused"]
    assert rows[2] == ["x", "no switch of the ledger", ""]
    assert read.texts["th"][4].startswith("auth_status")
    assert {"class": "other"} in read.of("td")


def test_what_is_empty_takes_no_place() -> None:
    empty = replace(PASSED, checks=(), phases=(), observed={})
    assert [section(empty) for section in (phases, checks, unchecked, observed)] == [None] * 4
