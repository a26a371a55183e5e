"""Sleeping without waiting: ``time.sleep`` and ``asyncio.sleep`` move the clocks of fakes instead."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from heapq import heapify, heappush
from itertools import count
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.core.clock import Time

SERVER_THREAD = "runcomfy-mock "
"""How the names of threads begin that serve a fake; their sleeps are real."""


MOST_SLEEPS = 100_000
"""How often one test may sleep. A client that waits for what never comes would else never stop: no time passes."""


class EndlessSleepError(RuntimeError):
    """A test slept `MOST_SLEEPS` times."""


class Clocks:
    """The clocks that sleeps move. Each is asked for anew at every sleep: a reset may have replaced it."""

    def __init__(self) -> None:
        """Start without any; sleeps then move nothing, and do not wait either."""
        self._clocks: list[Callable[[], Time]] = []
        self._sleeps = 0
        self._passed = 0.0
        self._due: list[tuple[float, int]] = []  # when those who sleep asynchronously wake, of all that passed
        self._tickets = count()
        self._lock = threading.Lock()
        self.moved_by_sleeps = False

    def add(self, clock: Callable[[], Time]) -> None:
        """Let sleeps move one more clock."""
        self._clocks.append(clock)
        if self.moved_by_sleeps:
            clock().freeze(skip_waits=True)

    def pass_time(self, seconds: float) -> None:
        """Advance every clock, and see to it that nothing else does. Raises `EndlessSleepError`."""
        self._sleeps += seconds > 0
        if self._sleeps > MOST_SLEEPS:
            message = f"slept {MOST_SLEEPS} times in one test: what the client waits for does not come"
            raise EndlessSleepError(f"{message} (is the pace manual, or the request forgotten?)")
        for each in self._clocks:
            clock = each()
            clock.freeze(skip_waits=True)
            clock.advance(seconds)
        self._passed += seconds

    async def pass_time_async(self, seconds: float, yield_: Callable[[float], Awaitable[object]]) -> None:
        """Sleep as one of many: sleeps at the same time overlap, and the one that ends first wakes first."""
        with self._lock:
            due = (self._passed + seconds, next(self._tickets))
            heappush(self._due, due)
        try:
            await yield_(0)  # the others begin to sleep too
            while not self._is_first(due):
                await yield_(0)
            self.pass_time(max(0.0, due[0] - self._passed))
        finally:
            with self._lock:
                self._due.remove(due)
                heapify(self._due)

    def _is_first(self, due: tuple[float, int]) -> bool:
        with self._lock:
            return self._due[0] == due

    def resume(self) -> None:
        """Let every clock run by itself again."""
        for each in self._clocks:
            each().resume()


@contextmanager
def sleepless(clocks: Clocks) -> Iterator[None]:
    """Replace both sleeps while the context lasts, wherever a module holds one, under whatever name."""
    clocks.moved_by_sleeps = True
    clocks.pass_time(0)
    really, really_async = time.sleep, asyncio.sleep

    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        clocks.pass_time(float(seconds))

    async def sleep_async(delay: float, result: Any = None) -> Any:
        if threading.current_thread().name.startswith(SERVER_THREAD):
            return await really_async(delay, result)
        await clocks.pass_time_async(max(0.0, delay), really_async)
        return result

    _exchange({id(really): sleep, id(really_async): sleep_async})
    try:
        yield
    finally:
        # Once more over all modules: one that was imported meanwhile holds the replacement.
        _exchange({id(sleep): really, id(sleep_async): really_async})
        clocks.moved_by_sleeps = False
        clocks.resume()


def _exchange(replacements: dict[int, Any]) -> None:
    for module in list(sys.modules.values()):
        names = getattr(module, "__dict__", None)
        if module is sys.modules[__name__] or not isinstance(names, dict):
            continue
        for name, value in list(names.items()):
            if id(value) in replacements:
                setattr(module, name, replacements[id(value)])
