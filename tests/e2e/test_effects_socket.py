"""Late, slow, silent, cut off: what is on the wire, and what a submit has left behind."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.core.accounts import fingerprint
from tests.e2e.effects import BRIEF, FIN, PRICE, PROMPT, RESET, SILENCE, Got, Rig, proves, read, settled
from tests.inprocess import TOKEN

NOTHING, ONE = (0, 0), (1, PRICE)
ENDS = {"reset": RESET, "hang_up": FIN, "stall": SILENCE}


def cut(rig: Rig, effect: str, operation: str, *arguments: str, **parameters: Any) -> Got:
    rig.rule({"effect": effect} | parameters, operation=operation)
    before = len(rig.fake.journal)
    got = rig.call(operation, *arguments, patience=BRIEF if effect == "stall" else 10)
    settled(rig.fake, before + 1)
    return got


@proves("reset", "hang_up", "stall", "reset:before", "hang_up:before", "stall:before")
@pytest.mark.parametrize("effect", ENDS)
def test_before_the_call_is_served_nothing_is_sent_and_nothing_is_kept(rig: Rig, effect: str) -> None:
    got = cut(rig, effect, "submit")
    assert (got.data, got.end) == (b"", ENDS[effect])
    assert rig.kept == NOTHING
    assert rig.last.http_status == (499 if effect == "stall" else 0)


@proves("reset:accepted", "hang_up:accepted", "stall:accepted")
@pytest.mark.parametrize("effect", ENDS)
def test_once_accepted_nothing_is_sent_and_the_request_is_there_and_billed(rig: Rig, effect: str) -> None:
    got = cut(rig, effect, "submit", at="accepted")
    assert (got.data, got.end) == (b"", ENDS[effect])
    assert rig.kept == ONE
    assert rig.last.request_id == rig.fake.requests[0].request.request_id


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("effect", ENDS)
def test_in_the_headers_half_of_them_come(rig: Rig, effect: str, accepted: bool) -> None:  # noqa: FBT001
    got = cut(rig, effect, "submit", at="headers", accepted=accepted)
    assert got.data.startswith(b"HTTP/1.1 200 OK\r\ncontent-length: ")
    assert b"\r\n\r\n" not in got.data
    assert got.end == ENDS[effect]
    assert rig.kept == (ONE if accepted else NOTHING)


@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("effect", ENDS)
def test_in_the_body_half_of_it_comes(rig: Rig, effect: str, accepted: bool) -> None:  # noqa: FBT001
    got = cut(rig, effect, "submit", at="body", accepted=accepted)
    assert (got.status, got.end) == (200, ENDS[effect])
    assert got.body.startswith(b'{"request_id":"')
    assert len(got.body) == got.length // 2
    assert rig.kept == (ONE if accepted else NOTHING)
    assert rig.last.http_status == 200


@proves("truncate", "truncate:before", "truncate:accepted")
@pytest.mark.parametrize("accepted", [True, False])
@pytest.mark.parametrize("keep", [0, 0.5, 0.99])
def test_a_truncated_body_is_shorter_than_it_was_announced(rig: Rig, keep: float, accepted: bool) -> None:  # noqa: FBT001
    got = cut(rig, "truncate", "submit", keep=keep, accepted=accepted)
    assert (got.status, got.end) == (200, FIN)
    assert len(got.body) == int(got.length * keep) < got.length
    assert rig.kept == (ONE if accepted else NOTHING)


@pytest.mark.parametrize("at", ["before", "accepted", "headers", "body"])
@pytest.mark.parametrize("effect", ENDS)
def test_a_break_is_no_defect_to_be_logged(rig: Rig, effect: str, at: str, caplog: pytest.LogCaptureFixture) -> None:
    cut(rig, effect, "submit", at=at)
    rig.fake.settle()
    assert caplog.records == []


@pytest.mark.parametrize("effect", [{"effect": "truncate"}, {"effect": "dribble"}, {"effect": "reset", "at": "body"}])
def test_a_read_whose_answer_is_cut_takes_no_request_away(rig: Rig, effect: dict[str, Any]) -> None:
    request_id = rig.submitted()
    rig.rule(effect | {"accepted": False})
    rig.fake.clock.freeze(skip_waits=True)
    for operation in ("status", "result", "cancel"):
        rig.call(operation, request_id)
    assert rig.kept == (1, 0)
    assert rig.fake.requests[0].status == "cancelled"


@proves("dribble", "dribble:before", "dribble:accepted")
@pytest.mark.parametrize("accepted", [True, False])
def test_a_dribble_comes_piece_by_piece_as_the_clock_goes(rig: Rig, accepted: bool) -> None:  # noqa: FBT001
    rig.fake.clock.freeze()
    rig.rule({"effect": "dribble", "bytes": 40, "seconds": 5, "accepted": accepted}, operation="submit")
    with rig.open("submit") as opened:
        data = opened.recv(4096)
        while b"\r\n\r\n" not in data:
            data += opened.recv(4096)
        length = Got(data, "").length
        assert Got(data, "").body == b""
        for _ in range(length // 40 + 1):
            rig.fake.clock.advance(5)
            data += opened.recv(4096)
            assert len(Got(data, "").body) % 40 == 0 or len(Got(data, "").body) == length
        rest = read(opened)
    assert Got(data + rest.data, "").document["request_id"]
    assert rest.end == FIN
    assert rig.kept == (ONE if accepted else NOTHING)


@proves("latency", "latency:before")
def test_latency_holds_a_call_back_until_the_clock_has_moved(rig: Rig) -> None:
    rig.fake.clock.freeze()
    rig.rule({"effect": "latency", "seconds": 30}, operation="submit")
    with rig.open("submit") as opened:
        opened.settimeout(BRIEF)
        with pytest.raises(TimeoutError):
            opened.recv(1)
        assert rig.kept == NOTHING
        rig.near.post("/__mock__/clock", json={"advance": 29.5})
        assert rig.kept == NOTHING
        for _ in range(5):  # a tenth of a second is no binary number: the sum may lack a little
            rig.near.post("/__mock__/clock", json={"advance": 0.1})
        got = read(opened)
    assert (got.status, got.end) == (200, FIN)
    assert rig.kept == ONE
    assert rig.fake.requests[0].request.payload == b'{"prompt": "%s"}' % PROMPT.encode()


@proves("latency:accepted")
def test_latency_after_the_call_was_served_holds_the_answer_back(rig: Rig) -> None:
    rig.fake.clock.freeze()
    rig.rule({"effect": "latency", "seconds": 30, "accepted": True}, operation="submit")
    with rig.open("submit") as opened:
        opened.settimeout(BRIEF)
        with pytest.raises(TimeoutError):
            opened.recv(1)
        assert rig.kept == ONE
        rig.fake.clock.advance(30)
        assert read(opened).document["request_id"] == rig.fake.requests[0].request.request_id


@pytest.mark.parametrize(("accepted", "kept"), [(False, NOTHING), (True, ONE)])
def test_a_client_that_gives_up_is_noticed_and_what_was_not_accepted_stays_so(
    rig: Rig,
    accepted: bool,  # noqa: FBT001
    kept: tuple[int, float],
) -> None:
    rig.fake.clock.freeze()
    rig.rule({"effect": "latency", "seconds": 30, "accepted": accepted}, operation="submit")
    got = rig.call("submit", patience=BRIEF)
    settled(rig.fake, 1)
    assert (got.data, got.end) == (b"", SILENCE)
    assert rig.last.http_status == 499
    rig.fake.clock.advance(60)
    assert rig.kept == kept


def test_a_reset_of_the_account_wakes_who_waits(rig: Rig) -> None:
    rig.fake.clock.freeze()
    rig.rule({"effect": "latency", "seconds": 1e9}, operation="list")
    waiting = [rig.open("list") for _ in range(2)]
    waiting[0].settimeout(BRIEF)
    with pytest.raises(TimeoutError):
        waiting[0].recv(1)
    rig.near.post("/__mock__/reset")
    assert [read(each).status for each in waiting] == [200, 200]
    for each in waiting:
        each.close()


def test_a_call_that_a_reset_overtakes_is_of_the_account_that_comes_after_it_if_it_is_served(rig: Rig) -> None:
    rig.fake.clock.freeze()
    late = {"effect": "latency", "seconds": 1e9}
    rig.rule([late, {"effect": "http", "status": 503}], operation="list")
    rig.rule(late, operation="model")
    waiting = [rig.open("list"), rig.open("model")]
    for each in waiting:
        each.settimeout(BRIEF)
        with pytest.raises(TimeoutError):
            each.recv(1)
    rig.near.post("/__mock__/reset")
    assert [read(each).status for each in waiting] == [503, 200]
    for each in waiting:
        each.close()
    settled(rig.fake, 1)
    assert [(entry.operation, entry.account) for entry in rig.fake.journal] == [("model", fingerprint(TOKEN))]


def test_latency_is_scaled_by_the_speed(rig: Rig) -> None:
    rig.rule({"effect": "latency", "seconds": 900, "sigma": 0.5}, operation="list")
    rig.fake.clock.set_speed(1e5)
    began = rig.fake.clock.now()
    assert rig.call("list").status == 200
    assert rig.fake.clock.now() - began > 100
