"""What was done at its own moment stays at that moment, however the restart and the real time lie to it."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from mock_server.trouble import scenario
from tests.inprocess import TOKEN
from tests.mock_server.persistence.life import EFFECTS, Life


@pytest.mark.parametrize("pace", ["instant", "manual", "polls:1,1", "time:0,3"])
@pytest.mark.parametrize("answer", EFFECTS, ids=str)
def test_what_an_effect_has_done_is_there_after_a_restart(answer: Any, pace: str, tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", pace=pace, slots=1)
    life.submit()
    life.fake.rules.add(answers=["ok", answer], then="repeat_last", match={"operation": _operations(answer)})
    for _ in range(3):
        life.submit()
        life.real += 1
        for request_id, verb in itertools.product(life.ids, ("status", "result", "cancel")):
            life.call("POST" if verb == "cancel" else "GET", f"/v1/requests/{request_id}/{verb}")
    life.real += 100
    before = life.state()
    life.restart()
    assert life.state() == before
    life.fake.close()


def _operations(answer: Any) -> list[str]:
    (rule,) = scenario.read({"answers": [answer]})
    return sorted(rule.match.operation - {"media"})


@pytest.mark.parametrize("told_by", ["list", "status"])
def test_a_clock_shows_no_less_than_it_told_though_the_real_one_went_back(told_by: str, tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", pace="time:2,4")
    life.submit()
    life.real += 10
    life.call("GET", "/v1/models" if told_by == "list" else f"/v1/requests/{life.ids[0]}/status")
    told = life.fake.journal[-1].at
    life.real -= 9
    life.restart()
    (account,) = life.fake.app.service.accounts
    assert account.clock.now() == told == 1_700_000_010
    assert [view.status for view in life.fake.requests] == ["completed"]
    life.fake.close()


@pytest.mark.parametrize("who", [TOKEN, None])
def test_a_clock_that_was_reset_is_not_held_to_what_it_told_before(who: str | None, tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", pace="time:2,4")
    life.call("POST", "/__mock__/clock", json={"advance": 1000})
    life.submit()
    if who is None:
        life.fake.reset()
    else:
        life.call("POST", "/__mock__/reset")
    life.submit()
    before = life.state()
    assert set(before["clocks"].values()) == {life.real}
    life.restart()
    assert life.state() == before
    life.fake.close()


def test_more_slots_are_there_from_the_restart_on_and_not_before(tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", pace="time:0,10", slots=1)
    for _ in range(3):
        life.submit()
    life.real += 5
    life.restart(slots=3)
    life.real += 6
    for _ in range(2):
        assert [view.status for view in life.fake.requests] == ["completed", "in_progress", "in_progress"]
        life.restart()
    life.real += 4
    assert [view.status for view in life.fake.requests] == ["completed"] * 3
    life.fake.close()


@pytest.mark.parametrize("act", ["nothing", "freeze", "advance", "set_speed"])
def test_the_clock_runs_on_that_began_anew_when_all_was_reset(act: str, tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", pace="time:2,4", speed=10)
    life.submit()
    life.fake.reset()
    life.real += 1
    clock = life.fake.clock
    if act == "freeze":
        clock.freeze()
    elif act == "advance":
        clock.advance(500)
    elif act == "set_speed":
        clock.set_speed(3)
    life.real += 1
    life.submit()
    before = life.state()
    life.restart()
    assert life.state() == before
    life.fake.close()
