"""Two servers measured side by side, in rounds that take turns, so that a drifting machine slows both alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from contracts.bench.process import ServerProcess

_TICK = time.get_clock_info("process_time").resolution
_WARM_UP = 10  # one part in so many of a round comes first, and is not counted


@dataclass(frozen=True, slots=True)
class Work:
    """Something to have a server do over and over: ``do`` makes that many ``calls``."""

    server: ServerProcess
    do: Callable[[], object]
    calls: int = 1


@dataclass(frozen=True, slots=True)
class Cost:
    """What one call costs: seconds until it is answered, and seconds of the server's CPU (never none at all)."""

    seconds: float
    cpu_seconds: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Rounds of two works, the yardstick's beside the other's."""

    yardstick: Sequence[Cost]
    work: Sequence[Cost]

    @property
    def ratio(self) -> float:
        """How many times the yardstick's CPU a call costs: the median of the rounds' ratios."""
        pairs = zip(self.yardstick, self.work, strict=True)
        return median(other.cpu_seconds / own.cpu_seconds for own, other in pairs)


def compare(yardstick: Work, work: Work, calls: int, rounds: int, step: Callable[[], None]) -> Comparison:
    """Have each do about ``calls`` calls a round, the yardstick first; ``step`` is called after each round."""
    for each in (yardstick, work):
        _measure(each, max(1, calls // _WARM_UP))
    costs: list[tuple[Cost, Cost]] = []
    for _ in range(rounds):
        costs.append((_measure(yardstick, calls), _measure(work, calls)))
        step()
    own, other = zip(*costs, strict=True)
    return Comparison(own, other)


def _measure(work: Work, calls: int) -> Cost:
    times = max(1, calls // work.calls)
    do = work.do
    cpu_before = work.server.usage().cpu_seconds
    begun = time.perf_counter()
    for _ in range(times):
        do()
    seconds = time.perf_counter() - begun
    cpu_seconds = max(_TICK, work.server.usage().cpu_seconds - cpu_before)
    return Cost(seconds / (times * work.calls), cpu_seconds / (times * work.calls))
