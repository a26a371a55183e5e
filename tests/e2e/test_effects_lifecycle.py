"""Trouble in the life of a request: what is told on the wire, what is there, and what is billed."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.core.spend import ChargeState
from tests.e2e.effects import PRICE, Rig, proves, rigged


@proves("fail")
@pytest.mark.parametrize("form", [None, "object", "string"])
def test_the_generation_fails(form: str | None) -> None:
    with rigged(pace="time:2,4") as rig:
        rig.fake.clock.freeze()
        more = {} if form is None else {"form": form}
        rig.rule({"effect": "fail", "error_code": 500007, "error_message": "no luck"} | more)
        request_id = rig.call("submit").document["request_id"]
        assert rig.kept == (1, PRICE)
        rig.fake.clock.advance(3)
        assert rig.call("result", request_id).document["status"] == "in_progress"
        rig.fake.clock.advance(3)
        assert rig.call("status", request_id).document["status"] == "completed"
        result = rig.call("result", request_id).document
    assert result["status"] == "failed"
    error = {"error_code": 500007, "error_message": "no luck"}
    assert result["error"] == ("no luck" if form == "string" else error)
    assert "output" not in result
    assert rig.fake.spend().usd == 0
    assert [each.state for each in rig.fake.spend().charges] == [ChargeState.REFUNDED]


@proves("stuck")
@pytest.mark.parametrize("place", ["in_queue", "in_progress"])
def test_the_request_is_stuck_until_it_is_moved(place: str) -> None:
    with rigged(pace="polls:0,0") as rig:
        rig.rule({"effect": "stuck", "in": place})
        request_id = rig.call("submit").document["request_id"]
        for _ in range(3):
            rig.fake.clock.advance(1e6)
            assert rig.call("status", request_id).document["status"] == place
        rig.fake.move(request_id, "completed")
        assert rig.call("result", request_id).document["status"] == "succeeded"


@proves("slow")
def test_the_generation_takes_as_long_as_it_is_told(rig: Rig) -> None:
    rig.fake.clock.freeze()
    rig.rule({"effect": "slow", "seconds": 5000})
    request_id = rig.call("submit").document["request_id"]
    rig.fake.move(request_id, "in_progress")
    rig.fake.clock.advance(4999)
    assert rig.call("status", request_id).document["status"] == "in_progress"
    rig.fake.clock.advance(1)
    assert rig.call("status", request_id).document["status"] == "completed"


@proves("long_id")
def test_the_id_is_as_long_as_ids_may_be(rig: Rig) -> None:
    rig.rule("long_id", "ok")
    first, second = (rig.call("submit").document["request_id"] for _ in range(2))
    assert (len(first), len(second) < 128) == (128, True)
    assert rig.call("status", first).document["request_id"] == first


@proves("forget")
def test_a_request_is_forgotten_at_its_submit_and_billed(rig: Rig) -> None:
    rig.rule("forget", operation="submit")
    request_id = rig.call("submit").document["request_id"]
    for operation in ("status", "result", "cancel", "media"):
        got = rig.call(operation, request_id)
        assert (got.status, got.document["error_code"]) == (404, 404001)
    assert rig.kept == (0, PRICE)


@pytest.mark.parametrize("operation", ["status", "result", "cancel", "media"])
def test_a_request_is_forgotten_at_a_later_call(rig: Rig, operation: str) -> None:
    request_id = rig.submitted("completed")
    rig.rule("forget", operation=operation)
    assert rig.call(operation, request_id).status == 404
    assert rig.kept == (0, PRICE)


def test_what_is_forgotten_goes_on_unseen_and_holds_its_place() -> None:
    with rigged(pace="time:0,10", slots=1) as rig:
        rig.fake.clock.freeze()
        rig.rule("forget", {"effect": "fail"}, then="ok", operation="submit")
        rig.call("submit")
        second, third = (rig.call("submit").document["request_id"] for _ in range(2))
        assert rig.call("status", second).document["status"] == "in_queue"
        rig.fake.clock.advance(10)
        assert rig.call("status", second).document["status"] == "in_progress"
        rig.fake.clock.advance(10)
        assert rig.call("status", third).document["status"] == "in_progress"
        assert rig.kept == (2, 2 * PRICE)


@proves("expire")
@pytest.mark.parametrize("operation", ["status", "result", "media"])
def test_a_result_expires_and_the_status_still_says_completed(rig: Rig, operation: str) -> None:
    request_id, other = rig.submitted("completed"), rig.submitted("completed")
    rig.rule("expire", then="ok", operation=operation)
    assert rig.call(operation, request_id).status == (200 if operation == "status" else 404)
    assert rig.call("result", request_id).document["error_code"] == 404001
    assert rig.call("media", request_id).status == 404
    assert rig.call("status", request_id).document["status"] == "completed"
    assert [rig.call(each, other).status for each in ("result", "media")] == [200, 200]


@proves("cancel_race")
@pytest.mark.parametrize(
    ("moves", "told", "became"),
    [
        ((), "cancelled", "in_queue"),
        (("in_progress",), "cancelled", "in_progress"),
        ((), "not_cancellable", "cancelled"),
    ],
)
def test_a_cancel_is_told_the_opposite(rig: Rig, moves: tuple[str, ...], told: str, became: str) -> None:
    request_id = rig.submitted(*moves)
    rig.rule({"effect": "cancel_race", "told": told})
    document = rig.call("cancel", request_id).document
    assert document["outcome"] == told
    assert document["status"] == ("cancelled" if told == "cancelled" else "in_progress")
    assert rig.call("status", request_id).document["status"] == became
    assert rig.kept == (1, 0 if became == "cancelled" else PRICE)


@pytest.mark.parametrize(("told", "move"), [("cancelled", "completed"), ("not_cancellable", "in_progress")])
def test_where_there_is_no_opposite_the_race_does_not_fire(rig: Rig, told: str, move: str) -> None:
    request_id = rig.submitted(move)
    rig.rule({"effect": "cancel_race", "told": told})
    assert rig.call("cancel", request_id).document["outcome"] == "not_cancellable"
    assert rig.last.rule is None


@pytest.mark.parametrize("pace", ["instant", "polls:0,2", "manual", "time:0,9"])
@pytest.mark.parametrize("more", [[], ["fail"]])
def test_a_withdrawn_request_leaves_neither_bill_nor_place(pace: str, more: list[Any]) -> None:
    with rigged(pace=pace, slots=1) as rig:
        rig.fake.clock.freeze()
        rig.rule([{"effect": "truncate", "accepted": False}, *more], then="ok", operation="submit")
        rig.call("submit")
        assert rig.kept == (0, 0)
        kept = rig.call("submit").document["request_id"]
        if pace != "manual":
            assert rig.call("status", kept).document["status"] != "in_queue"
        assert rig.kept == (1, PRICE)
