from __future__ import annotations

import math
from collections import Counter

import pytest

from contracts.bench import measure, startup
from contracts.bench.measure import Plan, run
from contracts.bench.report import BYTES_A_REQUEST, FIRST_ANSWER_SECONDS, STATUS_RATIO, SUBMIT_RATIO

TINY = Plan(requests=4, rounds=2)


def test_a_tiny_run_measures_everything() -> None:
    steps: list[str] = []
    report = run(TINY, steps.append)
    assert len(steps) == TINY.steps
    assert Counter(steps) == {
        "status": 2,
        "submit": 2,
        "lifecycle": 2,
        "first answer": 2,
        "storage": TINY.many // TINY.few + 2 * 2,
        "rules": 4 * 2,
    }
    assert (report.requests, report.rounds) == (4, 2)
    assert [(speed.call, speed.aim) for speed in report.speeds] == [
        ("hello", None),
        ("status", STATUS_RATIO),
        ("submit", SUBMIT_RATIO),
        ("lifecycle", None),
    ]
    for speed in report.speeds:
        assert all(0 < figure < math.inf for figure in (speed.requests_per_second, speed.cpu_microseconds, speed.ratio))
    assert report.speeds[0].ratio == 1
    assert 0 < report.first_answer.hello_seconds < 20
    assert 0 < report.first_answer.seconds < 20
    assert report.first_answer.aim == FIRST_ANSWER_SECONDS
    assert report.memory.aim == BYTES_A_REQUEST
    assert (report.growth.few, report.growth.many) == (8, 400)
    assert [each.call for each in report.burdens] == ["status", "status", "submit", "submit"]
    assert report.growth.status_ratio > 0
    assert report.growth.submit_ratio > 0


def test_the_default_plan_stores_a_thousand_and_fifty_thousand() -> None:
    assert (Plan().few, Plan().many) == (1000, 50_000)


@pytest.mark.parametrize(("rounds", "starts"), [(1, 1), (5, 5), (50, 5)])
def test_processes_are_started_a_few_times_only(rounds: int, starts: int) -> None:
    assert Plan(rounds=rounds).starts == starts


def test_the_first_answer_is_the_median_of_starts_that_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []

    def start(name: str, seconds: list[float]) -> float:
        turns.append(name)
        return seconds.pop()

    hello, fake = [0.1, 9.0, 0.2], [0.3, 0.5, 9.0]
    monkeypatch.setattr(startup, "hello_seconds", lambda: start("hello", hello))
    monkeypatch.setattr(startup, "fake_seconds", lambda: start("fake", fake))
    found = measure._first_answer(Plan(rounds=3), lambda _: None)
    assert turns == ["hello", "fake"] * 3
    assert (found.seconds, found.hello_seconds) == (0.5, 0.2)
