from __future__ import annotations

from mock_server.core.lifecycle import Failure, Held, Plan, Reads, Seconds
from mock_server.core.orders import NONE, Orders

USUAL = Plan(Reads(1), Reads(2), Failure(1, "usual"))


def test_no_orders_change_nothing() -> None:
    assert NONE.plan(USUAL) == USUAL
    assert Orders() == NONE


def test_orders_replace_their_part_of_the_plan() -> None:
    failure = Failure(2, "ordered")
    assert Orders(queue=Held()).plan(USUAL) == Plan(Held(), Reads(2), USUAL.failure)
    assert Orders(run=Seconds(0), failure=failure).plan(USUAL) == Plan(Reads(1), Seconds(0), failure)
