"""What every part of a run has at hand: the target, its stage, the purse, the collector, and what to submit."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from contracts.exchange import Exchange, Who
from contracts.server.cheapest import cheapest
from contracts.server.collector import Collector
from contracts.server.life import Life
from contracts.server.limits import Meter, TooDear
from contracts.server.session import Session, answered
from contracts.server.stage import Stage
from contracts.server.target import Target
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
            self.collector.skip(f"no money for a submit: {error}", *_OF_SUBMITS)
            return None
        text = f"the cheapest valid payload is refused: {_told(submitted)}"
        is_accepted = submitted.answer is not None and submitted.answer.status == 200  # noqa: PLR2004
        if submitted.answer is not None and submitted.answer.status != 429:  # noqa: PLR2004
            session.hold("submit.accepts", submitted, text, ok=is_accepted, case="cheapest")
        life = session.lives.of(submitted) if is_accepted else None
        if session.stage.live:
            # Only what was refused has surely cost nothing: a call without an answer may have been taken.
            is_refused = submitted.answer is not None and 400 <= submitted.answer.status < 500  # noqa: PLR2004
            self._settle(session, life, price, unknown=0.0 if is_refused else price)
        return life

    def _settle(self, session: Session, life: Life | None, price: float, unknown: float) -> None:
        """Cancel what may be billed, and replace its price by what it did cost; where nobody says, by the price.

        Without a life there is nothing to ask about: it has cost ``unknown``.
        """
        if life is None:
            self.meter.settle(price, unknown)
            return
        session.cancel(life.request_id, life.who)
        self.until_over(session, life)
        told = answered(session.result(life.request_id, life.who, cost=True), 200).get("cost")
        is_told = isinstance(told, (int, float)) and 0 <= told < math.inf
        spent = told if is_told else 0.0 if life.cancelled == "cancelled" else price
        self.meter.settle(price, spent)

    def until_over(self, session: Session, life: Life) -> bool:
        """Poll a request to its end, moving the server's clock if it can be moved; tell whether it came."""
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


_OF_SUBMITS = ("submit.accepts", "submit.new-id", "cancel.queued")


def _told(exchange: Exchange) -> str:
    answer = exchange.answer
    return exchange.failure if answer is None else f"{answer.status} {answer.body[:300].decode('utf-8', 'replace')}"
