from __future__ import annotations

import pytest

from mock_server.core.accounts import MOST_ACCOUNTS
from tests.mock_server.service_rig import ALICE, ServiceRig


def test_an_account_is_looked_up_without_counting_a_call() -> None:
    service = ServiceRig(tokens=[ALICE], rate_limit="1/60").service
    accounts = [service.account(f"Bearer {ALICE}") for _ in range(3)]
    assert accounts[0] is accounts[2] is not None
    assert [each and each.window_calls for each in accounts] == [0, 0, 0]
    for header in (None, "", "Bearer", "Bearer eve"):
        assert service.account(header) is None


@pytest.mark.parametrize("pace", ["manual", "instant", "time:0,9", "time:9,9"])
def test_a_withdrawn_request_was_never_there(pace: str) -> None:
    rig = ServiceRig(pace, slots=1)
    account = rig.account()
    first, second = rig.submit(account), rig.submit(account)
    rig.service.withdraw(first)
    rig.service.withdraw(first)
    assert rig.service.known(first) is None
    assert account.spent_usd == 0.84
    assert [charge.request_id for charge in rig.service.spend(account).charges] == [second]
    assert [view.request.request_id for view in rig.service.views(None)] == [second]
    rig.real += 18
    assert rig.status(account, second) == ("in_queue" if pace == "manual" else "completed")


def test_a_cancelled_request_that_is_withdrawn_is_refunded_once() -> None:
    rig = ServiceRig("manual")
    account = rig.account()
    request_id = rig.submit(account)
    rig.service.cancel(account, request_id)
    rig.service.withdraw(request_id)
    assert account.spent_usd == 0


def test_a_state_is_no_read() -> None:
    rig = ServiceRig("polls:1,1")
    account = rig.account()
    request = rig.service.known(rig.submit(account))
    assert request is not None
    assert {rig.service.state(request) for _ in range(5)} == {"in_queue"}
    rig.service.expire(request.request_id)
    rig.service.expire("unknown")
    rig.service.forget("unknown")
    assert request.expired
    rig.service.reset(None)
    assert rig.service.state(request) is None


def test_words_of_accounts_are_bounded() -> None:
    service = ServiceRig().service
    for number in range(MOST_ACCOUNTS + 5):
        service.note_magic_account(str(number), "busy")
    assert (len(service.magic_accounts), "4" in service.magic_accounts) == (MOST_ACCOUNTS, False)


def test_a_request_that_bears_the_name_of_one_that_was_withdrawn_is_billed_when_it_is_forgotten() -> None:
    rig = ServiceRig("instant")
    names = []
    for interfere in (rig.service.withdraw, rig.service.forget):
        account = rig.account()
        names.append(rig.submit(account))
        interfere(names[-1])
        charges = rig.service.spend(account).charges
        rig.service.reset(None)
    assert [names[0]] == names[1:] == [charge.request_id for charge in charges]
