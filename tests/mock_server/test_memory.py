from __future__ import annotations

import pytest

from mock_server import MockRunComfy
from mock_server.core.errors import ResourceNotFound
from mock_server.core.spend import Spend
from mock_server.memory import unknown_request
from tests.inprocess import client, submit
from tests.mock_server.service_rig import ServiceRig


@pytest.mark.parametrize(("retention", "seconds"), [("day", 86400), ("week", 7 * 86400)])
def test_what_was_over_for_too_long_is_forgotten(retention: str, seconds: int) -> None:
    rig = ServiceRig("instant", variants={"retention": retention})
    account = rig.account()
    request_id = rig.submit(account)
    rig.real += seconds - 1
    assert rig.status(account, request_id) == "completed"
    rig.real += 1
    with pytest.raises(ResourceNotFound):
        rig.look(account, request_id)
    assert rig.service.views(None) == []


def test_an_unknown_request_is_told_shortly() -> None:
    assert len(unknown_request("x" * 10_000)) < 200


def test_a_token_with_a_word_is_an_account_of_its_own() -> None:
    rig = ServiceRig(tokens=["alice"])
    assert rig.account("alice.mock.busy").fingerprint != rig.account("alice").fingerprint


def test_a_request_that_was_to_fail_and_is_taken_back_costs_nothing() -> None:
    fake = MockRunComfy(pace="manual")
    fake.rules.add(answers=[["fail", {"effect": "dribble", "accepted": False}]])
    submit(client(fake))
    assert (fake.spend(), list(fake.requests)) == (Spend(0.0, ()), [])
