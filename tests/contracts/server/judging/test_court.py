from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import CONTROL, Answer, Call, Exchange, Who
from contracts.server.calling.stage import Promises
from contracts.server.judging.collector import Collector
from contracts.server.judging.court import Court, Surprise
from contracts.server.judging.life import Life
from schemas.variants import Variants
from tests.contracts.server.stages import always, saying, stage, submitted

LIST = Exchange(Call("list", "GET", "/v1/models"), saying({}), number=9)
SUBMIT = Exchange(Call("submit", "POST", "/v1/models/a/b", body=b"{}"), submitted("one"))


def court(promises: Promises | None = None, *, only_first: bool = False) -> Court:
    return Court(stage(always(saying({})), promises=promises), Collector(only_first=only_first))


def read(request_id: str, operation: str = "status", who: Who = Who.FIRST) -> Exchange:
    return Exchange(Call(operation, "GET", f"/v1/requests/{request_id}/{operation}", who), saying({}))


def control(number: int = 0) -> Exchange:
    return Exchange(Call(CONTROL, "POST", "/__mock__/clock", body=b"{}"), Answer(200, {}, b"{}"), number=number)


def test_a_promise_that_holds_is_counted_and_no_message_is_written() -> None:
    def message() -> str:
        raise AssertionError("nobody asked")

    held = court()
    assert held.hold("answer.json", LIST, message, ok=True)
    assert held.collector.times == {"answer.json": 1}
    assert held.collector.broken == {}


def test_a_promise_that_does_not_is_taken_down() -> None:
    held = court()
    assert not held.hold("answer.json", LIST, lambda: "no JSON", ok=False, case="here", ledger=("body.json",))
    broken = held.collector.broken["answer.json:list:here"]
    assert (broken.message, broken.trace, broken.ledger) == ("no JSON", (LIST,), ("body.json",))
    assert broken.scene is held.stage.scene
    assert held.collector.times["answer.json"] == 1


# -- traces


def test_a_trace_has_what_is_about_the_request_and_what_moved_time() -> None:
    held = court()
    held.lives.add(Life("one", Who.FIRST, SUBMIT))
    other = Exchange(SUBMIT.call, submitted("two"))
    due = [control(), SUBMIT, read("one"), control(), read("one", "result"), read("one", "status", Who.SECOND)]
    held.trace = [due[0], other, *due[1:3], read("two"), LIST, read("one-more"), *due[3:], read("two")]
    last = due[-1]
    held.hold("answer.shape", last, "wrong", ok=False)
    assert list(held.collector.broken["answer.shape:status"].trace) == due


def test_an_id_that_is_escaped_in_paths_is_known_again() -> None:
    held = court()
    submit = Exchange(SUBMIT.call, submitted("a b"))
    held.lives.add(Life("a b", Who.FIRST, submit))
    held.trace = [submit, read("a%20b"), read("a%20b", "result")]
    held.hold("answer.shape", held.trace[-1], "wrong", ok=False)
    assert list(held.collector.broken["answer.shape:result"].trace) == held.trace


def test_a_trace_that_is_given_is_taken() -> None:
    held = court()
    held.hold("answer.shape", LIST, "wrong", ok=False, trace=[SUBMIT, LIST])
    assert held.collector.broken["answer.shape:list"].trace == (SUBMIT, LIST)


@given(st.lists(st.sampled_from("rrrrc"), max_size=200))
def test_a_long_trace_begins_and_ends_as_it_did(kinds: list[str]) -> None:
    held = court()
    held.lives.add(Life("one", Who.FIRST, SUBMIT))
    held.trace = [control(), SUBMIT]
    held.trace += [read("one") if kind == "r" else control(number) for number, kind in enumerate(kinds)]
    held.trace.append(read("one", "result"))
    held.hold("answer.shape", held.trace[-1], "wrong", ok=False)
    shown = held.collector.broken["answer.shape:result"].trace
    assert len(shown) == min(len(held.trace), 40)
    assert shown[:2] == (held.trace[0], SUBMIT)
    assert shown[-1] is held.trace[-1]
    places = [next(at for at, each in enumerate(held.trace) if each is one) for one in shown]
    assert places == sorted(set(places))
    if kinds.count("c") < 37:  # then nothing has to go that moves time
        assert [each for each in shown if each.call.operation == CONTROL] == [
            each for each in held.trace if each.call.operation == CONTROL
        ]


def test_the_whole_is_a_copy() -> None:
    held = court()
    held.trace.append(LIST)
    whole = held.whole()
    held.trace.append(LIST)
    assert whole == [LIST]


# -- surprises


def test_each_finding_is_a_surprise_of_its_own_class() -> None:
    held = court()
    held.surprise_at(frozenset())
    kinds = []
    for case in ("a", "b", "a"):
        with pytest.raises(Surprise, match="wrong") as caught:
            held.hold("answer.shape", LIST, "wrong", ok=False, case=case)
        kinds.append(caught.type.__name__)
    assert kinds[0] == kinds[2] != kinds[1]


@pytest.mark.parametrize("case", ["\0", "\ud800", "/a\0b", "猫", "x" * 100_000, "a\nb"])
def test_whatever_a_server_says_can_be_a_surprise(case: str) -> None:
    held = court()
    held.surprise_at(frozenset())
    with pytest.raises(Surprise):
        held.hold("answer.shape", LIST, "wrong", ok=False, case=case)


def test_what_is_known_is_none_and_nothing_is_before_one_asks() -> None:
    held = court()
    held.hold("answer.shape", LIST, "wrong", ok=False)
    held.surprise_at(frozenset({"answer.shape:list"}))
    assert not held.hold("answer.shape", LIST, "wrong", ok=False)


# -- open facts


def _observed(held: Court, *values: str) -> set[str]:
    for value in values:
        held.observe("error.400004-status", "auth_status", value, LIST)
    return set(held.collector.broken)


def test_a_fact_that_stays_as_it_was_is_no_finding() -> None:
    held = court()
    assert _observed(held, "400", "400") == set()
    assert held.collector.observed == {"auth_status": "400"}
    assert held.collector.times == {"ledger.steady": 2}


def test_a_fact_that_changes_is_one() -> None:
    held = court()
    assert _observed(held, "400", "401") == {"ledger.steady:list:error.400004-status"}
    broken = held.collector.broken["ledger.steady:list:error.400004-status"]
    assert broken.message == "auth_status was 400 before, and here it is 401"
    assert broken.ledger == ("error.400004-status",)
    assert held.collector.observed == {"auth_status": "400"}


def test_a_fact_that_was_promised_is_held_to_the_promise() -> None:
    promises = Promises(None, None, Variants(auth_status="400"))
    assert _observed(court(promises), "400", "400") == set()
    held = court(promises)
    assert _observed(held, "401") == {"ledger.promised:list:error.400004-status"}
    text = "auth_status is 400, says the server of itself, and here it is 401"
    assert held.collector.broken["ledger.promised:list:error.400004-status"].message == text
    assert held.collector.times == {"ledger.promised": 1, "ledger.steady": 1}
