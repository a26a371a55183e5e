from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.bench.compare import Comparison, Cost, Work, compare
from tests.contracts.bench.costs import Priced

prices = st.floats(1e-6, 1e3)


def costs(*cpu_seconds: float) -> list[Cost]:
    return [Cost(1.0, cpu) for cpu in cpu_seconds]


def nothing() -> None:
    return


@given(prices, prices, st.integers(1, 30), st.integers(1, 5))
def test_the_ratio_is_that_of_the_costs_of_one_call(own: float, other: float, calls: int, rounds: int) -> None:
    yardstick, server = Priced(own), Priced(other)
    found = compare(Work(yardstick, yardstick.work), Work(server, server.work), calls, rounds, nothing)
    assert found.ratio == pytest.approx(other / own, rel=1e-3)
    assert [cost.cpu_seconds for cost in found.work] == pytest.approx([other] * rounds, rel=1e-3)


@given(st.lists(prices, min_size=1, max_size=9), prices)
def test_a_machine_that_drifts_from_round_to_round_leaves_the_ratio_alone(drift: list[float], ratio: float) -> None:
    found = Comparison(costs(*drift), costs(*(slowness * ratio for slowness in drift)))
    assert found.ratio == pytest.approx(ratio)


def test_one_disturbed_round_does_not_show() -> None:
    assert Comparison(costs(1, 1, 1), costs(2, 500, 2)).ratio == 2


def test_the_two_take_turns_and_the_yardstick_begins() -> None:
    log: list[str] = []
    yardstick, work = (Work(Priced(), partial(log.append, name)) for name in "yw")
    compare(yardstick, work, 2, 3, partial(log.append, "."))
    assert "".join(log) == "yw" + "yyww." * 3


def test_a_round_counts_calls_not_deeds() -> None:
    yardstick, server = Priced(), Priced(price=8.0)
    found = compare(Work(yardstick, yardstick.work), Work(server, server.work, calls=4), 20, 1, nothing)
    assert found.ratio == 2
    assert server.worked < yardstick.worked


def test_even_a_tiny_round_does_everything_once() -> None:
    server = Priced()
    compare(Work(server, server.work), Work(server, server.work, calls=4), 1, 1, nothing)
    assert server.worked == 4  # each of the two once to warm up, once in the round


def test_cpu_too_little_for_the_clock_is_not_nothing() -> None:
    idle = Priced(price=0.0)
    found = compare(Work(idle, idle.work), Work(idle, idle.work), 1, 1, nothing)
    assert found.ratio == 1
