from __future__ import annotations

import dataclasses

import pytest

from mock_server.core.lifecycle import MOVES, Failure, Held, Move, Outcome, Plan, Reads, Seconds, Status, status_at
from tests.mock_server.core.request_maker import make_request

NOW = 100.0


@pytest.mark.parametrize(
    ("started", "ended", "cancelled", "expected"),
    [
        (None, None, None, Status.IN_QUEUE),
        (NOW + 0.001, None, None, Status.IN_QUEUE),
        (NOW, None, None, Status.IN_PROGRESS),
        (NOW - 5, NOW + 0.001, None, Status.IN_PROGRESS),
        (NOW - 5, NOW, None, Status.COMPLETED),
        (NOW, NOW, None, Status.COMPLETED),
        (None, None, NOW + 0.001, Status.IN_QUEUE),
        (None, None, NOW, Status.CANCELLED),
    ],
)
def test_a_moment_counts_from_the_very_time_it_comes(
    started: float | None, ended: float | None, cancelled: float | None, expected: Status
) -> None:
    request = make_request(submitted_at=0.0)
    request.started_at, request.ended_at, request.cancelled_at = started, ended, cancelled
    assert status_at(request, NOW) is expected


def test_a_request_is_over_when_it_ended_or_was_cancelled() -> None:
    request = make_request()
    assert request.over_at is None
    request.started_at = request.ended_at = 0.0
    assert request.over_at == 0.0
    cancelled = make_request()
    cancelled.cancelled_at = 0.0
    assert cancelled.over_at == 0.0


def test_only_completed_and_cancelled_are_over_and_nothing_moves_from_there() -> None:
    assert {status for status in Status if status.over} == {Status.COMPLETED, Status.CANCELLED}
    assert MOVES.keys() == set(Status)
    assert all(status.over == (not MOVES[status]) for status in Status)


def test_a_running_request_can_only_end() -> None:
    assert MOVES[Status.IN_PROGRESS] == (Move.COMPLETED, Move.FAILED)
    assert set(MOVES[Status.IN_QUEUE]) == set(Move)


def test_the_words_are_those_of_the_wire() -> None:
    assert list(Status) == ["in_queue", "in_progress", "completed", "cancelled"]
    assert list(Outcome) == ["cancelled", "not_cancellable"]
    assert list(Move) == ["in_progress", "completed", "failed", "cancelled"]


@pytest.mark.parametrize("value", [Seconds(1.0), Reads(1), Held(), Failure(1, "x"), Plan(Held(), Held())])
def test_a_plan_and_its_parts_cannot_be_changed(value: Seconds | Reads | Held | Failure | Plan) -> None:
    for field in dataclasses.fields(value):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(value, field.name, None)
    assert value == dataclasses.replace(value)
    assert hash(value) == hash(dataclasses.replace(value))


def test_waits_of_different_kinds_are_never_equal() -> None:
    assert len({Seconds(0), Reads(0), Held()}) == 3


def test_requests_are_told_apart_by_identity() -> None:
    assert make_request() != make_request()


@pytest.mark.parametrize(
    "why",
    [(10**9, "x"), (-(10**9), "x"), (2**70, "x"), (500001, "half a character: \ud800")],
    ids=lambda why: str(why[0]),
)
def test_a_failure_that_could_not_be_told_is_refused(why: tuple[int, str]) -> None:
    with pytest.raises(ValueError, match="error_"):
        Failure(*why)
    assert Failure(999_999_999, "\U0001f600 ✓").error_message == "\U0001f600 ✓"
