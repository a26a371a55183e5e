"""What a number of calls amounts to: counts by outcome, by error, by rule, and how long they took. Bounded."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import TypeVar

from mock_server.core.entry import Entry

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0)
"""Where the buckets of `Spread` end, in real seconds; one more takes what is longer."""

MOST_KINDS = 1000
"""How many kinds of one count are told apart; what comes later is counted as `OTHER`."""

OTHER = "other"

_Kind = TypeVar("_Kind", bound=Hashable)


@dataclass(slots=True, eq=False)
class Spread:
    """How long calls took: how many fell in each bucket, not those below it, and all their seconds together."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    seconds: float = 0.0


@dataclass(slots=True, eq=False)
class Tally:
    """Counts of calls, each entry added once.

    ``calls`` by operation and HTTP status, ``errors`` by error code, ``fired`` by rule and effect (``""`` for a rule
    that has none), ``spreads`` by operation. A kind may be `OTHER`, once there are `MOST_KINDS`.
    """

    total: int = 0
    calls: dict[tuple[str, int | str], int] = field(default_factory=dict)
    errors: dict[int | str, int] = field(default_factory=dict)
    fired: dict[tuple[str, str], int] = field(default_factory=dict)
    spreads: dict[str, Spread] = field(default_factory=dict)

    def add(self, entry: Entry) -> None:
        """Count one call."""
        self.total += 1
        operation = entry.operation
        _count(self.calls, (operation, entry.http_status), (operation, OTHER))
        if entry.error_code is not None:
            _count(self.errors, entry.error_code, OTHER)
        if entry.rule is not None:
            for effect in entry.effects or ("",):
                _count(self.fired, (entry.rule, effect), (OTHER, OTHER))
        spread = self.spreads.get(operation)
        if spread is None:
            spread = self.spreads[operation] = Spread()
        spread.buckets[bisect_left(BOUNDS, entry.took)] += 1
        spread.seconds += max(0.0, entry.took)

    def copy(self) -> Tally:
        """Return another that counts on by itself."""
        spreads = {name: Spread(list(each.buckets), each.seconds) for name, each in self.spreads.items()}
        return Tally(self.total, dict(self.calls), dict(self.errors), dict(self.fired), spreads)


def _count(counts: dict[_Kind, int], kind: _Kind, other: _Kind) -> None:
    found = counts.get(kind)
    if found is None:
        if len(counts) >= MOST_KINDS:
            kind = other
        found = counts.get(kind, 0)
    counts[kind] = found + 1
