from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Call, Exchange
from contracts.server.judging.collector import Broken, Collector, Enough, Scene

SCENE = Scene("http://127.0.0.1:8787")


def exchange(body: bytes | None = None, path: str = "/v1/models") -> Exchange:
    return Exchange(Call("list", "GET", path, body=body), None)


def broken(*trace: Exchange, case: str = "", check: str = "answer.json", message: str = "") -> Broken:
    return Broken(check, "list", message, trace, SCENE, case)


@pytest.mark.parametrize(
    ("operation", "case", "finding_id"),
    [("list", "", "answer.json:list"), ("list", "a:b", "answer.json:list:a:b"), ("", "c", "answer.json:c")],
)
def test_an_id_has_no_gap(operation: str, case: str, finding_id: str) -> None:
    assert replace(broken(case=case), operation=operation).finding_id == finding_id


def test_the_message_and_the_trace_are_no_part_of_an_id() -> None:
    assert broken(message="a").finding_id == broken(exchange(), message="b").finding_id


bodies = st.lists(st.none() | st.binary(max_size=5), min_size=1, max_size=4)


@given(st.lists(bodies, min_size=1, max_size=10))
def test_the_smallest_trace_stands_and_of_equals_the_first(traces: list[list[bytes | None]]) -> None:
    collector = Collector()
    told: list[Broken] = []
    collector.on_new = told.append
    taken = [broken(*(exchange(body) for body in trace)) for trace in traces]
    assert [collector.take(each) for each in taken] == [True] + [False] * (len(taken) - 1)
    assert collector.broken["answer.json:list"] is min(taken, key=lambda each: each.size)
    assert told == taken[:1]


def test_fewer_calls_are_smaller_than_fewer_bytes() -> None:
    assert broken(exchange(b"x" * 99)).size < broken(exchange(), exchange()).size
    assert broken(exchange(b"xx")).size > broken(exchange(b"x")).size
    assert broken(exchange(path="/v1")).size < broken(exchange()).size


def test_one_finding_is_enough_where_that_is_asked_for() -> None:
    collector = Collector(only_first=True)
    told: list[Broken] = []
    collector.on_new = told.append
    with pytest.raises(Enough):
        collector.take(broken())
    assert len(told) == len(collector.broken) == 1
    assert not collector.take(broken())  # which is not new


def test_a_check_that_there_is_not_is_a_mistake_of_ours() -> None:
    with pytest.raises(AssertionError, match=r"no\.check"):
        Collector().take(broken(check="no.check"))
    Collector().take(broken(check="schemathesis.not_a_server_error"))


def test_the_first_reason_stands() -> None:
    collector = Collector()
    collector.skip("first", "a", "b")
    collector.skip("second", "b", "c")
    assert collector.reasons == {"a": "first", "b": "first", "c": "second"}


def test_what_was_found_since() -> None:
    collector = Collector()
    for case in "abc":
        collector.take(broken(case=case))
    known = frozenset({"answer.json:list:a", "something:else"})
    assert [each.case for each in collector.since(known)] == ["b", "c"]
    assert list(collector.since(frozenset(collector.broken))) == []


def test_promises_are_counted() -> None:
    collector = Collector()
    for check in ("answer.json", "answer.shape", "answer.json"):
        collector.hold(check, "status")
    assert collector.times == {"answer.json": 2, "answer.shape": 1}
    assert collector.held == {("answer.json", "status"), ("answer.shape", "status")}
    assert collector.times["never"] == 0
