"""Time as the fake sees it: real, scaled, frozen, or moved by hand. It never runs backwards."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Lock
from typing import Protocol

from schemas.findings import shorten

LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
FASTEST = 1e6


class ClockError(ValueError):
    """A clock was asked for what it cannot do; the text says what it can."""


class Time(Protocol):
    """What a clock can be told: one account's clock, or all of them at once."""

    def now(self) -> float:
        """Return the time in seconds since 1970."""

    def freeze(self, *, skip_waits: bool = False) -> None:
        """Stand still until `resume`; `advance` still moves, and what waits does too if ``skip_waits``."""

    def resume(self) -> None:
        """Run again after `freeze`."""

    def advance(self, seconds: float) -> None:
        """Jump ahead."""

    def set_speed(self, speed: float) -> None:
        """Run ``speed`` seconds a real second from now on."""


@dataclass(frozen=True, slots=True)
class Mark:
    """Where the clock stood when it was last changed; one value, so that readers in other threads see no mixture."""

    real: float
    virtual: float
    speed: float
    frozen: bool
    skips: bool = False


class Clock:
    """One account's clock over a source of real time. Seconds since 1970, as a float."""

    __slots__ = ("_latest", "_lock", "_mark", "_source", "_watchers", "retired")

    def __init__(self, source: Callable[[], float], *, speed: float = 1.0, mark: Mark | None = None) -> None:
        """Run at ``speed`` fake seconds a real one, from the source's own time."""
        self._source = source
        real = source()
        self._mark = mark or Mark(real, real, checked_speed(speed), frozen=False)
        self._latest = self._mark.virtual  # what was told once is not taken back, whatever the source does
        self._lock = Lock()
        self._watchers: set[Callable[[], None]] = set()
        self.retired = False

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        with self._lock:
            return self._now()

    @property
    def frozen(self) -> bool:
        """Whether only `advance` moves this clock."""
        return self._mark.frozen

    @property
    def speed(self) -> float:
        """Fake seconds a real second, while not frozen."""
        return self._mark.speed

    @property
    def skips(self) -> bool:
        """Whether those who wait advance this clock instead of waiting."""
        return self._mark.skips

    def freeze(self, *, skip_waits: bool = False) -> None:
        """Stand still until `resume`; `advance` still moves.

        With ``skip_waits`` whoever waits for this clock is to advance it instead: nobody else would.
        """
        with self._lock:
            self._set(self._now(), self.speed, frozen=True, skips=skip_waits)

    def resume(self) -> None:
        """Run again after `freeze`, from where the clock stands."""
        with self._lock:
            self._set(self._now(), self.speed, frozen=False, skips=False)

    def advance(self, seconds: float) -> None:
        """Jump ``seconds`` ahead. Raises `ClockError` if that is negative, no finite number, or past the year 9999."""
        if not 0 <= seconds < math.inf:
            raise ClockError(f"advance takes a number of seconds, from 0 to the year 9999, not {shorten(seconds)}")
        with self._lock:
            now = self._now()
            if seconds > LATEST - now:
                raise ClockError("advance would leave the calendar: the year 9999 is the last")
            self._set(now + seconds, self.speed, frozen=self.frozen, skips=self.skips)

    def set_speed(self, speed: float) -> None:
        """Run ``speed`` fake seconds a real one from now on. Raises `ClockError` unless 0 < speed <= `FASTEST`."""
        checked = checked_speed(speed)
        with self._lock:
            self._set(self._now(), checked, frozen=self.frozen, skips=self.skips)

    def watch(self, watcher: Callable[[], None]) -> None:
        """Have ``watcher`` called, from any thread, whenever the clock is set; it must not ask the clock then."""
        with self._lock:
            self._watchers.add(watcher)

    def unwatch(self, watcher: Callable[[], None]) -> None:
        """Call ``watcher`` no more."""
        with self._lock:
            self._watchers.discard(watcher)

    def retire(self) -> None:
        """Tell those who watch that nobody will set this clock any more: its account was forgotten."""
        with self._lock:
            self.retired = True
            self._tell()

    @property
    def mark(self) -> Mark:
        """Where the clock stood when it was last set; another clock over the same source goes on from there."""
        return self._mark

    def set_mark(self, mark: Mark) -> None:
        """Go on from a mark, whatever was told before."""
        with self._lock:
            self._mark, self._latest = mark, mark.virtual
            self._tell()

    def not_before(self, moment: float) -> None:
        """Never show less than ``moment`` from now on."""
        with self._lock:
            self._latest = max(self._latest, min(moment, LATEST))

    def at(self, real: float) -> float:
        """Return what the clock shows at a moment of its source."""
        mark = self._mark
        passed = 0.0 if mark.frozen else real - mark.real
        return max(mark.virtual, min(mark.virtual + passed * mark.speed, LATEST))

    def fork(self) -> Clock:
        """Return another clock that shows the same time and runs the same way, and can be set on its own."""
        with self._lock:
            self._now()
            clock = Clock(self._source, mark=self._mark)
            clock._latest = self._latest
            return clock

    def _now(self) -> float:
        mark = self._mark
        told = mark.virtual if mark.frozen else min(mark.virtual + (self._source() - mark.real) * mark.speed, LATEST)
        self._latest = max(self._latest, told)
        return self._latest

    def _set(self, virtual: float, speed: float, *, frozen: bool, skips: bool) -> None:
        self._mark = Mark(self._source(), virtual, speed, frozen, skips)
        self._tell()

    def _tell(self) -> None:
        for watcher in self._watchers:
            watcher()


class Clocks:
    """Several clocks told the same thing at once; the first one answers what the time is."""

    __slots__ = ("_clocks",)

    def __init__(self, clocks: Callable[[], Iterable[Clock]]) -> None:
        """Take what lists the clocks, asked anew each time."""
        self._clocks = clocks

    def now(self) -> float:
        """Return the first clock's time."""
        return next(iter(self._clocks())).now()

    @property
    def frozen(self) -> bool:
        """Whether the first clock is frozen."""
        return next(iter(self._clocks())).frozen

    @property
    def speed(self) -> float:
        """The first clock's speed."""
        return next(iter(self._clocks())).speed

    def freeze(self, *, skip_waits: bool = False) -> None:
        """Freeze every clock; see `Clock.freeze`."""
        for clock in self._clocks():
            clock.freeze(skip_waits=skip_waits)

    def resume(self) -> None:
        """Let every clock run again."""
        for clock in self._clocks():
            clock.resume()

    def advance(self, seconds: float) -> None:
        """Advance every clock, or none where one of them cannot; see `Clock.advance`."""
        for clock in self._clocks():
            clock.fork().advance(seconds)
        for clock in self._clocks():
            clock.advance(seconds)

    def set_speed(self, speed: float) -> None:
        """Set every clock's speed; see `Clock.set_speed`."""
        for clock in self._clocks():
            clock.set_speed(speed)

    def fork(self) -> Clocks:
        """Return forks of every clock, to try something out on."""
        forks = [clock.fork() for clock in self._clocks()]
        return Clocks(lambda: forks)


def checked_speed(speed: float) -> float:
    """Return ``speed`` if a clock can have it. Raises `ClockError`."""
    if not 0 < speed <= FASTEST:
        raise ClockError(f"speed is more than 0 and at most {FASTEST:g}, not {shorten(speed)}")
    return float(speed)
