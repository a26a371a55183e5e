"""Time as the fake sees it: real, scaled, frozen, or moved by hand. It never runs backwards."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

LATEST = datetime(9999, 1, 1, tzinfo=UTC).timestamp()
FASTEST = 1e6


class ClockError(ValueError):
    """A clock was asked for what it cannot do; the text says what it can."""


class Time(Protocol):
    """What a clock can be told: one account's clock, or all of them at once."""

    def now(self) -> float:
        """Return the time in seconds since 1970."""

    def freeze(self) -> None:
        """Stand still until `resume`; `advance` still moves."""

    def resume(self) -> None:
        """Run again after `freeze`."""

    def advance(self, seconds: float) -> None:
        """Jump ahead."""

    def set_speed(self, speed: float) -> None:
        """Run ``speed`` seconds a real second from now on."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """Where the clock stood when it was last changed; one value, so that readers in other threads see no mixture."""

    real: float
    virtual: float
    speed: float
    frozen: bool


class Clock:
    """One account's clock over a source of real time. Seconds since 1970, as a float."""

    __slots__ = ("_mark", "_source")

    def __init__(self, source: Callable[[], float], *, speed: float = 1.0, mark: _Mark | None = None) -> None:
        """Run at ``speed`` fake seconds a real one, from the source's own time."""
        self._source = source
        real = source()
        self._mark = mark or _Mark(real, real, _checked_speed(speed), frozen=False)

    def now(self) -> float:
        """Return the time in seconds since 1970."""
        mark = self._mark
        if mark.frozen:
            return mark.virtual
        passed = self._source() - mark.real
        return mark.virtual + passed * mark.speed if passed > 0 else mark.virtual

    @property
    def frozen(self) -> bool:
        """Whether only `advance` moves this clock."""
        return self._mark.frozen

    @property
    def speed(self) -> float:
        """Fake seconds a real second, while not frozen."""
        return self._mark.speed

    def freeze(self) -> None:
        """Stand still until `resume`; `advance` still moves."""
        self._set(self.now(), self.speed, frozen=True)

    def resume(self) -> None:
        """Run again after `freeze`, from where the clock stands."""
        self._set(self.now(), self.speed, frozen=False)

    def advance(self, seconds: float) -> None:
        """Jump ``seconds`` ahead. Raises `ClockError` if that is negative, no finite number, or past the year 9999."""
        if not math.isfinite(seconds) or seconds < 0:
            raise ClockError(f"advance takes a finite number of seconds, 0 or more, not {seconds}")
        target = self.now() + seconds
        if target > LATEST:
            raise ClockError("advance would leave the calendar: the year 9999 is the last")
        self._set(target, self.speed, frozen=self.frozen)

    def set_speed(self, speed: float) -> None:
        """Run ``speed`` fake seconds a real one from now on. Raises `ClockError` unless 0 < speed <= `FASTEST`."""
        self._set(self.now(), _checked_speed(speed), frozen=self.frozen)

    def fork(self) -> Clock:
        """Return another clock that shows the same time and runs the same way, and can be set on its own."""
        return Clock(self._source, mark=self._mark)

    def _set(self, virtual: float, speed: float, *, frozen: bool) -> None:
        self._mark = _Mark(self._source(), virtual, speed, frozen)


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

    def freeze(self) -> None:
        """Freeze every clock."""
        for clock in self._clocks():
            clock.freeze()

    def resume(self) -> None:
        """Let every clock run again."""
        for clock in self._clocks():
            clock.resume()

    def advance(self, seconds: float) -> None:
        """Advance every clock; see `Clock.advance`."""
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


def _checked_speed(speed: float) -> float:
    if not math.isfinite(speed) or not 0 < speed <= FASTEST:
        raise ClockError(f"speed is more than 0 and at most {FASTEST:g}, not {speed}")
    return float(speed)
