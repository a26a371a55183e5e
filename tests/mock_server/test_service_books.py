"""What an account has spent: for every history it is the price of what it has not got back."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.errors import InsufficientResources
from mock_server.core.lifecycle import Failure, Move, Plan, Seconds, Status
from mock_server.core.pacing import Pace
from schemas.pricing import cost
from tests.mock_server.core.model_maker import make_model
from tests.mock_server.service_rig import ALICE, BOB, KLING, LOUD, SILENT, ServiceRig

FAILING = Pace("failing", Plan(Seconds(1), Seconds(1), Failure(500001, "planned")))


def test_a_submit_spends_its_price() -> None:
    rig = ServiceRig()
    account = rig.account()
    rig.submit(account, LOUD)
    rig.submit(account, SILENT)
    assert account.spent_usd == pytest.approx(0.84 + 0.56)


def test_a_submit_beyond_the_balance_is_refused_and_leaves_no_trace() -> None:
    rig = ServiceRig(balance_usd=1.0)
    account = rig.account()
    rig.submit(account, LOUD)
    for _ in range(2):
        with pytest.raises(InsufficientResources, match=r"costs 0\.84 USD, the account has 0\.16 USD left"):
            rig.submit(account, LOUD)
    assert (account.submitted, len(account.requests), len(rig.service.store)) == (1, 1, 1)
    assert account.spent_usd == pytest.approx(0.84)


def test_accounts_have_balances_of_their_own() -> None:
    rig = ServiceRig(balance_usd=1.0)
    rig.submit(rig.account(ALICE))
    rig.submit(rig.account(BOB))
    with pytest.raises(InsufficientResources):
        rig.submit(rig.account(BOB))


@pytest.mark.parametrize(
    ("price", "count"), [(SILENT, 3), (LOUD, 2), (SILENT | {"duration": 7}, 3), (SILENT | {"duration": 13}, 25)]
)
def test_a_balance_can_be_spent_to_the_last_cent(price: dict[str, Any], count: int) -> None:
    rig = ServiceRig(balance_usd=round(count * cost(KLING, price), 6))
    account = rig.account()
    for _ in range(count):
        rig.submit(account, price)
    with pytest.raises(InsufficientResources, match="has 0 USD left"):
        rig.submit(account, price)


@pytest.mark.parametrize("to", [Move.CANCELLED, Move.FAILED])
def test_a_request_that_brings_nothing_is_paid_back_once(to: Move) -> None:
    rig = ServiceRig("manual", balance_usd=1.0)
    account = rig.account()
    for _ in range(3):
        request_id = rig.submit(account)
        rig.service.move(account, request_id, to)
        rig.service.cancel(account, request_id)
        rig.service.read(account, request_id)
        assert account.spent_usd == pytest.approx(0, abs=1e-12)


def test_a_cancelled_request_is_paid_back() -> None:
    rig = ServiceRig(balance_usd=1.0)
    account = rig.account()
    for _ in range(3):
        rig.service.cancel(account, rig.submit(account))
    rig.submit(account)


def test_a_completed_request_stays_paid_when_it_is_forgotten() -> None:
    rig = ServiceRig("instant", max_requests=1)
    account = rig.account()
    for _ in range(3):
        rig.submit(account)
    assert account.spent_usd == pytest.approx(3 * 0.84)


@pytest.mark.parametrize("looks", [True, False])
def test_a_failure_is_paid_back_whether_or_not_anybody_looked_since(looks: bool) -> None:  # noqa: FBT001
    rig = ServiceRig(FAILING, balance_usd=1.0)
    account = rig.account()
    request_id = rig.submit(account)
    rig.real += 2
    if looks:
        assert rig.status(account, request_id) is Status.COMPLETED
    rig.submit(account)
    assert account.spent_usd == pytest.approx(0.84)


ABSURD = [-100, "-100", "nan", "inf", "1e400", 1e308, -1e308, 10**18, "9" * 5_000, None, True, [], {}]


@pytest.mark.parametrize("amount", ABSURD, ids=lambda amount: str(amount)[:12])
@pytest.mark.parametrize(("unit", "name"), [("second", "duration"), ("output", "n")])
def test_no_payload_makes_a_price_that_is_no_price(unit: str, name: str, amount: object) -> None:
    # The model does not say what the amount may be, and what it does not say is accepted.
    model = make_model(model_id="a/loose", categories=("text-to-video",), price=0.1, unit=unit)
    rig = ServiceRig("manual", model=model, balance_usd=10.0)
    account = rig.account()
    try:
        rig.submit(account, {name: amount})
    except InsufficientResources:
        assert account.spent_usd == 0.0
    assert math.isfinite(account.spent_usd)
    assert account.spent_usd >= 0.0


ACTIONS = st.sampled_from(["loud", "silent", "cancel", "fail", "complete", "read", "wait", "wait"])


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(["time:1,1", "polls:1,1", "manual", "instant", "polls:1,0", FAILING]),
    st.sampled_from([None, 1]),
    st.lists(st.tuples(ACTIONS, st.integers(0, 20)), max_size=40),
)
def test_what_is_spent_is_the_price_of_all_that_was_not_paid_back(
    pace: Pace | str, slots: int | None, turns: list[tuple[str, int]]
) -> None:
    rig = ServiceRig(pace, slots=slots, balance_usd=5.0)
    account = rig.account()
    ids: list[str] = []
    for action, index in turns:
        request_id = ids[index % len(ids)] if ids else ""
        match action:
            case "loud" | "silent":
                price = 0.84 if action == "loud" else 0.56
                try:
                    ids.append(rig.submit(account, LOUD if action == "loud" else SILENT))
                except InsufficientResources:
                    assert _due(rig) + price > 5.0
            case "wait":
                rig.real += index / 4
            case _ if not ids:
                continue
            case "cancel":
                rig.service.cancel(account, request_id)
            case "read":
                rig.service.read(account, request_id)
            case _:
                if not rig.status(account, request_id).over:
                    rig.service.move(account, request_id, Move.FAILED if action == "fail" else Move.COMPLETED)
        due = _due(rig)
        assert account.spent_usd == pytest.approx(due, abs=1e-9)
        assert 0 <= due <= 5.0


def _due(rig: ServiceRig) -> float:
    """Add up the prices of what is not cancelled and has not failed."""
    views = rig.service.views(None)
    kept = [
        view.request.cost_usd
        for view in views
        if view.status is not Status.CANCELLED and (view.status is not Status.COMPLETED or view.request.failure is None)
    ]
    return round(sum(kept), 6)
