"""No gate keeps a rule out that is meant."""

from __future__ import annotations

import json

from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_server.core.lifecycle import Plan, Request, Seconds, Status
from mock_server.core.question import criteria
from mock_server.trouble import gates as gates_module
from mock_server.trouble.book import RuleBook
from mock_server.trouble.call import Call, Operation
from mock_server.trouble.gates import Gates
from mock_server.trouble.match import Match
from mock_server.trouble.scenario import read
from tests.mock_server.core.entry_maker import make_entry

SCALARS = st.sampled_from(
    [None, True, False, 0, 1, 1.0, -1, 2**63, 0.5, "", "a", "é", "a/b", '"', "\\", "😀x", "1", "\n"]
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.just("a"), inner), max_leaves=4
)
GLOBS = st.lists(st.sampled_from(["*", "?", "a", "é", "/", '"', "\\", "😀", "x", "b"]), max_size=4).map("".join)
POINTERS = st.sampled_from(["", "/a", "/b", "/a/*", "/a/0", "/a/a", "/~1", "/"])
MATCHES = st.builds(
    Match,
    operation=st.just(frozenset(Operation)),
    payload=st.dictionaries(POINTERS, GLOBS | VALUES, max_size=2),
    header=st.dictionaries(st.sampled_from(["x", "y"]), GLOBS.filter(str.isascii), max_size=1),
    state=st.none() | st.sampled_from(Status),
    account=st.none() | st.sampled_from(["one", "two"]),
)
PAYLOADS = st.dictionaries(st.sampled_from(["a", "b", "/", ""]), VALUES, max_size=2)


@st.composite
def calls(draw: st.DrawFn) -> Call:
    document = draw(st.none() | PAYLOADS | VALUES)
    payload = None if document is None else json.dumps(document, ensure_ascii=draw(st.booleans())).encode()
    headers = draw(st.dictionaries(st.sampled_from([b"x", b"y"]), st.sampled_from([b"a", b"b", b""])))
    state = draw(st.none() | st.sampled_from(Status))
    account = draw(st.sampled_from(["one", "two", ""]))
    return Call(Operation.SUBMIT, account, headers, payload=payload, state=lambda: state)


def request_of(payload: bytes) -> Request:
    return Request("r", "one", 1, "a/b/c", payload, 1.0, Plan(Seconds(0), Seconds(0)), 0.0)


@settings(max_examples=500, deadline=None)
@given(st.lists(MATCHES, max_size=5), calls())
@example([Match(frozenset(Operation), payload={"/a/*": 1})], Call(Operation.SUBMIT, payload=b'{"a": [1, 1.0, 1]}'))
@example([Match(frozenset(Operation), payload={"/a": "*é*"})], Call(Operation.SUBMIT, payload=b'{"a": "x\\u00e9x"}'))
def test_all_that_fits_comes_through_once_and_in_order(matches: list[Match], call: Call) -> None:
    through = Gates(matches).through(call)
    assert through == sorted(set(through))
    assert {place for place, match in enumerate(matches) if match.fits(call)} <= set(through)


@given(st.lists(MATCHES, max_size=5), st.lists(calls(), min_size=2, max_size=6))
def test_what_is_remembered_of_a_request_is_what_is_found_anew(matches: list[Match], some: list[Call]) -> None:
    lasting = Gates(matches)
    for call in [*some, *some]:
        call.request = request_of(call.payload or b"")
        assert lasting.through(call) == Gates(matches).through(call)


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    gates = Gates([Match(frozenset(Operation), payload={"/a": 1})])
    for number in range(gates_module._MOST_REMEMBERED + 1):
        payload = b'{"a": 1, "b": %d}' % number
        call = Call(Operation.STATUS, request=request_of(payload), payload=payload)
        assert gates.through(call) == [0]
    assert len(gates._remembered) == 1


@given(MATCHES, calls())
def test_a_question_finds_in_a_payload_what_a_rule_does(match: Match, call: Call) -> None:
    asked = criteria({"payload": match.payload} if match.payload else {})
    entry = make_entry(payload=call.payload)
    assert all(each.test(entry) for each in asked) is Match(match.operation, payload=match.payload).fits(call)


def test_long_payloads_are_remembered_within_a_bound_of_bytes_and_longer_ones_not_at_all() -> None:
    gates = Gates([Match(frozenset(Operation), payload={"/a": 1})])
    most, longest = gates_module._MOST_BYTES_REMEMBERED, gates_module._LONGEST_REMEMBERED
    for number in range(2 * most // longest):
        payload = (b'{"a": 1, "b": %d}' % number).ljust(longest)
        call = Call(Operation.STATUS, request=request_of(payload), payload=payload)
        assert [gates.through(call) for _ in range(2)] == [[0], [0]]
        assert 0 < sum(len(each) for _, each in gates._remembered) <= most
    held = len(gates._remembered)
    assert held == most // longest  # it was full once, and is again
    payload = b'{"a": 1}'.ljust(longest + 1)
    assert gates.through(Call(Operation.STATUS, request=request_of(payload), payload=payload)) == [0]
    assert len(gates._remembered) == held


def test_what_is_submitted_is_not_remembered_since_it_comes_once() -> None:
    gates = Gates([Match(frozenset(Operation), payload={"/a": 1})])
    assert gates.through(Call(Operation.SUBMIT, payload=b'{"a": 1}')) == [0]
    assert gates._remembered == {}


@given(st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["one", "two"])), min_size=2, max_size=6))
def test_payloads_that_differ_at_their_end_alone_are_told_apart(asked: list[tuple[int, str]]) -> None:
    matches = [Match(frozenset(Operation), payload={"/a": number}) for number in range(3)]
    gates = Gates([*matches, Match(frozenset(Operation), account="one")])
    for number, account in asked:
        payload = b'{"b": "%s", "a": %d}' % (b"x" * 5000, number)
        through = gates.through(Call(Operation.STATUS, account, request=request_of(payload), payload=payload))
        assert through == ([number, 3] if account == "one" else [number])


def test_gates_keep_out_what_cannot_fit() -> None:
    matches = [Match(frozenset(Operation), payload={"/prompt": f"*word{number}*"}) for number in range(100)]
    call = Call(Operation.SUBMIT, payload=b'{"prompt": "with word42 in it"}')
    assert Gates(matches).through(call) == [4, 42]
    assert Gates(matches).through(Call(Operation.LIST)) == []


def test_a_call_that_meets_a_condition_twice_is_counted_once() -> None:
    book = RuleBook()
    book.add(read({"match": {"operation": "submit", "payload": {"/a/*": 1}, "nth": 2}, "answers": [429]}))
    fired = [book.decide(Call(Operation.SUBMIT, payload=b'{"a": [1, 1, 1]}')) is not None for _ in range(3)]
    assert fired == [False, True, False]
