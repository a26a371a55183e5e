"""What was spent: a line for each request, and the sum. A failed or cancelled request costs nothing in the end."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mock_server.core.lifecycle import Request, Status


class ChargeState(StrEnum):
    """What became of the price of a request."""

    RESERVED = "reserved"
    CHARGED = "charged"
    REFUNDED = "refunded"


@dataclass(frozen=True, slots=True)
class Charge:
    """The line of one request: its price in USD, reserved at its submit, then charged or refunded."""

    request_id: str
    model_id: str
    usd: float
    state: ChargeState


@dataclass(frozen=True, slots=True)
class Spend:
    """What was spent: ``usd`` in all, in USD, what is reserved included, and a line for each request.

    Of requests that are not known any more there are the latest thousand, first and as they were then.
    """

    usd: float
    charges: tuple[Charge, ...]


def charge(request: Request, status: Status) -> Charge:
    """Return the line of a request that has ``status``."""
    if not status.over:
        state = ChargeState.RESERVED
    elif status is Status.CANCELLED or request.failure is not None:
        state = ChargeState.REFUNDED
    else:
        state = ChargeState.CHARGED
    return Charge(request.request_id, request.model_id, request.cost_usd, state)
