"""Sleeping without waiting: ``time.sleep`` and ``asyncio.sleep`` move the clocks of fakes instead."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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
        self.moved_by_sleeps = False

    def add(self, clock: Callable[[], Time]) -> None:
        """Let sleeps move one more clock."""
        self._clocks.append(clock)
        if self.moved_by_sleeps:
            clock().freeze()

    def pass_time(self, seconds: float) -> None:
        """Advance every clock, and see to it that nothing else does. Raises `EndlessSleepError`."""
        self._sleeps += seconds > 0
        if self._sleeps > MOST_SLEEPS:
            message = f"slept {MOST_SLEEPS} times in one test: what the client waits for does not come"
            raise EndlessSleepError(f"{message} (is the pace manual, or the request forgotten?)")
        for each in self._clocks:
            clock = each()
            clock.freeze()
            clock.advance(seconds)

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
        clocks.pass_time(seconds)

    async def sleep_async(delay: float, result: Any = None) -> Any:
        if threading.current_thread().name.startswith(SERVER_THREAD):
            return await really_async(delay, result)
        clocks.pass_time(max(0.0, delay))
        return await really_async(0, result)

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
