"""What a run gathers: how often each promise was held against something, and where it was broken."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from contracts.exchange import Exchange
from contracts.server.calling.limits import Ending
from contracts.server.judging.checks import CHECKS


@dataclass(frozen=True, slots=True)
class Scene:
    """Where something happened: the server's address, and the command that starts such a server (or nothing)."""

    base_url: str
    setup: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """One promise that was broken: the last exchange of ``trace`` gave it away, those before lead there.

    ``case`` tells apart what one check can find in several forms.
    """

    check: str
    operation: str
    message: str
    trace: tuple[Exchange, ...]
    scene: Scene
    case: str = ""
    ledger: tuple[str, ...] = ()

    @property
    def finding_id(self) -> str:
        """The stable id."""
        return ":".join(filter(None, (self.check, self.operation, self.case)))

    @property
    def size(self) -> tuple[int, int, bytes]:
        """How much there is to read: calls, then bytes of their bodies, and of as many bytes the plainest."""
        bodies = [each.call.body or b"" for each in self.trace]
        length = sum(map(len, bodies)) + sum(len(each.call.path) for each in self.trace)
        return len(self.trace), length, b"".join(bodies)


class Enough(Ending):
    """One finding is all that was asked for."""


@dataclass(slots=True)
class Collector:
    """Keeps the smallest trace of each finding, and counts.

    ``only_first`` ends the run with `Enough` at the first finding. ``reasons`` say why a check was held against
    nothing; ``observed`` which value of a ledger's setting was seen.
    """

    only_first: bool = False
    times: Counter[str] = field(default_factory=Counter)
    held: set[tuple[str, str]] = field(default_factory=set)
    broken: dict[str, Broken] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    observed: dict[str, str] = field(default_factory=dict)
    on_new: Callable[[Broken], None] | None = None

    def hold(self, check: str, operation: str) -> None:
        """Count that a promise was held against an answer to an operation."""
        self.times[check] += 1
        self.held.add((check, operation))

    def take(self, broken: Broken) -> bool:
        """Keep what is broken; tell whether it is new. Raises `Enough`."""
        assert broken.check in CHECKS or broken.check.startswith("schemathesis."), broken.check
        known = self.broken.get(broken.finding_id)
        if known is None or broken.size < known.size:
            self.broken[broken.finding_id] = broken
        if known is None:
            if self.on_new is not None:
                self.on_new(broken)
            if self.only_first:
                raise Enough
        return known is None

    def skip(self, reason: str, *checks: str) -> None:
        """Say why checks may be held against nothing; the first reason stands."""
        for check in checks:
            self.reasons.setdefault(check, reason)

    def since(self, known: frozenset[str]) -> Iterator[Broken]:
        """Return what was found beside what was known."""
        return (broken for finding_id, broken in self.broken.items() if finding_id not in known)
