"""Rules as documents: one shape, read whole or refused with every place, and written so that it is read again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.accounts import fingerprint
from mock_server.trouble import scenario
from mock_server.trouble.effects.catalogue import CATALOGUE
from mock_server.trouble.scenario import ScenarioError, describe, read


def problems(document: Any) -> dict[str, str]:
    with pytest.raises(ScenarioError) as caught:
        read(document)
    return {each.pointer: each.message for each in caught.value.problems}


def test_every_problem_is_told_with_its_place_and_what_is_allowed() -> None:
    found = problems(
        {
            "rules": [],
            "rule": [
                {"match": {"operation": ["submit", "sumbit"], "payload": {"prompt": 1}, "nth": 0}, "answers": [428.5]},
                {"answers": [], "then": "okay", "tmes": 2, "match": {"state": "succeeded", "header": {"a b": "x"}}},
                {"answers": ["rest", {"effect": "latency", "second": 1}, {"effect": "http"}, [429, "garbage", 503]]},
                {"answers": ["fail", "expire"]},
                {"match": {"operation": "list"}, "answers": ["bom", "no_output"]},
                7,
            ],
        }
    )
    assert {place: next(word for word in words if word in found[place]) for place, words in WORDS.items()}
    assert set(found) == set(WORDS)


WORDS = {
    "/rules": ["did you mean rule?"],
    "/rule/0/match/operation": ['"submit"'],
    "/rule/0/match/payload": ["JSON pointer"],
    "/rule/0/match/nth": ["from 1 to"],
    "/rule/0/answers/0": ["from 400 to 599"],
    "/rule/1/answers": ["1 to 1000"],
    "/rule/1/then": ['"repeat_last"'],
    "/rule/1/tmes": ["did you mean times?"],
    "/rule/1/match/state": ['"in_queue"'],
    "/rule/1/match/header": ["name of a header"],
    "/rule/2/answers/0": ["did you mean reset?"],
    "/rule/2/answers/1": ["second: unknown parameter"],
    "/rule/2/answers/2": ["status: http needs it"],
    "/rule/2/answers/3": ["both replace the answer"],
    "/rule/3/match": ["no operation is common to fail, expire"],
    "/rule/4/match/operation": ["no_output does not apply to list"],
    "/rule/5": ["expected a rule"],
}


@pytest.mark.parametrize(
    ("document", "place"),
    [
        ([], ""),
        (None, ""),
        ({}, ""),
        ({"rules": [{"answers": [429]}]}, "/rules"),
        ({"rule": {}}, "/rule"),
        ({"rule": [1] * 1001}, "/rule"),
        ({"answers": [429] * 1001}, "/answers"),
        ({"answers": [10**400]}, "/answers/0"),
        ({"answers": [{"effect": "latency", "seconds": 10**400}]}, "/answers/0/seconds"),
        ({"answers": [{"effect": "latency", "seconds": float("nan")}]}, "/answers/0/seconds"),
        ({"answers": [{"effect": "latency", "seconds": -1}]}, "/answers/0"),
        ({"answers": [{"effect": "error", "error_code": 999999}]}, "/answers/0"),
        ({"answers": [{"effect": "error", "error_code": 199999}]}, "/answers/0"),
        ({"answers": [{"effect": "error"}]}, "/answers/0"),
        ({"answers": [{"effect": "latency", "seconds": True}]}, "/answers/0"),
        ({"answers": [True]}, "/answers/0"),
        ({"answers": [[]]}, "/answers/0"),
        ({"answers": [["ok", 429]]}, "/answers/0"),
        ({"answers": [["dribble", "truncate"]]}, "/answers/0"),
        ({"answers": [429], "times": 10**5000}, "/times"),
        ({"answers": [429], "name": "\ud800"}, "/name"),
        ({"answers": [429], "match": {"payload": {"/\ud800": 1}}}, "/match/payload"),
        ({"answers": [429], "match": {"payload": {1: 1}}}, "/match/payload"),
        ({"answers": [429], "match": {"payload": {"/a": 2**64}}}, "/match/payload/~1a"),
        ({"answers": [429], "match": {"account": ""}}, "/match/account"),
        ({"answers": [429], "match": {"operation": []}}, "/match/operation"),
        ({"answers": [429], "match": {"payload": {f"/{number}": 1 for number in range(21)}}}, "/match/payload"),
        ({"answers": [429], "match": []}, "/match"),
        ({"answers": (429,)}, "/answers"),
        ({"answers": [{"effect": "http", "status": 200, "headers": {"Content-Length": "1"}}]}, "/answers/0"),
        ({"answers": [{"effect": "http", "status": 200, "headers": {"x": "a\r\nb: c"}}]}, "/answers/0"),
    ],
    ids=lambda _: None,
)
def test_what_no_answer_could_be_is_refused_at_its_place(document: Any, place: str) -> None:
    assert list(problems(document)) == [place]


@pytest.mark.parametrize("depth", [101, 5000])
def test_what_is_nested_too_deep_is_refused(depth: int) -> None:
    deep: Any = 1
    for _ in range(depth):
        deep = [deep]
    (message,) = problems({"answers": [429], "match": {"payload": {"/a": deep}}}).values()
    assert "levels deep" in message


@pytest.mark.parametrize("name", ["Authorization", "x-control-token", "Proxy-Authorization"])
def test_a_header_that_holds_a_token_is_no_condition(name: str) -> None:
    assert "match the account" in problems({"answers": [429], "match": {"header": {name: "*"}}})["/match/header"]


def test_an_account_is_kept_as_its_fingerprint_alone() -> None:
    token = "a-token-to-be-hidden"
    (by_token,) = read({"match": {"account": token}, "answers": [429]})
    (by_name,) = read({"match": {"account": fingerprint(token)}, "answers": [429]})
    assert by_token == by_name
    assert token not in repr(by_token) + repr(describe(by_token))


def _rules() -> st.SearchStrategy[Any]:
    scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6)
    scalars |= st.sampled_from(["ok", 429, 500001, "submit", "status", "*a*", "in_queue", "before", "body", 10**400])
    anything = st.recursive(
        scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    )
    names = st.sampled_from(sorted({each.called(one) for each in CATALOGUE.values() for one in each.parameters()}))
    effect = st.dictionaries(names, scalars | st.dictionaries(st.text(max_size=3), scalars, max_size=2), max_size=2)
    effects = st.builds(lambda name, more: {"effect": name, **more}, st.sampled_from(sorted(CATALOGUE)), effect)
    answer = effects | st.lists(effects, max_size=2) | st.sampled_from([429, "ok", "garbage"]) | anything
    match = st.fixed_dictionaries(
        {},
        optional={
            "operation": st.sampled_from(["submit", "status", ["submit", "list"]]) | anything,
            "model": st.text(max_size=5) | anything,
            "payload": st.dictionaries(st.sampled_from(["", "/a", "/a/*", "b"]), anything, max_size=2) | anything,
            "header": st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=2) | anything,
            "state": st.sampled_from(["in_queue", "completed"]) | anything,
            "account": st.text(max_size=17) | anything,
            "nth": st.integers(-1, 3) | anything,
        },
    )
    rule = st.fixed_dictionaries(
        {"answers": st.lists(answer, max_size=3) | anything},
        optional={
            "name": st.text(max_size=5) | anything,
            "match": match | anything,
            "times": st.integers(-1, 3) | anything,
            "then": st.sampled_from(["ok", "repeat_last", "error"]) | anything,
        },
    )
    return rule | st.fixed_dictionaries({"rule": st.lists(rule, max_size=2)}) | anything


@settings(max_examples=400, deadline=None)
@given(_rules())
def test_any_document_is_read_and_written_back_or_refused(document: Any) -> None:
    try:
        rules = read(document)
    except ScenarioError:
        return
    written = [describe(rule) for rule in rules]
    assert read({"rule": written}) == rules
    assert [describe(rule) for rule in read(json.loads(json.dumps({"rule": written})))] == written


@pytest.mark.parametrize("name", CATALOGUE)
def test_every_effect_is_written_as_it_is_read(name: str) -> None:
    given = {"effect": name} | ({"status": 503} if name in ("http", "error") else {})
    (rule,) = read({"answers": [given]})
    assert describe(rule)["answers"] == [given]
    assert read(describe(rule)) == [rule]


def test_texts_are_names_too() -> None:
    assert set(scenario.texts({"a": ["b", {"c": 1}], "d": None})) == {"a", "b", "c", "d"}
