from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread

import pytest

from mock_server.core.clock import FASTEST, LATEST, Clock, ClockError, Clocks

NOT_FINITE = [float("nan"), float("inf"), float("-inf")]


class Source:
    """Real time, moved by the test; ``on_look`` is called whenever a clock looks at it."""

    def __init__(self, now: float = 1_000.0) -> None:
        self.now = now
        self.on_look: Callable[[], None] = lambda: None

    def __call__(self) -> float:
        self.on_look()
        return self.now


def test_a_clock_shows_its_source() -> None:
    source = Source()
    clock = Clock(source)
    source.now += 2.5
    assert (clock.now(), clock.frozen, clock.speed) == (1_002.5, False, 1.0)


def test_a_clock_runs_at_its_speed_from_where_it_began() -> None:
    source = Source()
    clock = Clock(source, speed=60)
    source.now += 2
    assert clock.now() == 1_120.0
    clock.set_speed(0.5)
    source.now += 10
    assert (clock.now(), clock.speed) == (1_125.0, 0.5)


def test_a_frozen_clock_moves_by_hand_alone() -> None:
    source = Source()
    clock = Clock(source)
    clock.freeze()
    source.now += 100
    assert (clock.now(), clock.frozen) == (1_000.0, True)
    clock.advance(7)
    source.now += 100
    assert (clock.now(), clock.frozen) == (1_007.0, True)


def test_resuming_goes_on_from_where_the_clock_stood() -> None:
    source = Source()
    clock = Clock(source, speed=2)
    clock.freeze()
    source.now += 100
    clock.resume()
    assert (clock.now(), clock.frozen, clock.speed) == (1_000.0, False, 2.0)
    source.now += 3
    assert clock.now() == 1_006.0


def test_speed_set_while_frozen_counts_from_the_resume() -> None:
    source = Source()
    clock = Clock(source)
    clock.freeze()
    clock.set_speed(10)
    source.now += 5
    assert (clock.now(), clock.frozen) == (1_000.0, True)
    clock.resume()
    source.now += 5
    assert clock.now() == 1_050.0


@pytest.mark.parametrize("seconds", [-1e-9, -5, *NOT_FINITE])
def test_a_clock_never_advances_backwards_or_by_no_number(seconds: float) -> None:
    clock = Clock(Source())
    with pytest.raises(ClockError, match="advance"):
        clock.advance(seconds)
    assert clock.now() == 1_000.0


@pytest.mark.parametrize("speed", [0, -1, FASTEST * 1.001, 1e300, *NOT_FINITE])
def test_a_speed_that_a_clock_cannot_run_at_is_refused(speed: float) -> None:
    clock = Clock(Source(), speed=3)
    with pytest.raises(ClockError, match=r"more than 0 and at most 1e\+06"):
        clock.set_speed(speed)
    assert clock.speed == 3.0
    with pytest.raises(ClockError):
        Clock(Source(), speed=speed)


@pytest.mark.parametrize("speed", [1e-9, 1, FASTEST])
def test_a_speed_at_the_bounds_is_taken(speed: float) -> None:
    assert Clock(Source(), speed=speed).speed == speed


def test_numbers_too_large_for_a_float_are_refused_as_any_other() -> None:
    clock = Clock(Source())
    with pytest.raises(ClockError):
        clock.advance(10**400)
    with pytest.raises(ClockError):
        clock.set_speed(10**400)


def test_a_clock_goes_to_the_end_of_the_calendar_and_no_further() -> None:
    clock = Clock(Source())
    clock.freeze()
    clock.advance(LATEST - 1_000.0)
    assert clock.now() == LATEST
    with pytest.raises(ClockError, match="9999"):
        clock.advance(1.0)
    with pytest.raises(ClockError):
        clock.advance(1e300)
    assert clock.now() == LATEST


def test_a_clock_that_runs_fast_stays_in_the_calendar_too() -> None:
    source = Source()
    clock = Clock(source)
    clock.advance(LATEST - 1_000.0)
    clock.set_speed(FASTEST)
    source.now += 365 * 86_400
    assert datetime.fromtimestamp(clock.now(), UTC).year == 9999


@pytest.mark.parametrize("back", [1.0, 50.0, 5_000.0])
def test_a_source_that_jumps_back_does_not_take_the_clock_with_it(back: float) -> None:
    source = Source()
    clock = Clock(source)
    source.now += 50
    shown = clock.now()
    source.now -= back
    assert clock.now() >= shown
    clock.freeze()
    assert clock.now() >= shown


@pytest.mark.parametrize(
    "change",
    [Clock.freeze, Clock.resume, lambda clock: clock.set_speed(2.0), lambda clock: clock.advance(0)],
    ids=["freeze", "resume", "speed", "advance"],
)
def test_what_another_thread_saw_while_a_clock_was_changed_is_not_taken_back(change: Callable[[Clock], None]) -> None:
    source = Source()
    clock = Clock(source, speed=1_000)
    seen: list[float] = []
    readers: list[Thread] = []

    def time_passes_and_another_thread_looks() -> None:
        source.on_look = lambda: None
        source.now += 1
        reader = Thread(target=lambda: seen.append(clock.now()))
        reader.start()
        readers.append(reader)
        reader.join(0.1)  # it may have to wait until the change is done
        source.on_look = time_passes_and_another_thread_looks if len(readers) < 2 else lambda: None

    source.on_look = time_passes_and_another_thread_looks
    change(clock)
    for reader in readers:
        reader.join()
    assert len(seen) == len(readers) > 0
    assert clock.now() >= max(seen)


@pytest.mark.parametrize("frozen", [True, False])
def test_two_threads_that_advance_a_clock_at_once_both_do(frozen: bool) -> None:  # noqa: FBT001
    source = Source()
    clock = Clock(source)
    if frozen:
        clock.freeze()
    other = Thread(target=clock.advance, args=(10,))

    def another_thread_advances_meanwhile() -> None:
        source.on_look = lambda: None
        other.start()
        other.join(0.1)  # it may have to wait for its turn

    source.on_look = another_thread_advances_meanwhile
    clock.advance(5)
    other.join()
    assert clock.now() == 1_015.0


def test_a_fork_shows_the_same_and_is_set_on_its_own() -> None:
    source = Source()
    clock = Clock(source, speed=3)
    source.now += 10
    fork = clock.fork()
    source.now += 1
    assert (fork.now(), fork.speed, fork.frozen) == (clock.now(), 3.0, False) == (1_033.0, 3.0, False)
    fork.freeze()
    fork.advance(100)
    source.now += 1
    assert (fork.now(), clock.now(), clock.frozen) == (1_133.0, 1_036.0, False)
    assert fork.fork().frozen


def test_clocks_are_told_all_at_once_and_the_first_answers() -> None:
    source = Source()
    first, second = Clock(source), Clock(source, speed=5)
    second.advance(100)
    clocks = Clocks(lambda: [first, second])
    clocks.freeze()
    clocks.advance(10)
    clocks.set_speed(4)
    assert [(each.now(), each.frozen, each.speed) for each in (first, second)] == [
        (1_010.0, True, 4.0),
        (1_110.0, True, 4.0),
    ]
    assert (clocks.now(), clocks.frozen, clocks.speed) == (1_010.0, True, 4.0)
    clocks.resume()
    source.now += 1
    assert [first.now(), second.now()] == [1_014.0, 1_114.0]


def test_clocks_are_asked_for_anew_each_time() -> None:
    source = Source()
    each = [Clock(source)]
    clocks = Clocks(lambda: each)
    each.append(Clock(source))
    clocks.freeze()
    assert [clock.frozen for clock in each] == [True, True]


def test_clocks_of_which_one_cannot_advance_do_not_advance_at_all() -> None:
    source = Source()
    near, far = Clock(source), Clock(source)
    far.advance(LATEST - 1_005.0)
    clocks = Clocks(lambda: [near, far])
    with pytest.raises(ClockError):
        clocks.advance(10)
    assert (near.now(), far.now()) == (1_000.0, LATEST - 5.0)


def test_forked_clocks_leave_the_clocks_alone() -> None:
    source = Source()
    each = [Clock(source), Clock(source)]
    forks = Clocks(lambda: each).fork()
    forks.advance(10)
    forks.freeze()
    assert forks.now() == 1_010.0
    assert [(clock.now(), clock.frozen) for clock in each] == [(1_000.0, False)] * 2
