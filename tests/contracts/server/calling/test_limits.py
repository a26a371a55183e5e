from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.server.calling.limits import Limits, Meter, Stopped, TooDear


class Clock:
    """A clock that goes on only while somebody waits."""

    def __init__(self) -> None:
        self.at = 1000.0
        self.waited: list[float] = []

    def now(self) -> float:
        return self.at

    def wait(self, seconds: float) -> None:
        assert seconds > 0
        self.waited.append(seconds)
        self.at += seconds

    def meter(self, limits: Limits) -> Meter:
        return Meter(limits, self.now, self.wait)


prices = st.floats(0, 2) | st.sampled_from([0.1, 0.2, 0.3, 1e-7, 4e-7, 0.336])


@given(
    rate=st.floats(0.05, 50) | st.integers(1, 9).map(float),
    pauses=st.lists(st.floats(0, 1.5) | st.just(0.0), max_size=80),
)
def test_no_second_has_more_calls_than_the_rate(rate: float, pauses: list[float]) -> None:
    clock = Clock()
    meter = clock.meter(Limits(deadline=1e6, rate=rate))
    made = []
    for pause in pauses:
        clock.at += pause
        meter.count()
        made.append(clock.at)
    window = max(1.0, 1 / rate)
    for index, start in enumerate(made):
        within = [at for at in made[index:] if at < start + window - 1e-9]
        assert len(within) <= max(1, rate)
    assert meter.calls == len(pauses)


def test_a_rate_makes_no_call_wait_longer_than_it_must() -> None:
    clock = Clock()
    meter = clock.meter(Limits(rate=2))
    made = []
    for _ in range(6):
        meter.count()
        made.append(clock.at - 1000)
    assert made == [0, 0, 1, 1, 2, 2]


def test_a_rate_below_one_spreads_calls() -> None:
    clock = Clock()
    meter = clock.meter(Limits(rate=0.5))
    made = []
    for _ in range(3):
        meter.count()
        made.append(clock.at)
    assert [later - earlier for earlier, later in pairwise(made)] == [2, 2]


def test_without_a_rate_nobody_waits() -> None:
    clock = Clock()
    meter = clock.meter(Limits())
    for _ in range(1000):
        meter.count()
    assert clock.waited == []


def test_a_wait_beyond_the_deadline_is_not_begun() -> None:
    clock = Clock()
    meter = clock.meter(Limits(deadline=5, rate=0.1, max_spend_usd=1))
    meter.count(0.25)
    with pytest.raises(Stopped, match="--deadline"):
        meter.count(0.25)
    assert (clock.waited, meter.calls, meter.held_usd) == ([], 1, 0.25)


def test_a_wait_that_comes_to_the_deadline_ends_in_no_call() -> None:
    clock = Clock()
    meter = Meter(Limits(deadline=5, rate=1, max_spend_usd=1), clock.now, lambda _: clock.wait(60))  # a machine asleep
    meter.count(0.25)
    with pytest.raises(Stopped, match="--deadline"):
        meter.count(0.25)
    assert (meter.calls, meter.held_usd) == (1, 0.25)


# -- money


@given(
    most=st.floats(0.01, 5),
    steps=st.lists(st.tuples(prices, st.none() | st.floats(0, 1)), max_size=60),
)
def test_what_is_held_and_spent_never_goes_beyond_what_is_allowed(
    most: float, steps: list[tuple[float, float | None]]
) -> None:
    meter = Clock().meter(Limits(max_spend_usd=most))
    spent, held = 0.0, 0.0
    for price, share in steps:
        try:
            meter.count(price)
        except TooDear:
            assert spent + held + price > most
            continue
        if share is None:
            held += price
        else:
            meter.settle(price, price * share)
            spent += price * share
        assert meter.held_usd + meter.spent_usd == pytest.approx(spent + held, abs=1e-9)
        assert spent + held <= most + 1e-8
        assert meter.reason() == ""


def test_a_sum_of_tenths_is_not_refused_for_its_dust() -> None:
    meter = Clock().meter(Limits(max_spend_usd=0.3))
    for _ in range(3):
        meter.count(0.1)
    with pytest.raises(TooDear, match=r"0\.4 USD; 0\.3 are allowed"):
        meter.count(0.1)
    assert meter.calls == 3
    for _ in range(3):
        meter.settle(0.1, 0.1)
    assert (meter.held_usd, meter.reason()) == (0.0, "")


def test_small_prices_add_up() -> None:
    meter = Clock().meter(Limits(max_spend_usd=1e-6))
    meter.count(4e-7)
    meter.count(4e-7)
    with pytest.raises(TooDear):
        meter.count(4e-7)


@pytest.mark.parametrize("price", [float("inf"), float("nan"), 0.51])
def test_what_could_cost_anything_is_too_dear(price: float) -> None:
    meter = Clock().meter(Limits(max_spend_usd=0.5))
    with pytest.raises(TooDear):
        meter.count(price)
    assert (meter.calls, meter.held_usd) == (0, 0.0)


def test_what_costs_nothing_is_never_too_dear() -> None:
    meter = Clock().meter(Limits(max_spend_usd=0.5))
    meter.count(0.5)
    meter.count()
    assert meter.calls == 2


def test_a_server_that_bills_more_than_its_price_ends_the_run() -> None:
    meter = Clock().meter(Limits(max_spend_usd=0.5))
    meter.count(0.25)
    meter.settle(0.25, 7.0)
    with pytest.raises(Stopped, match=r"7 USD are spent, of 0\.5 allowed \(--max-spend-usd\)"):
        meter.count()


# -- time and calls


def test_no_call_after_the_last_that_is_allowed() -> None:
    meter = Clock().meter(Limits(max_calls=2))
    meter.count()
    meter.count()
    with pytest.raises(Stopped, match="--max-calls"):
        meter.count()
    with pytest.raises(Stopped, match="--max-calls"):
        meter.check()
    assert meter.calls == 2


def test_no_call_after_the_deadline() -> None:
    clock = Clock()
    meter = clock.meter(Limits(deadline=10))
    clock.at += 9.5
    meter.count()
    assert (meter.seconds, meter.left) == (9.5, 0.5)
    clock.at += 0.5
    with pytest.raises(Stopped, match="deadline of 10 s has passed"):
        meter.count()
    assert meter.left == 0
    clock.at += 100
    assert meter.left == 0
