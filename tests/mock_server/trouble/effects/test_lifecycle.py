from __future__ import annotations

import pytest

from mock_server.core.lifecycle import Failure, Held, Outcome, Seconds, Status
from mock_server.core.orders import NONE, Orders
from mock_server.trouble.call import Call, Operation
from tests.mock_server.trouble.effects.scenes import effect


def test_effects_are_orders() -> None:
    assert effect("fail", form="string").orders(NONE) == Orders(Failure(500001, "the generation failed", "string"))
    assert effect("stuck").orders(NONE) == Orders(run=Held())
    assert effect("stuck", **{"in": "in_queue"}).orders(NONE) == Orders(queue=Held())
    assert effect("slow", seconds=3).orders(NONE) == Orders(run=Seconds(3))
    assert effect("long_id").orders(NONE) == Orders(id_form="longest")
    assert effect("forget").orders(effect("expire").orders(NONE)) == Orders(forget=True, expire=True)
    assert effect("cancel_race").orders(NONE) == Orders(told=Outcome.CANCELLED)


@pytest.mark.parametrize("state", [None, *Status])
def test_effects_apply_where_they_can(state: Status | None) -> None:
    call = Call(Operation.CANCEL, state=lambda: state)
    assert effect("expire").applies(call) is (state is Status.COMPLETED)
    assert effect("cancel_race").applies(call) is (state in (Status.IN_QUEUE, Status.IN_PROGRESS))
    assert effect("cancel_race", told="not_cancellable").applies(call) is (state is Status.IN_QUEUE)
