from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from mock_server.core.capacity import Line
from mock_server.core.lifecycle import Failure, Held, Move, Plan, Reads, Request, Seconds, Status, Wait
from tests.mock_server.core.line_driver import LineDriver
from tests.mock_server.core.request_maker import make_request
from tests.properties.reference_line import BY_HAND

HELD = Plan(Held(), Held())
FOREVER = Plan(Seconds(0), Held())


def moments(request: Request) -> tuple[float | None, float | None, float | None]:
    return request.started_at, request.ended_at, request.cancelled_at


@pytest.mark.parametrize("slots", [None, 1])
@pytest.mark.parametrize("queue", [Seconds(0), Reads(0)])
@pytest.mark.parametrize("run", [Seconds(0), Reads(0)])
def test_a_request_that_waits_for_nothing_is_over_at_once(slots: int | None, queue: Wait, run: Wait) -> None:
    driver = LineDriver(slots, now=5.0)
    request = driver.submit(Plan(queue, run))
    assert moments(request) == (5.0, 5.0, None)
    assert driver.over == [1]


def test_waits_in_seconds_end_exactly_on_time() -> None:
    driver = LineDriver()
    request = driver.submit(Plan(Seconds(2), Seconds(4)))
    seen = []
    for _ in range(8):
        seen.append(driver.status(request))
        driver.wait(1)
    queued, running, done = Status.IN_QUEUE, Status.IN_PROGRESS, Status.COMPLETED
    assert seen == [queued, queued, running, running, running, running, done, done]
    assert moments(request) == (2.0, 6.0, None)


@pytest.mark.parametrize(("queue", "run"), [(1, 2), (0, 1), (2, 0), (0, 0), (3, 3)])
def test_so_many_reads_find_a_request_queued_and_then_running(queue: int, run: int) -> None:
    driver = LineDriver()
    request = driver.submit(Plan(Reads(queue), Reads(run)))
    found = [driver.read(request) for _ in range(queue + run + 2)]
    assert found == [Status.IN_QUEUE] * queue + [Status.IN_PROGRESS] * run + [Status.COMPLETED] * 2


def test_a_wait_in_seconds_can_follow_one_in_reads() -> None:
    driver = LineDriver()
    request = driver.submit(Plan(Reads(1), Seconds(3)))
    driver.wait(10)
    assert driver.read(request) is Status.IN_QUEUE
    driver.wait(2.5)
    assert driver.read(request) is Status.IN_PROGRESS
    driver.wait(0.5)
    assert driver.read(request) is Status.COMPLETED
    assert moments(request) == (10.0, 13.0, None)


def test_reads_made_while_no_slot_is_free_do_not_count_for_the_run() -> None:
    driver = LineDriver(slots=1)
    first = driver.submit(FOREVER)
    second = driver.submit(Plan(Reads(1), Reads(2)))
    assert [driver.read(second) for _ in range(5)] == [Status.IN_QUEUE] * 5
    driver.move(first, Move.COMPLETED)
    assert [driver.read(second) for _ in range(3)] == [Status.IN_PROGRESS, Status.IN_PROGRESS, Status.COMPLETED]


def test_a_freed_slot_goes_to_the_first_ready_request_at_the_moment_it_is_freed() -> None:
    driver = LineDriver(slots=1)
    requests = [driver.submit(Plan(Seconds(1), Seconds(10))) for _ in range(3)]
    driver.wait(100)
    driver.settle()
    assert [moments(request)[:2] for request in requests] == [(1.0, 11.0), (11.0, 21.0), (21.0, 31.0)]
    assert driver.over == [1, 2, 3]


def test_a_request_that_is_not_ready_holds_nobody_up() -> None:
    driver = LineDriver(slots=1)
    held = driver.submit(HELD)
    later = driver.submit(Plan(Seconds(0), Held()))
    assert driver.status(later) is Status.IN_PROGRESS
    assert driver.position(held) == 0


def test_a_slot_freed_at_the_moment_somebody_becomes_ready_is_his_at_once() -> None:
    driver = LineDriver(slots=1)
    driver.submit(Plan(Seconds(0), Seconds(5)))
    second = driver.submit(Plan(Seconds(5), Held()))
    driver.wait(5)
    assert driver.status(second) is Status.IN_PROGRESS
    assert second.started_at == 5.0


def test_of_those_ready_when_a_slot_is_freed_the_first_in_line_starts_even_if_ready_only_now() -> None:
    driver = LineDriver(slots=1)
    driver.submit(Plan(Seconds(0), Seconds(5)))
    second = driver.submit(Plan(Seconds(5), Held()))
    third = driver.submit(Plan(Seconds(0), Held()))
    driver.wait(5)
    assert (driver.status(second), driver.status(third)) == (Status.IN_PROGRESS, Status.IN_QUEUE)


def test_a_chain_of_zero_length_runs_passes_one_slot_on_in_no_time() -> None:
    driver = LineDriver(slots=1)
    first = driver.submit(FOREVER)
    others = [driver.submit(Plan(Seconds(0), run)) for run in (Seconds(0), Reads(0), Seconds(0))]
    driver.wait(3)
    driver.move(first, Move.COMPLETED)
    assert [moments(request) for request in others] == [(3.0, 3.0, None)] * 3


def test_only_a_queued_request_can_be_cancelled() -> None:
    driver = LineDriver()
    queued, running = driver.submit(HELD), driver.submit(FOREVER)
    done = driver.submit(Plan(Seconds(0), Seconds(0)))
    assert [driver.cancel(request) for request in (queued, running, done)] == [True, False, False]
    assert [driver.cancel(request) for request in (queued, running, done)] == [False, False, False]
    assert moments(queued) == (None, None, 0.0)
    assert driver.over == [3, 1]


def test_at_the_very_moment_a_request_starts_it_can_be_cancelled_no_more() -> None:
    driver = LineDriver()
    request = driver.submit(Plan(Seconds(2), Held()))
    driver.wait(2)
    assert not driver.cancel(request)
    assert moments(request) == (2.0, None, None)


def test_a_cancelled_request_never_starts() -> None:
    driver = LineDriver(slots=1)
    first = driver.submit(FOREVER)
    timed, ready = driver.submit(Plan(Seconds(2), Seconds(2))), driver.submit(FOREVER)
    assert driver.cancel(timed)
    assert driver.cancel(ready)
    driver.wait(1)
    driver.move(first, Move.COMPLETED)
    driver.wait(50)
    assert [driver.status(request) for request in (timed, ready)] == [Status.CANCELLED] * 2
    assert [driver.read(request) for request in (timed, ready)] == [Status.CANCELLED] * 2


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (Move.IN_PROGRESS, (Status.IN_PROGRESS, 4.0, None, None)),
        (Move.COMPLETED, (Status.COMPLETED, 4.0, 4.0, None)),
        (Move.FAILED, (Status.COMPLETED, 4.0, 4.0, BY_HAND)),
        (Move.CANCELLED, (Status.CANCELLED, None, None, None)),
    ],
)
def test_a_queued_request_is_moved_by_hand_past_waits_and_slots(
    to: Move, expected: tuple[Status, float | None, float | None, Failure | None]
) -> None:
    driver = LineDriver(slots=1)
    driver.submit(FOREVER)
    request = driver.submit(HELD)
    driver.wait(4)
    driver.move(request, to)
    assert (driver.status(request), request.started_at, request.ended_at, request.failure) == expected


@pytest.mark.parametrize("run", [Seconds(0), Reads(0), Held()])
@pytest.mark.parametrize("planned", [None, Failure(500001, "planned")])
@pytest.mark.parametrize(("to", "failure"), [(Move.FAILED, BY_HAND), (Move.COMPLETED, None)])
def test_how_a_request_ends_by_hand_does_not_depend_on_its_plan(
    run: Wait, planned: Failure | None, to: Move, failure: Failure | None
) -> None:
    driver = LineDriver()
    request = driver.submit(Plan(Held(), run, planned))
    driver.move(request, to)
    assert (driver.status(request), request.failure) == (Status.COMPLETED, failure)
    assert driver.over == [1]


def test_timers_of_a_request_moved_by_hand_do_nothing_more() -> None:
    driver = LineDriver(slots=1)
    ended = driver.submit(Plan(Seconds(0), Seconds(10)))
    started = driver.submit(Plan(Seconds(5), Seconds(10)))
    driver.wait(1)
    driver.move(ended, Move.COMPLETED)
    driver.move(started, Move.IN_PROGRESS)
    third = driver.submit(Plan(Seconds(0), Seconds(1)))
    driver.wait(100)
    driver.settle()
    assert (moments(ended), moments(started)) == ((0.0, 1.0, None), (1.0, 11.0, None))
    assert moments(third) == (11.0, 12.0, None)
    assert driver.over == [1, 2, 3]


def test_slots_taken_by_hand_are_given_back() -> None:
    driver = LineDriver(slots=1)
    requests = [driver.submit(Plan(Seconds(0), Seconds(10))) for _ in range(4)]
    for request in requests[1:3]:
        driver.move(request, Move.IN_PROGRESS)
    driver.wait(10)
    driver.settle()
    assert [request.started_at for request in requests] == [0.0, 0.0, 0.0, 10.0]


def test_entries_of_cancelled_requests_are_swept() -> None:
    driver = LineDriver(slots=1)
    driver.submit(Plan(Seconds(0), Held()))
    kept = [driver.submit(Plan(Seconds(3600), Seconds(1))) for _ in range(3)]
    most = 0
    for number in range(10, 10_010):
        driver.line.cancel(_entered(driver.line, number), driver.now)
        most = max(most, _entries(driver.line))
    assert most <= 2 * 4 + 64 + 1
    assert [driver.position(request) for request in kept] == [0, 1, 2]
    assert len(driver.line._queued._tree) <= 2 * 4 + 64 + 1


@pytest.mark.parametrize("to", [Move.COMPLETED, Move.FAILED, Move.CANCELLED])
def test_entries_of_requests_moved_by_hand_are_swept(to: Move) -> None:
    line = LineDriver().line
    plan = Plan(Seconds(3600 if to is Move.CANCELLED else 0), Seconds(3600))
    for number in range(1, 2_000):
        request = make_request(number, plan)
        line.enter(request, 0.0)
        line.move(request, to, 0.0)
        assert _entries(line) <= 64


def test_sweeping_throws_away_nothing_that_is_still_to_come() -> None:
    driver = LineDriver(slots=2)
    plans = [Plan(Seconds(0), Seconds(50)), Plan(Seconds(100), Seconds(5)), Plan(Seconds(0), Seconds(5))]
    kept = [driver.submit(plan) for plan in plans for _ in range(3)]
    for number in range(10, 310):
        driver.line.cancel(_entered(driver.line, number), driver.now)
    driver.wait(1000)
    driver.settle()
    assert Counter(driver.status(request) for request in kept) == {Status.COMPLETED: 9}
    assert [request.started_at for request in kept] == [0.0, 0.0, 50.0, 100.0, 100.0, 105.0, 50.0, 55.0, 60.0]


@pytest.mark.parametrize("gone", [200, 250, 290])
def test_sweeping_keeps_the_order_of_what_is_to_come(gone: int) -> None:
    random = Random(gone)
    driver = LineDriver(slots=1)
    running = [driver.submit(Plan(Held(), Seconds(random.randrange(1, 1_000)))) for _ in range(300)]
    driver.submit(Plan(Seconds(0), Seconds(1)))  # holds the slot
    ready = [driver.submit(Plan(Seconds(0), Seconds(1))) for _ in range(300)]
    later = [driver.submit(Plan(Seconds(random.randrange(1, 1_000)), Seconds(1))) for _ in range(300)]
    for request in running:
        driver.move(request, Move.IN_PROGRESS)
    for request in random.sample(ready, gone) + random.sample(later, gone):
        driver.cancel(request)
        assert _is_heap([due[0] for due in driver.line._readying])
        assert _is_heap([turn[0] for turn in driver.line._ready])
    for request in random.sample(running, gone):
        driver.move(request, Move.COMPLETED)
        assert _is_heap([due[0] for due in driver.line._ends])
    assert _entries(driver.line) <= 2 * (1 + 3 * (300 - gone)) + 64
    driver.over.clear()
    driver.wait(5_000)
    driver.settle()
    assert len(driver.over) == 1 + 3 * (300 - gone)
    ends = [driver.requests[number - 1].ended_at for number in driver.over]
    assert ends == sorted(ends, key=lambda moment: moment or 0.0)
    starts = [each.started_at for each in ready if each.started_at is not None]
    assert starts == sorted(starts)


def _entered(line: Line, number: int) -> Request:
    request = make_request(number, Plan(Seconds(3600), Seconds(1)))
    line.enter(request, 0.0)
    return request


def _is_heap(keys: list[float]) -> bool:
    return all(keys[(index - 1) // 2] <= key for index, key in enumerate(keys) if index)


def _entries(line: Line) -> int:
    return len(line._readying) + len(line._ready) + len(line._ends)
