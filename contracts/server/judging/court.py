"""Where answers are judged: promises are held against them, and what is broken is taken down with what led there."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence

from contracts.exchange import CONTROL, Exchange
from contracts.server.calling.limits import Ending
from contracts.server.calling.stage import Stage
from contracts.server.judging.collector import Broken, Collector
from contracts.server.judging.life import Lives, request_id_of

_LONGEST_TRACE = 40
_BEGINNING = 10


class Surprise(Exception):
    """Something was found; raised where a generator is to shrink what led there, in a class for each finding."""

    finding_id = ""


@functools.cache
def _surprise(finding_id: str) -> type[Surprise]:
    """Make the class of a finding, once: Hypothesis takes two failures for the same only if they are of one class."""
    return type(ascii(finding_id), (Surprise,), {"finding_id": finding_id})


class Leaving(BaseException):
    """An ``ending`` on its way through Hypothesis, which would play again whatever raises an ordinary exception."""

    def __init__(self, ending: Ending) -> None:
        """Carry it."""
        super().__init__(str(ending))
        self.ending = ending


class Court:
    """Holds the answers of one stage to the contract.

    After `surprise_at` the first finding that is not known raises a `Surprise`, so that Hypothesis shrinks it.
    """

    def __init__(self, stage: Stage, collector: Collector) -> None:
        """Begin with a clean record."""
        self.stage = stage
        self.collector = collector
        self.lives = Lives()
        self.trace: list[Exchange] = []
        self._known: frozenset[str] | None = None

    def hold(
        self,
        check: str,
        exchange: Exchange,
        message: str | Callable[[], str] = "",
        *,
        ok: bool,
        case: str = "",
        trace: Sequence[Exchange] | None = None,
        ledger: tuple[str, ...] = (),
    ) -> bool:
        """Hold the promise ``check`` against an exchange; ``message`` says how it is broken if it is not ``ok``.

        ``trace`` are the calls that lead there; by default those of the same request.
        """
        self.collector.hold(check, exchange.call.operation)
        if ok:
            return True
        text = message if isinstance(message, str) else message()
        leading = self._leading(exchange) if trace is None else trace
        broken = Broken(check, exchange.call.operation, text, _shortened(leading), self.stage.scene, case, ledger)
        try:
            self.collector.take(broken)
        except Ending as ending:
            raise self.leave(ending) from None
        # A call that is not answered costs its timeout: to make it small, by making it again, would take for ever.
        if self._known is not None and broken.finding_id not in self._known and check != "answer.arrives":
            raise _surprise(broken.finding_id)(text)
        return False

    def observe(self, fact: str, setting: str, value: str, exchange: Exchange) -> None:
        """Take note of the variant of a fact that an answer shows; hold it to what was promised, or seen before.

        Ledger: the fact.
        """
        if self.stage.promises is not None:
            promised = self.stage.promises.variants.value(setting)
            text = f"{setting} is {promised}, says the server of itself, and here it is {value}"
            self.hold("ledger.promised", exchange, text, ok=value == promised, case=fact, ledger=(fact,))
            self.collector.observed.setdefault(setting, value)
            self.collector.hold("ledger.steady", exchange.call.operation)  # whoever keeps such a promise is
            return
        seen = self.collector.observed.setdefault(setting, value)
        text = f"{setting} was {seen} before, and here it is {value}"
        self.hold("ledger.steady", exchange, text, ok=value == seen, case=fact, ledger=(fact,))

    def _leading(self, exchange: Exchange) -> list[Exchange]:
        """Return the calls of the request that an exchange is about, and what moved time meanwhile."""
        life = self.lives.of(exchange)
        if life is None:
            return [exchange]
        return [
            each
            for each in self.trace
            if each is exchange
            or each is life.submitted
            or each.call.operation == CONTROL
            or request_id_of(each) == life.request_id
        ]

    def whole(self) -> list[Exchange]:
        """Return all calls up to now, for what depends on them all."""
        return list(self.trace)

    def surprise_at(self, known: frozenset[str]) -> None:
        """Raise a `Surprise` at whatever is found from now on that ``known`` does not name.

        What ends the run is raised as a `Leaving` from now on.
        """
        self._known = known

    def leave(self, ending: Ending) -> Ending | Leaving:
        """Return what to raise for an end of the run."""
        return ending if self._known is None else Leaving(ending)


def _shortened(trace: Sequence[Exchange]) -> tuple[Exchange, ...]:
    """Leave out the earliest reads of a long trace, then what is in its middle: it begins as it began, and ends so."""
    spare = len(trace) - _LONGEST_TRACE
    kept = []
    for each in trace:
        if spare > 0 and each.call.method == "GET" and each is not trace[-1]:
            spare -= 1
        else:
            kept.append(each)
    if len(kept) > _LONGEST_TRACE:
        kept = [*kept[:_BEGINNING], *kept[_BEGINNING - _LONGEST_TRACE :]]
    return tuple(kept)
