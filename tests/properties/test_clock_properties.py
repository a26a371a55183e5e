"""The clock beside the plainest model of one, and its one law: it never runs backwards."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mock_server.core.clock import Clock, ClockError

# Multiples of a quarter: what floats add up without rounding, so that the model can be held to the last bit.
QUARTERS = st.integers(0, 40_000).map(lambda quarters: quarters / 4)
SPEEDS = st.sampled_from([0.25, 0.5, 1.0, 2.0, 60.0, 1e6])

CHANGES = st.sampled_from(["freeze", "resume", "advance", "speed", "look", "fork"])


class ClockMachine(RuleBasedStateMachine):
    """A clock and what it ought to show, told the same things while real time only grows."""

    @initialize(start=QUARTERS, speed=SPEEDS)
    def wind_up(self, start: float, speed: float) -> None:
        self.real = start
        self.clock = Clock(lambda: self.real, speed=speed)
        self.shown, self.speed, self.frozen = start, speed, False

    @rule(seconds=QUARTERS)
    def real_time_passes(self, seconds: float) -> None:
        self.real += seconds
        self.shown += 0.0 if self.frozen else seconds * self.speed

    @rule()
    def freeze(self) -> None:
        self.clock.freeze()
        self.frozen = True

    @rule()
    def resume(self) -> None:
        self.clock.resume()
        self.frozen = False

    @rule(seconds=QUARTERS)
    def advance(self, seconds: float) -> None:
        self.clock.advance(seconds)
        self.shown += seconds

    @rule(speed=SPEEDS)
    def set_speed(self, speed: float) -> None:
        self.clock.set_speed(speed)
        self.speed = speed

    @rule(seconds=st.sampled_from([-0.25, -1e300, float("nan"), float("inf"), 1e300]))
    def advance_as_it_cannot(self, seconds: float) -> None:
        try:
            self.clock.advance(seconds)
        except ClockError:
            return
        raise AssertionError("it took what it cannot do")

    @rule()
    def go_on_with_a_fork(self) -> None:
        self.clock = self.clock.fork()

    @invariant()
    def it_shows_what_it_ought_to(self) -> None:
        assert (self.clock.now(), self.clock.speed, self.clock.frozen) == (self.shown, self.speed, self.frozen)


TestClock = ClockMachine.TestCase
TestClock.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)


@settings(max_examples=200, deadline=None)
@given(SPEEDS, st.lists(st.tuples(st.floats(-1e4, 1e4), CHANGES, st.floats(0, 1e4), SPEEDS), max_size=20))
def test_a_clock_never_runs_backwards_whatever_its_source_does(
    speed: float, turns: list[tuple[float, str, float, float]]
) -> None:
    real = 1_700_000_000.0
    clock = Clock(lambda: real, speed=speed)
    shown = clock.now()
    for jump, change, seconds, another in turns:
        real += jump
        match change:
            case "freeze":
                clock.freeze()
            case "resume":
                clock.resume()
            case "advance":
                clock.advance(seconds)
            case "speed":
                clock.set_speed(another)
            case "fork":
                clock = clock.fork()
            case _:
                pass
        assert clock.now() >= shown
        shown = clock.now()


@settings(max_examples=100, deadline=None)
@given(st.lists(QUARTERS, max_size=8), SPEEDS)
def test_a_clock_that_is_looked_at_often_shows_the_same(gaps: list[float], speed: float) -> None:
    real = 0.0
    seldom, often = Clock(lambda: real, speed=speed), Clock(lambda: real, speed=speed)
    for gap in gaps:
        real += gap
        often.now()
        often.resume()
    assert seldom.now() == often.now() == real * speed
