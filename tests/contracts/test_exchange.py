from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import DEEPEST, NOT_JSON, Answer, Call, Exchange, Who

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text()
documents = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=20)


def document(body: bytes) -> Any:
    return Answer(200, {}, body).document


def nested(depth: int) -> bytes:
    return b'{"a":[' * (depth // 2) + b"1" + b"]}" * (depth // 2)


@given(documents, st.booleans())
def test_a_document_is_read_as_it_was_written(written: Any, escaped: bool) -> None:  # noqa: FBT001 - drawn
    assert document(json.dumps(written, ensure_ascii=escaped).encode()) == written


@given(st.binary())
def test_any_bytes_are_a_document_or_none(body: bytes) -> None:
    read = document(body)
    assert read is NOT_JSON or document(json.dumps(read).encode()) == read


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"<html>",
        b"{} {}",
        b"\xef\xbb\xbf{}",
        '{"a": "é"}'.encode("latin-1"),
        "{}".encode("utf-16"),
        b"NaN",
        b"[Infinity]",
        b'{"a": -Infinity}',
        b"[01]",
        b"{'a': 1}",
        b'"\xed\xa0\x80"',
        rb'"\ud800"',
        rb'{"\udc00": 1}',
        b'"\n"',
        b"[" * 100_000,
        nested(100_000),
        nested(DEEPEST + 2),
    ],
)
def test_what_is_no_json_or_cannot_be_handed_on_is_none(body: bytes) -> None:
    assert document(body) is NOT_JSON


@pytest.mark.parametrize(
    ("body", "read"),
    [
        (b" 1 ", 1),
        (rb'"\ud83d\ude00"', "\U0001f600"),
        (rb'"\\ud800"', "\\ud800"),
        (b'{"a": 1, "a": 2}', {"a": 2}),
        (b"9" * 400, NOT_JSON),  # no double holds it, and most clients have no other numbers
        (b"-" + b"9" * 10_000, NOT_JSON),
        (b"1e999", NOT_JSON),
        (b"1" * 300, int("1" * 300)),
    ],
)
def test_what_is_odd_and_json_all_the_same_is_read(body: bytes, read: Any) -> None:
    assert document(body) == read


def test_a_document_may_be_nested_as_deep_as_that() -> None:
    assert document(nested(DEEPEST - 2)) is not NOT_JSON


def test_a_property_is_one_of_an_object() -> None:
    assert Answer(200, {}, b'{"a": [1]}').get("a") == [1]
    assert Answer(200, {}, b'{"a": 1}').get("b") is None
    assert [Answer(200, {}, body).get("a") for body in (b"[]", b"1", b"no", b'"a"')] == [None] * 4


def test_a_body_is_read_once() -> None:
    answer = Answer(200, {}, b"[]")
    assert answer.document is answer.document


def test_a_call_is_the_first_accounts_and_free_unless_it_says_otherwise() -> None:
    call = Call("list", "GET", "/v1/models")
    assert (call.who, call.body, call.headers, call.price_usd) == (Who.FIRST, None, {}, 0.0)
    assert Exchange(call, None).failure == ""


def test_no_json_says_what_it_is() -> None:
    assert repr(NOT_JSON) == "NOT_JSON"
