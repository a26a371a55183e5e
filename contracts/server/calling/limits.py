"""What a run may use up: calls, their pace, real time, money. Nothing is sent that goes beyond it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic, sleep

_DUST = 1e-9  # USD; what sums of binary fractions are off by
_GIVE_UP = 3  # calls without an answer, one after the other


class Ending(Exception):
    """Something that ends the run, whatever is under way."""


class Stopped(Ending):
    """The run may not go on; the text says which limit it has come to."""


class Gone(Ending):
    """The server has stopped answering; the text says how."""


class TooDear(Exception):
    """A call could cost more than is left of what may be spent; it was not made."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one run; ``None`` is none.

    ``deadline`` is in seconds from the start of the run, ``rate`` in calls a second, ``max_spend_usd`` in USD; a target
    that bills nobody has no need of the last.
    """

    deadline: float = 300.0
    max_calls: int | None = None
    rate: float | None = None
    max_spend_usd: float | None = None


@dataclass(slots=True)
class Meter:
    """Counts what a run uses up, and holds it to its limits.

    ``spent_usd`` is what was read back, ``held_usd`` what calls may yet turn out to have cost.
    """

    limits: Limits
    now: Callable[[], float] = monotonic
    wait: Callable[[float], None] = sleep
    calls: int = 0
    spent_usd: float = 0.0
    held_usd: float = 0.0
    _silent: int = 0
    _gone: str = ""
    _interrupted: bool = False
    _started: float = field(init=False)
    _recent: deque[float] = field(default_factory=deque)

    def __post_init__(self) -> None:
        """Start the clock."""
        self._started = self.now()

    @property
    def seconds(self) -> float:
        """How long the run has lasted, in real time."""
        return self.now() - self._started

    @property
    def left(self) -> float:
        """Seconds until the deadline; 0 if it is past."""
        return max(0.0, self.limits.deadline - self.seconds)

    def reason(self) -> str:
        """Say which limit does not allow one more call; an empty text if none does."""
        limits = self.limits
        if self.seconds >= limits.deadline:
            return f"the deadline of {limits.deadline:g} s has passed (--deadline)"
        if limits.max_calls is not None and self.calls >= limits.max_calls:
            return f"the {limits.max_calls} calls that are allowed are made (--max-calls)"
        if limits.max_spend_usd is not None and self.spent_usd > limits.max_spend_usd + _DUST:
            return f"{self.spent_usd:g} USD are spent, of {limits.max_spend_usd:g} allowed (--max-spend-usd)"
        return ""

    def check(self) -> None:
        """Raise `Stopped` where no more calls are allowed, and `Gone` where nobody is left to make them to.

        And ``KeyboardInterrupt`` after `interrupt`.
        """
        if self._interrupted:
            raise KeyboardInterrupt
        if self._gone:
            raise Gone(self._gone)
        reason = self.reason()
        if reason:
            raise Stopped(reason)

    def interrupt(self) -> None:
        """Allow no call from now on, but those that are owed."""
        self._interrupted = True

    def hear(self, failure: str) -> None:
        """Take note of whether a call was answered (an empty ``failure``); raises `Gone` after several that were not.

        In a row over the whole run, so that a server which hangs holds up no more than these.
        """
        self._silent = self._silent + 1 if failure else 0
        if self._silent >= _GIVE_UP:
            self._gone = f"the server {failure}; {self._silent} calls in a row have had no answer"
            raise Gone(self._gone)

    def count(self, price_usd: float = 0.0, *, follow_ups: int = 0, is_owed: bool = False) -> None:
        """Make room for one call, and count it; waits where the rate asks for that.

        ``follow_ups`` are calls that must be possible after it; a call that ``is_owed`` is one of those, and is made
        whatever the limits say, but for the rate. Raises `Stopped` where a limit is reached, `Gone`, and
        `TooDear` where ``price_usd`` could go beyond the money.
        """
        if not is_owed:
            self.check()
        most = self.limits.max_calls
        if most is not None and self.calls + follow_ups >= most:
            raise Stopped(f"a submit and its cancel go beyond the {most} calls that are allowed (--max-calls)")
        if self.limits.max_spend_usd is not None and price_usd:
            total = self.spent_usd + self.held_usd + price_usd
            if not total <= self.limits.max_spend_usd + _DUST:
                raise TooDear(f"it could bring the bill to {total:g} USD; {self.limits.max_spend_usd:g} are allowed")
        self._keep_pace(is_owed=is_owed)
        if not is_owed:
            self.check()  # it may have waited
        if self.limits.max_spend_usd is not None:
            self.held_usd += price_usd
        self.calls += 1

    def settle(self, held_usd: float, spent_usd: float) -> None:
        """Replace what a call could have cost by what it did."""
        self.held_usd = max(0.0, self.held_usd - held_usd)
        if self.held_usd < _DUST:
            self.held_usd = 0.0
        self.spent_usd += spent_usd

    def _keep_pace(self, *, is_owed: bool) -> None:
        """Let no more than ``rate`` calls go out in any second; a rate below one call a second spreads them."""
        rate = self.limits.rate
        if rate is None:
            return
        most, window = (int(rate), 1.0) if rate >= 1 else (1, 1.0 / rate)
        if len(self._recent) >= most:
            due = self._recent[0] + window
            if due - self._started >= self.limits.deadline and not is_owed:
                raise Stopped(f"the deadline of {self.limits.deadline:g} s comes before the next call may (--deadline)")
            while due > (now := self.now()):
                self.wait(due - now)
            self._recent.popleft()
        self._recent.append(self.now())
