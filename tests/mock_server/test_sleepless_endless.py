"""A client that waits for what never comes: no time passes, so nothing else would stop it."""

from __future__ import annotations

import asyncio
import time

import pytest

from mock_server import sleepless
from mock_server.core.clock import Clock
from mock_server.sleepless import Clocks, EndlessSleepError


@pytest.fixture(name="clock")
def fixture_clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    monkeypatch.setattr(sleepless, "MOST_SLEEPS", 50)
    return Clock(lambda: 0.0)


def watching(clock: Clock) -> Clocks:
    clocks = Clocks()
    clocks.add(lambda: clock)
    return clocks


def test_a_client_that_sleeps_for_ever_is_stopped(clock: Clock) -> None:
    with sleepless.sleepless(watching(clock)):
        for _ in range(50):
            time.sleep(5)
        with pytest.raises(EndlessSleepError, match=r"50 times.*pace manual"):
            time.sleep(5)
    assert clock.now() == 250


def test_so_is_one_that_does_so_asynchronously_and_a_sleep_of_nothing_is_none(clock: Clock) -> None:
    async def wait() -> None:
        for _ in range(200):
            await asyncio.sleep(0)
        for _ in range(50):
            await asyncio.sleep(5)
        with pytest.raises(EndlessSleepError):
            await asyncio.sleep(5)

    with sleepless.sleepless(watching(clock)):
        asyncio.run(wait())
    assert clock.now() == 250


def test_each_test_has_its_own_count(clock: Clock) -> None:
    for _ in range(3):
        with sleepless.sleepless(watching(clock)):
            for _ in range(50):
                time.sleep(1)
    assert clock.now() == 150
