"""Trouble in a request's life, which is decided at its submit, or by what becomes of it at a later call."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar

from mock_server.core.lifecycle import MOST_CODE, Failure, Held, Outcome, Seconds, Status
from mock_server.core.orders import Orders
from mock_server.core.pacing import LONGEST
from mock_server.trouble.call import OF_REQUEST, Call, Operation
from mock_server.trouble.domains import Choice, Number, Text, Whole
from mock_server.trouble.effects.base import Effect, Layer, Scene, parameter
from mock_server.trouble.effects.documents import changed
from mock_server.trouble.parts import Reply

_SUBMIT = frozenset({Operation.SUBMIT})


@dataclass(frozen=True, slots=True)
class Fail(Effect):
    """The generation fails in the end. Ledger: ``result.failed``, ``result.error``."""

    NAME: ClassVar[str] = "fail"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = _SUBMIT

    error_code: int = parameter(500001, Whole(0, MOST_CODE), "the code that the result tells")
    error_message: str = parameter("the generation failed", Text(10_000), "the text that the result tells")
    form: str | None = parameter(None, Choice(("object", "string")), "how it tells them; as the ledger has it")

    def orders(self, orders: Orders) -> Orders:
        """Plan the failure."""
        return replace(orders, failure=Failure(self.error_code, self.error_message, self.form))


@dataclass(frozen=True, slots=True)
class Stuck(Effect):
    """The request stays in a status, until it is moved by hand."""

    NAME: ClassVar[str] = "stuck"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = _SUBMIT

    in_: str = parameter("in_progress", Choice(("in_queue", "in_progress")), "where it stays")

    def orders(self, orders: Orders) -> Orders:
        """Hold the request there."""
        return replace(orders, queue=Held()) if self.in_ == "in_queue" else replace(orders, run=Held())


@dataclass(frozen=True, slots=True)
class Slow(Effect):
    """The generation takes very long."""

    NAME: ClassVar[str] = "slow"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = _SUBMIT

    seconds: float = parameter(86400.0, Number(0, LONGEST), "how long it runs, on the account's clock")

    def orders(self, orders: Orders) -> Orders:
        """Let it run so long."""
        return replace(orders, run=Seconds(self.seconds))


@dataclass(frozen=True, slots=True)
class LongId(Effect):
    """The request's id is as long as ids may be, 128 characters. Ledger: ``request-id.opaque``."""

    NAME: ClassVar[str] = "long_id"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = _SUBMIT

    def orders(self, orders: Orders) -> Orders:
        """Name it so."""
        return replace(orders, id_form="longest")


@dataclass(frozen=True, slots=True)
class Forget(Effect):
    """The request is forgotten: unknown after its submit, or from this call on; it is billed as ever."""

    NAME: ClassVar[str] = "forget"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = _SUBMIT | OF_REQUEST

    def orders(self, orders: Orders) -> Orders:
        """Forget it."""
        return replace(orders, forget=True)


@dataclass(frozen=True, slots=True)
class Expire(Effect):
    """The result has expired: it and its files are unknown from this call on, and the status still says completed."""

    NAME: ClassVar[str] = "expire"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = OF_REQUEST

    def applies(self, call: Call) -> bool:
        """Tell whether the request is completed."""
        return call.state() is Status.COMPLETED

    def orders(self, orders: Orders) -> Orders:
        """Take the result away."""
        return replace(orders, expire=True)


@dataclass(frozen=True, slots=True)
class CancelRace(Effect):
    """The cancel is told the opposite of what happens: accepted, but it completes; or refused, but it is cancelled."""

    NAME: ClassVar[str] = "cancel_race"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = frozenset({Operation.CANCEL})

    told: str = parameter("cancelled", Choice(("cancelled", "not_cancellable")), "the outcome that the cancel is told")

    def applies(self, call: Call) -> bool:
        """Tell whether the opposite can be told: only a queued request can be cancelled at all."""
        told_of = {"cancelled": (Status.IN_QUEUE, Status.IN_PROGRESS), "not_cancellable": (Status.IN_QUEUE,)}
        return call.state() in told_of[self.told]

    def orders(self, orders: Orders) -> Orders:
        """Have the opposite done."""
        return replace(orders, told=Outcome(self.told))

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Let the status in the answer go with what it is told."""
        status = Status.CANCELLED if self.told == "cancelled" else Status.IN_PROGRESS
        return changed(reply, lambda document: document | {"status": status})
