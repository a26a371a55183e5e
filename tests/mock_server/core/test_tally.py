from __future__ import annotations

from dataclasses import replace

import pytest

from mock_server.core import tally
from mock_server.core.tally import BOUNDS, OTHER, Tally
from tests.mock_server.core.entry_maker import make_entry


def test_calls_are_counted_by_outcome_error_rule_and_time() -> None:
    counted = Tally()
    entry = make_entry()
    counted.add(entry)
    counted.add(replace(entry, took=0.0005))
    counted.add(replace(entry, took=1000.0, http_status=503, error_code=503001, rule="r", effects=("delay", "status")))
    counted.add(replace(entry, operation="status", rule="r"))
    assert counted.total == 4
    assert counted.calls == {("submit", 200): 2, ("submit", 503): 1, ("status", 200): 1}
    assert counted.errors == {503001: 1}
    assert counted.fired == {("r", "delay"): 1, ("r", "status"): 1, ("r", ""): 1}
    assert counted.spreads["submit"].buckets == [2, *[0] * (len(BOUNDS) - 1), 1]
    assert counted.spreads["submit"].seconds == pytest.approx(1000.0005)


def test_a_clock_that_was_set_back_takes_no_seconds_away() -> None:
    counted = Tally()
    counted.add(replace(make_entry(), took=-5.0))
    assert (counted.spreads["submit"].seconds, counted.spreads["submit"].buckets[0]) == (0.0, 1)


def test_past_the_bound_new_kinds_are_counted_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_KINDS", 2)
    counted = Tally()
    for number in (1, 2, 3, 4, 1):
        counted.add(replace(make_entry(), http_status=number, error_code=number, rule=f"rule-{number}"))
    assert counted.calls == {("submit", 1): 2, ("submit", 2): 1, ("submit", OTHER): 2}
    assert counted.errors == {1: 2, 2: 1, OTHER: 2}
    assert counted.fired == {("rule-1", ""): 2, ("rule-2", ""): 1, (OTHER, OTHER): 2}


def test_a_copy_counts_on_by_itself() -> None:
    counted = Tally()
    counted.add(make_entry())
    copy = counted.copy()
    copy.add(make_entry())
    assert (counted.total, copy.total) == (1, 2)
    assert (counted.calls, copy.calls) == ({("submit", 200): 1}, {("submit", 200): 2})
    assert (counted.spreads["submit"].buckets[0], copy.spreads["submit"].buckets[0]) == (1, 2)
