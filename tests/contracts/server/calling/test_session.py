from __future__ import annotations

import json

import pytest

from contracts.exchange import CONTROL, Answer, Call, Exchange, Who
from contracts.server.calling.limits import Gone, Limits, Meter, Stopped, TooDear
from contracts.server.calling.session import Session, answered
from contracts.server.calling.stage import Stage
from contracts.server.calling.target import FakeTarget
from contracts.server.judging.collector import Collector
from tests.contracts.server.stages import (
    FIRST,
    MODEL,
    SECOND,
    Scripted,
    Sent,
    always,
    saying,
    session,
    stage,
    submitted,
)

PAYLOAD = json.dumps({"prompt": "x"}).encode()
STATUS = Call("status", "GET", "/v1/requests/a-request/status")


def sent(where: Stage) -> list[Sent]:
    assert isinstance(where.connection, Scripted)
    return where.connection.sent


def nothing(call: Sent) -> str:
    return "says nothing"


# -- whose call it is


@pytest.mark.parametrize(
    ("who", "authorization"),
    [(Who.FIRST, f"Bearer {FIRST}"), (Who.SECOND, f"Bearer {SECOND}"), (Who.NOBODY, None)],
)
def test_a_call_goes_out_with_its_account_s_token(who: Who, authorization: str | None) -> None:
    where = stage(always(saying({})))
    session(where).call(Call("status", "GET", "/v1/requests/x/status", who, None, {"X-Y": "z"}))
    assert sent(where)[0].headers == {"X-Y": "z"} | ({} if authorization is None else {"Authorization": authorization})


def test_where_tokens_are_made_up_each_session_has_its_own() -> None:
    where = stage(always(saying({})), made_up=True)
    tokens = [session(where).tokens for _ in range(3)]
    assert len({each.first for each in tokens} | {each.second for each in tokens}) == 6


def test_without_a_second_account_there_is_one() -> None:
    assert session(stage(nothing, second=None)).accounts == (Who.FIRST,)
    assert session(stage(nothing)).accounts == (Who.FIRST, Who.SECOND)


# -- limits


def test_no_call_is_made_beyond_the_limits() -> None:
    where = stage(always(saying({})))
    made = session(where, Limits(max_calls=1))
    made.list()
    with pytest.raises(Stopped):
        made.list()
    assert len(sent(where)) == len(made.trace) == 1


@pytest.mark.parametrize("live", [False, True])
def test_money_is_for_live_servers(live: bool) -> None:  # noqa: FBT001 - of a table
    where = stage(always(submitted()), live=live)
    made = session(where, Limits(max_spend_usd=0.1))
    if live:
        with pytest.raises(TooDear):
            made.submit_raw(MODEL, PAYLOAD, price_usd=0.2)
        assert sent(where) == []
    else:
        made.submit_raw(MODEL, PAYLOAD, price_usd=0.2)
        assert made.meter.held_usd == 0


# -- silence


def test_three_calls_in_a_row_without_an_answer_are_the_end() -> None:
    where = stage(nothing)
    made = session(where)
    assert [made.list().failure, made.list().failure] == ["says nothing"] * 2
    with pytest.raises(Gone, match="the server says nothing; 3 calls in a row have had no answer"):
        made.list()
    assert made.collector.broken["answer.arrives:list"].message == "the server says nothing"


def test_the_end_is_the_end_for_every_session_and_no_call_goes_out() -> None:
    """A generator that looks for a small example would wait for each of its tries."""
    where, meter = stage(nothing), Meter(Limits())
    for _ in range(2):
        Session(where, Collector(), meter).list()  # a session for each call, as examples have
    with pytest.raises(Gone):
        Session(where, Collector(), meter).list()
    for _ in range(5):
        with pytest.raises(Gone, match="3 calls in a row"):
            Session(where, Collector(), meter).list()
    assert len(sent(where)) == 3


def test_an_answer_between_breaks_the_silence() -> None:
    made = session(stage(lambda call: saying({}) if "limit" in call.path else "says nothing"))
    for _ in range(4):
        made.list()
        made.list()
        made.list({"limit": 1})
    assert made.meter.calls == 12


def test_a_call_without_an_answer_is_a_finding_even_where_it_is_not_to_be_judged() -> None:
    made = session(stage(nothing))
    exchange = made.call(STATUS, check=False)
    assert exchange.answer is None
    assert "answer.arrives:status" in made.collector.broken


def test_a_call_of_the_control_plane_is_not_judged() -> None:
    made = session(stage(always(Answer(500, {}, b"broken"))))
    assert made.control("clock", {"advance": 1}).call.operation == CONTROL
    made.advance(1)
    made.freeze()
    made.next_fails()
    assert made.collector.broken == {}
    assert not made.has_control


# -- what is seen


def test_calls_are_numbered_and_kept_in_order() -> None:
    made = session(stage(always(saying({}))))
    made.list()
    made.status("a")
    assert [(each.number, each.call.operation) for each in made.trace] == [(1, "list"), (2, "status")]


@pytest.mark.parametrize("request_id", ["a b", "é", "a/b", "\ud800", "\0", "\r\nX: y", "猫", "..", "", "?x#y"])
def test_an_id_that_is_none_is_asked_for_all_the_same(request_id: str) -> None:
    where = stage(always(saying({"request_id": request_id, "status": "in_queue"})))
    made = session(where)
    for operation in (made.status, made.result, made.cancel):
        operation(request_id)
    assert all(each.path.isascii() and each.path.isprintable() and each.path.count("/") == 4 for each in sent(where))
    assert all("?" not in each.path and "#" not in each.path for each in sent(where))
    FakeTarget(1).open()  # such a path can also be sent to an application
    assert session(FakeTarget(1).open()).status(request_id).answer is not None


def test_an_id_that_is_escaped_stays_so() -> None:
    where = stage(always(saying({})))
    session(where).status("..%2Fmodels")
    assert sent(where)[0].path == "/v1/requests/..%2Fmodels/status"


@pytest.mark.parametrize(("cost", "query"), [(None, ""), (True, "?include_cost=true"), (False, "?include_cost=false")])
def test_a_cost_is_asked_for_or_not(cost: bool | None, query: str) -> None:  # noqa: FBT001 - of a table
    where = stage(always(saying({})))
    session(where).result("a", cost=cost)
    assert sent(where)[0].path == f"/v1/requests/a/result{query}"


def test_what_is_not_answered_so_is_empty() -> None:
    assert answered(Exchange(STATUS, None)) == {}
    assert answered(Exchange(STATUS, Answer(200, {}, b"[1]"))) == {}
    assert answered(Exchange(STATUS, Answer(200, {}, b"no"))) == {}
    assert answered(Exchange(STATUS, Answer(404, {}, b'{"a": 1}')), 200) == {}
    assert answered(Exchange(STATUS, Answer(404, {}, b'{"a": 1}'))) == {"a": 1}


def test_the_fake_breaks_nothing() -> None:
    collector = Collector()
    made: Session = session(FakeTarget(1).open(), collector=collector)
    request_id = answered(made.submit_raw(MODEL, PAYLOAD))["request_id"]
    made.freeze()
    for _ in range(4):
        made.status(request_id)
        made.result(request_id, cost=True)
        made.advance(2)
    made.cancel(request_id)
    made.list({"limit": 1})
    assert collector.broken == {}
    assert collector.times["lifecycle.transitions"] > 0
