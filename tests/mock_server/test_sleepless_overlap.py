"""Sleeps of one event loop overlap as real ones do: what takes a time is the longest, not the sum."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from heapq import heappop, heappush

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import sleepless
from mock_server.core.clock import Clock

Story = list[tuple[float, int, int]]  # when, which task, its how manieth sleep is over


def play(naps: Sequence[Sequence[float]]) -> tuple[Story, float]:
    """Let a task sleep for each list of naps; return who woke when, and how much time passed."""
    clock = Clock(lambda: 0.0)
    clocks = sleepless.Clocks()
    clocks.add(lambda: clock)
    story: Story = []

    async def task(number: int) -> None:
        for turn, nap in enumerate(naps[number]):
            await asyncio.sleep(nap)
            story.append((clock.now(), number, turn))

    async def everybody() -> None:
        await asyncio.gather(*(task(number) for number in range(len(naps))))

    with sleepless.sleepless(clocks):
        asyncio.run(everybody())
    return story, clock.now()


def reference(naps: Sequence[Sequence[float]]) -> Story:
    """Tell the same by simulation: whoever is due first wakes first, and of several the one that slept first."""
    story: Story = []
    due: list[tuple[float, int, int, int]] = []
    tickets = iter(range(10_000))
    for number, each in enumerate(naps):
        if each:
            heappush(due, (each[0], next(tickets), number, 0))
    while due:
        now, _, number, turn = heappop(due)
        story.append((now, number, turn))
        if turn + 1 < len(naps[number]):
            heappush(due, (now + naps[number][turn + 1], next(tickets), number, turn + 1))
    return story


def test_three_that_sleep_at_once_take_as_long_as_the_longest() -> None:
    story, passed = play([[1], [2], [3]])
    assert [number for _, number, _ in story] == [0, 1, 2]
    assert passed == 3


def test_a_poll_beside_a_long_sleep_is_made_many_times() -> None:
    story, passed = play([[60], [5] * 10])
    assert [number for _, number, _ in story] == [1] * 10 + [0]
    assert passed == 60


@settings(deadline=None)
@given(st.lists(st.lists(st.sampled_from([0.5, 1, 2, 3]), max_size=5), max_size=4))
def test_sleepers_wake_as_a_simulation_says(naps: list[list[float]]) -> None:
    expected = reference(naps)
    story, passed = play(naps)
    assert [(when, number) for when, number, _ in story] == [(when, number) for when, number, _ in expected]
    assert passed == max((when for when, _, _ in expected), default=0)


def test_a_sleeper_that_is_cancelled_holds_nobody_up() -> None:
    clock = Clock(lambda: 0.0)
    clocks = sleepless.Clocks()
    clocks.add(lambda: clock)

    async def main() -> None:
        first = asyncio.ensure_future(asyncio.sleep(1))
        second = asyncio.ensure_future(asyncio.sleep(2))
        await asyncio.sleep(0)
        first.cancel()
        await second
        with pytest.raises(asyncio.CancelledError):
            await first

    with sleepless.sleepless(clocks):
        asyncio.run(main())
    assert clock.now() == 2
