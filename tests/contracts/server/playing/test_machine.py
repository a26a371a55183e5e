from dataclasses import replace

import pytest

from contracts.exchange import Answer
from contracts.server.calling.stage import Stage
from contracts.server.playing.exploring import Effort, explore_lives
from contracts.server.playing.tour import Tour
from tests.contracts.server.answering import tour_of, tour_of_fake
from tests.contracts.server.scripted import ID, accepted, cancelled, result, status


def stages(tour: Tour) -> dict[str, Stage]:
    made = tour.target.staged
    polled = made("--pace", "polls:1,1")
    assert polled is not None
    return {
        "timed": tour.stage,
        "two at once": made("--pace", "time:2,4", "--slots", "2") or tour.stage,
        "no queue": made("--pace", "time:0,3") or tour.stage,
        "at once": made("--pace", "time:0,0") or tour.stage,
        "polled": polled,
        "no control plane": replace(polled, promises=None),
        "one account": replace(polled, promises=None, tokens=replace(polled.tokens, second=None)),
    }


@pytest.mark.parametrize("name", stages(tour_of_fake()))
def test_the_fake_keeps_to_the_timetable_at_any_pace(name: str) -> None:
    tour = tour_of_fake()
    stage = stages(tour)[name]
    explore_lives(tour, Effort(40, steps=25), [stage])
    assert list(tour.collector.broken) == []
    assert tour.collector.times["lifecycle.transitions"] > 0
    assert (tour.collector.times["lifecycle.timetable"] > 0) is (stage.pace is not None)
    assert (tour.collector.times["ownership.refused"] > 0) is (stage.tokens.second is not None)


def test_several_stages_are_played_on() -> None:
    tour = tour_of_fake()
    explore_lives(tour, Effort(30), list(stages(tour).values()))
    assert list(tour.collector.broken) == []


def test_a_mistake_in_a_life_is_told_by_the_fewest_calls() -> None:
    """A server that forgets its cancels."""

    def forgetful(method: str, path: str, body: bytes | None) -> Answer:
        if path.startswith("/v1/models"):
            return accepted()
        if path.endswith("/cancel"):
            return cancelled("cancelled", "cancelled")
        return status("in_queue", 1) if path.endswith("/status") else result("in_queue")

    tour = tour_of(forgetful)
    tour.stage = replace(tour.stage, tokens=replace(tour.stage.tokens, second=None))
    explore_lives(tour, Effort(200), [tour.stage])
    trace = tour.collector.broken["cancel.holds:status:cancelled"].trace
    assert [each.call.operation for each in trace] == ["submit", "cancel", "status"]
    assert trace[0].answer is not None
    assert trace[0].answer.get("request_id") == ID
