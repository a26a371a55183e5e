from __future__ import annotations

import statistics

from mock_server.core.draws import Draws


def test_a_draw_is_the_same_whenever_it_is_asked_for_and_another_for_all_else() -> None:
    draws = [Draws(7, ("a", 1)), Draws(7, ("a", 2)), Draws(7, ("b", 1)), Draws(8, ("a", 1))]
    assert draws[0].uniform("x") == Draws(7, ("a", 1)).uniform("x")
    assert len({each.uniform(name) for each in draws for name in ("x", "y")}) == 8
    assert len({each.data("x", 70) for each in draws}) == 4


def test_data_has_its_size_and_does_not_repeat() -> None:
    draws = Draws(1, ())
    assert [len(draws.data("x", size)) for size in (0, 1, 63, 64, 65, 1000)] == [0, 1, 63, 64, 65, 1000]
    data = draws.data("x", 256)
    assert len({data[start : start + 64] for start in range(0, 256, 64)}) == 4


def test_numbers_are_spread_as_they_should_be() -> None:
    uniform = [Draws(1, (number,)).uniform("x") for number in range(4000)]
    assert 0 <= min(uniform) < 0.01
    assert 0.99 < max(uniform) < 1
    assert abs(statistics.mean(uniform) - 0.5) < 0.02
    normal = [Draws(1, (number,)).normal("x") for number in range(4000)]
    assert abs(statistics.mean(normal)) < 0.05
    assert abs(statistics.stdev(normal) - 1) < 0.05
