"""Requests for tests, with what the test does not care about filled in."""

from __future__ import annotations

from mock_server.core.lifecycle import Plan, Request, Seconds

AT_ONCE = Plan(Seconds(0), Seconds(0))


def make_request(
    number: int = 1,
    plan: Plan = AT_ONCE,
    *,
    submitted_at: float = 0.0,
    account: str = "an-account",
    payload: bytes = b"{}",
    cost_usd: float = 0.0,
) -> Request:
    """Make a request of that number, as the service makes them."""
    return Request(
        request_id=f"request-{account}-{number}",
        account=account,
        number=number,
        model_id="a/model",
        payload=payload,
        cost_usd=cost_usd,
        plan=plan,
        submitted_at=submitted_at,
        failure=plan.failure,
    )
