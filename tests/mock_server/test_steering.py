from __future__ import annotations

import pytest

from mock_server.core.clock import Clock
from mock_server.core.errors import UserAccountError
from mock_server.core.lifecycle import Move
from mock_server.core.spend import ChargeState
from tests.mock_server.service_rig import ALICE, BOB, LOUD, SILENT, ServiceRig


def test_what_is_spent_is_told_for_each_account_and_for_all() -> None:
    rig = ServiceRig("manual")
    alice, bob = rig.account(ALICE), rig.account(BOB)
    ids = [rig.submit(alice, SILENT), rig.submit(alice, LOUD), rig.submit(bob, LOUD)]
    assert rig.service.spend(alice).usd == pytest.approx(1.4)
    assert rig.service.spend(None).usd == pytest.approx(2.24)
    rig.service.move(None, ids[0], Move.FAILED)
    rig.service.cancel(alice, ids[1])
    rig.service.move(bob, ids[2], Move.COMPLETED)
    spend = rig.service.spend(None)
    states = [ChargeState.REFUNDED, ChargeState.REFUNDED, ChargeState.CHARGED]
    assert [(each.request_id, each.state) for each in spend.charges] == list(zip(ids, states, strict=True))
    assert (spend.usd, rig.service.spend(alice).usd) == (0.84, 0)


def test_a_caller_is_an_account_or_everyone() -> None:
    service = ServiceRig(tokens=[ALICE]).service
    assert service.caller(None) is None
    assert service.caller(f"Bearer {ALICE}") is not None
    with pytest.raises(UserAccountError):
        service.caller(f"Bearer {BOB}")


def test_a_reset_of_one_account_leaves_the_others_and_retires_its_clock() -> None:
    rig = ServiceRig()
    alice, bob = rig.account(ALICE), rig.account(BOB)
    rig.submit(alice)
    kept = rig.submit(bob)
    clocks = [rig.service.clock(account) for account in (alice, bob)]
    assert rig.service.reset(alice) == 1
    assert [isinstance(clock, Clock) and clock.retired for clock in clocks] == [True, False]
    assert [view.request.request_id for view in rig.service.views(None)] == [kept]
