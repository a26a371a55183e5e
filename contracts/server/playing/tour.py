"""What every part of a run has at hand: the target, its stage, the purse, the collector, and what to submit."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from contracts.exchange import Exchange, Who
from contracts.model import Word
from contracts.server.calling.limits import Meter, TooDear
from contracts.server.calling.session import Session, answered
from contracts.server.calling.stage import Stage
from contracts.server.calling.target import Target
from contracts.server.judging.checks import CHECKS
from contracts.server.judging.collector import Collector
from contracts.server.judging.life import Life
from contracts.server.playing.cheapest import cheapest
from schemas.model import Model

NO_MONEY = "a submit to a live target may be billed; --max-spend-usd allows it"
NO_OTHER = "it takes a second account: RUNCOMFY_OTHER_TOKEN"
_SLOWEST_POLL = 2.0
_DOUBLINGS = 40


def _nothing() -> None:
    """Nobody wants to know."""


@dataclass
class Tour:
    """One run's way through its target. ``model`` and ``payload`` are the cheapest there are, at ``price_usd``."""

    target: Target
    stage: Stage
    meter: Meter
    collector: Collector
    seed: int
    patience: float = 60.0
    wait: Callable[[float], None] = time.sleep
    progressed: Callable[[], None] = _nothing
    model: Model = field(init=False)
    payload: dict[str, Any] = field(init=False)
    price_usd: float = field(init=False)

    def __post_init__(self) -> None:
        """Look for what to submit."""
        self.model, self.payload, self.price_usd = cheapest(self.stage.catalog)

    @property
    def may_submit(self) -> bool:
        """Whether submits are allowed: they are where nobody is billed, or where there is money for one."""
        most = self.meter.limits.max_spend_usd
        return not self.stage.live or (most is not None and most > 0)

    def session(self, stage: Stage | None = None) -> Session:
        """Begin a session, on the tour's own stage unless another is given."""
        return Session(stage or self.stage, self.collector, self.meter)

    def submit(self, session: Session, who: Who = Who.FIRST, more: Mapping[str, Any] | None = None) -> Life | None:
        """Submit the cheapest payload; ``None`` where it was not accepted, or there is no money for it.

        ``more`` is what to say beside it, where nobody is billed.
        On a live target it is cancelled at once, and what it cost is read back.
        """
        price = self.price_usd if session.stage.live else 0.0
        try:
            submitted = session.submit(self.model, {**self.payload, **(more or {})}, who, price)
        except TooDear as error:
            self.collector.skip(f"no money for a submit: {error}", *OF_REQUESTS)
            return None
        if session.stage.live:
            _cancel(session, submitted)
        text = f"the cheapest valid payload is refused: {_told(submitted)}"
        is_accepted = submitted.answer is not None and submitted.answer.status == 200  # noqa: PLR2004
        if submitted.answer is not None and submitted.answer.status != 429:  # noqa: PLR2004
            session.hold("submit.accepts", submitted, text, ok=is_accepted, case="cheapest")
        life = session.lives.of(submitted) if is_accepted else None
        if session.stage.live:
            self._settle(session, submitted, life, price)
        return life

    def _settle(self, session: Session, submitted: Exchange, life: Life | None, price: float) -> None:
        """Replace the price by what it did cost. It stays held where that cannot be known, or may yet grow."""
        if life is None:
            if submitted.answer is not None and 400 <= submitted.answer.status < 500:  # noqa: PLR2004
                self.meter.settle(price, 0.0)
            return
        if not self.until_over(session, life):
            return
        told = answered(session.result(life.request_id, life.who, cost=True), 200).get("cost")
        if isinstance(told, (int, float)) and 0 <= told < math.inf:
            self.meter.settle(price, told)
        elif life.word is Word.CANCELLED:
            self.meter.settle(price, 0.0)

    def until_over(self, session: Session, life: Life, by_hand: str = "completed") -> bool:
        """Poll a request to its end, moving the server's clock if it can be moved; tell whether it came.

        Where requests wait until somebody moves them, it is moved ``by_hand``.
        """
        promises = session.stage.promises
        if promises is not None and promises.by_hand:
            session.move(life.request_id, by_hand, life.who)
        due = min(self.patience, self.meter.left)
        pause, step = 0.05, 1.0
        for _ in range(_DOUBLINGS if session.has_control else 1_000_000):
            session.status(life.request_id, life.who)
            if life.is_over:
                return True
            if session.has_control:
                session.advance(step)
                step *= 2
                continue
            if due <= 0:
                return False
            self.wait(pause)
            due -= pause
            pause = min(pause * 1.5, _SLOWEST_POLL)
        return False


def _cancel(session: Session, submitted: Exchange) -> None:
    """Cancel at once what is billed otherwise, whatever else is wrong with the answer that names it."""
    request_id = answered(submitted).get("request_id")
    if not isinstance(request_id, str):
        return
    path_of_it = quote(request_id, safe="")
    try:
        session.cancel(path_of_it, submitted.call.who, is_owed=True)
    except KeyboardInterrupt:
        session.cancel(path_of_it, submitted.call.who, is_owed=True)
        raise


_AREAS = frozenset({"submit", "urls", "lifecycle", "queue-position", "cancel", "result", "ownership"})
OF_REQUESTS = tuple(name for name in CHECKS if name.partition(".")[0] in _AREAS)
"""The checks that are held against nothing where nothing is submitted."""


def _told(exchange: Exchange) -> str:
    answer = exchange.answer
    return exchange.failure if answer is None else f"{answer.status} {answer.body[:300].decode('utf-8', 'replace')}"
