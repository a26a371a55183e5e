from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mock_server.core.lifecycle import Status
from mock_server.trouble.call import EVERY, Call, Operation
from mock_server.trouble.match import Match


@pytest.mark.parametrize(
    ("pointer", "wanted", "value", "fits"),
    [
        ("/a", "*", {"a": None}, True),
        ("/a", "*", {"b": 1}, False),
        ("/a", "**", {"a": 1}, False),
        ("/a", 1, {"a": 1.0}, True),
        ("/a", 1, {"a": True}, False),
        ("/a", True, {"a": 1}, False),
        ("/a", None, {"a": None}, True),
        ("/a", None, {}, False),
        ("/a", None, {"a": 0}, False),
        ("/a", "1", {"a": 1}, False),
        ("/a", ["*"], {"a": ["x"]}, False),
        ("/a", ["*", 1], {"a": ["*", 1.0]}, True),
        ("/a", {"b": [True]}, {"a": {"b": [True]}}, True),
        ("/a", {"b": [True]}, {"a": {"b": [1]}}, False),
        ("/a", {"b": 1}, {"a": {"b": 1, "c": 1}}, False),
        ("/a/*/b", 2, {"a": [{"b": 1}, {"b": 2}]}, True),
        ("/a/1", 2, {"a": [1, 2]}, True),
        ("/a~1b", "x?", {"a/b": "xy"}, True),
    ],
)
def test_a_payload_is_compared_as_json(pointer: str, wanted: Any, value: Any, fits: bool) -> None:  # noqa: FBT001
    call = Call(Operation.SUBMIT, payload=orjson.dumps(value))
    assert Match(EVERY, payload={pointer: wanted}).fits(call) is fits


SCALARS = st.sampled_from([None, True, False, 0, 1, 0.0, 1.0, 0.5, "", "a", "*"])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "b"]), inner, max_size=2),
    max_leaves=4,
)


def told_apart(value: Any) -> Any:
    """Return what equals another such only if JSON's values are the same: Python takes 1 and true for equal."""
    if isinstance(value, list):
        return [told_apart(each) for each in value]
    if isinstance(value, dict):
        return {name: told_apart(each) for name, each in value.items()}
    return (isinstance(value, bool), value)


@given(VALUES.filter(lambda wanted: not isinstance(wanted, str)), VALUES)
@example([1], [1, 2])
@example([1, 2], [1])
@example([[]], [])
@example({"a": ["*"]}, {"a": ["a"]})
def test_what_is_no_text_is_met_by_its_equal_alone(wanted: Any, value: Any) -> None:
    call = Call(Operation.SUBMIT, payload=orjson.dumps({"a": value}))
    assert Match(EVERY, payload={"/a": wanted}).fits(call) is (told_apart(wanted) == told_apart(value))


def test_a_payload_that_is_no_json_meets_no_condition() -> None:
    call = Call(Operation.SUBMIT, payload=b'{"a": ')
    assert not Match(EVERY, payload={"/a": "*"}).fits(call)
    assert call.payload is None


@pytest.mark.parametrize("wanted", [None, "*"])
def test_no_payload_is_not_null(wanted: Any) -> None:
    match = Match(EVERY, payload={"": wanted})
    calls = [Call(Operation.SUBMIT, payload=payload) for payload in (None, b"{", b"null")]
    assert [match.fits(call) for call in calls] == [False, False, True]


@pytest.mark.parametrize(
    ("match", "fits"),
    [
        (Match(EVERY), True),
        (Match(EVERY, model="kling/*"), True),
        (Match(EVERY, model="kling"), False),
        (Match(EVERY, header={"x-a": "b*"}), True),
        (Match(EVERY, header={"x-b": "*"}), False),
        (Match(EVERY, account="one"), True),
        (Match(EVERY, account="two"), False),
        (Match(EVERY, state=Status.IN_QUEUE), True),
        (Match(EVERY, state=Status.COMPLETED), False),
        (Match(EVERY, header={"x-a": "*"}, account="two"), False),
    ],
)
def test_all_that_is_given_must_hold(match: Match, fits: bool) -> None:  # noqa: FBT001
    call = Call(Operation.STATUS, "one", {b"x-a": b"b\xe9"}, "kling/a/b", state=lambda: Status.IN_QUEUE)
    assert match.fits(call) is fits
    assert not Match(EVERY, model="*").fits(Call(Operation.LIST))
