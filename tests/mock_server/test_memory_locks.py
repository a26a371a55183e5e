"""One order of locks: rules ask for the state of requests while others reset, and nobody waits for ever."""

from __future__ import annotations

import threading

import pytest

from mock_server import MockRunComfy
from tests.inprocess import SUBMIT, TOKEN, client


@pytest.mark.parametrize("account", [None, TOKEN])
def test_a_rule_that_asks_for_the_state_and_a_reset_do_not_wait_for_each_other(account: str | None) -> None:
    rule = {"match": {"operation": "status", "state": "in_queue"}, "answers": [429], "then": "repeat_last"}
    fake = MockRunComfy(pace="manual", rules=[rule])
    done = threading.Event()

    def call() -> None:
        caller = client(fake)
        while not done.is_set():
            answer = caller.post(SUBMIT, json={"prompt": "x"})
            caller.get(answer.json()["status_url"])

    callers = [threading.Thread(target=call, daemon=True) for _ in range(2)]
    for each in callers:
        each.start()
    resetter = client(fake, account)
    for _ in range(150):
        resetter.post("/__mock__/reset")
    done.set()
    for each in callers:
        each.join(10)
    assert not any(each.is_alive() for each in callers)
