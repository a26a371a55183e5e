"""The door to the outside."""

from __future__ import annotations

import time

import pytest

from mock_server import environment


def test_the_wall_clock_is_the_real_time() -> None:
    # Nearly: the machine's clock is steered a little all the time, and this one goes evenly from the start.
    assert environment.wall_clock() == pytest.approx(time.time(), abs=5)


def test_waiting_is_left_to_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    environment.wait(2.5)
    assert waited == [2.5]


def test_variables_are_told_by_name_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_PREFIX_B", "secret")
    monkeypatch.setenv("A_PREFIX_A", "secret")
    monkeypatch.setenv("ANOTHER_A_PREFIX_", "secret")
    assert environment.variables("A_PREFIX_") == ["A_PREFIX_A", "A_PREFIX_B"]


def test_a_fresh_seed_is_short_and_another_each_time() -> None:
    seeds = [environment.fresh_seed() for _ in range(20)]
    assert all(0 <= seed < 2**31 for seed in seeds)
    assert len(set(seeds)) > 15
