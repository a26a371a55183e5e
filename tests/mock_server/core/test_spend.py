from __future__ import annotations

import pytest

from mock_server.core.lifecycle import Failure, Status
from mock_server.core.spend import ChargeState, charge
from tests.mock_server.core.request_maker import make_request


@pytest.mark.parametrize(
    ("status", "failure", "state"),
    [
        (Status.IN_QUEUE, None, ChargeState.RESERVED),
        (Status.IN_PROGRESS, Failure(1, "x"), ChargeState.RESERVED),
        (Status.COMPLETED, None, ChargeState.CHARGED),
        (Status.COMPLETED, Failure(1, "x"), ChargeState.REFUNDED),
        (Status.CANCELLED, None, ChargeState.REFUNDED),
    ],
)
def test_a_price_is_reserved_then_charged_or_refunded(
    status: Status, failure: Failure | None, state: ChargeState
) -> None:
    request = make_request()
    request.failure = failure
    line = charge(request, status)
    assert (line.request_id, line.usd, line.state) == (request.request_id, request.cost_usd, state)
