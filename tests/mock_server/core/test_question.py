from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from mock_server.core.question import FILTERS, Filters, QuestionError, criteria, of_predicate, one_operation
from tests.mock_server.core.entry_maker import make_entry

ENTRY = replace(
    make_entry("/v1/models/kling/pro", account="abc", request_id="r-1", model_id="kling/pro", payload=b"{}"),
    seq=7,
    connection=3,
    http_status=503,
    error_code=503001,
    rule="slow",
    effects=("delay", "status"),
    payload=b'{"prompt": "a boat", "n": 1, "sound": true, "list": [{"x": "one"}, {"x": "two"}], "none": null}',
)
PLAIN = make_entry()


@pytest.mark.parametrize(
    ("filters", "bad"),
    [
        ({"operation": "submit"}, {"operation": "status"}),
        ({"operation": "su*"}, {"operation": "*ca*l*"}),
        ({"method": "POST"}, {"method": "post"}),
        ({"path": "/v1/models/*"}, {"path": "/v1/models"}),
        ({"model": "kling/*"}, {"model": None}),
        ({"request_id": "r-?"}, {"request_id": "r"}),
        ({"account": "abc"}, {"account": ""}),
        ({"http_status": 503}, {"http_status": 500}),
        ({"http_status": "5xx"}, {"http_status": "4XX"}),
        ({"http_status": "500..599"}, {"http_status": "..499"}),
        ({"http_status": "400.."}, {"http_status": 0}),
        ({"error_code": 503001}, {"error_code": None}),
        ({"error_code": "503000.."}, {"error_code": "..503000"}),
        ({"rule": "s*"}, {"rule": None}),
        ({"effect": "delay"}, {"effect": None}),
        ({"effect": "st*"}, {"effect": "reset"}),
        ({"connection": 3}, {"connection": "4.."}),
        ({"token_sent_to_media": False}, {"token_sent_to_media": True}),
        ({"after": 6}, {"after": 7}),
        ({"payload": {"/prompt": "*boat*"}}, {"payload": {"/prompt": "*kitten*"}}),
        ({"payload": {"/n": 1.0}}, {"payload": {"/n": True}}),
        ({"payload": {"/sound": True}}, {"payload": {"/sound": 1}}),
        ({"payload": {"/none": None}}, {"payload": {"/missing": None}}),
        ({"payload": {"/list/*/x": "two"}}, {"payload": {"/list/0/x": "two"}}),
        ({"payload": {"/list": [{"x": "one"}, {"x": "two"}]}}, {"payload": {"/list": [{"x": "one"}]}}),
        ({"payload": {"/n": 1, "/prompt": "a*"}}, {"payload": {"/n": 1, "/prompt": "b*"}}),
        ({"payload": {"/prompt": "a boat"}}, {"payload": {"/n": "1"}}),
        ({"payload": {"/none": "*"}}, {"payload": {"/missing": "*"}}),
        ({"payload": {"/prompt": "*"}}, {"payload": {"/prompt": "*[mock:boat]*"}}),  # brackets are brackets
    ],
)
def test_each_filter_holds_and_does_not(filters: Mapping[str, Any], bad: Mapping[str, Any]) -> None:
    assert all(each.test(ENTRY) for each in criteria(filters))
    assert not all(each.test(ENTRY) for each in criteria(bad))


@pytest.mark.parametrize("name", ["model", "request_id", "error_code", "rule", "effect"])
def test_none_asks_for_calls_that_have_none(name: str) -> None:
    (asked,) = criteria({name: None})
    assert (bool(asked.test(PLAIN)), bool(asked.test(ENTRY))) == (True, False)
    assert asked.found(PLAIN) == "none"


def test_there_is_a_filter_for_each_name_that_types_know() -> None:
    assert set(FILTERS) == set(Filters.__annotations__)


@pytest.mark.parametrize("payload", [None, b"", b"{", b"[1]", b'"x"', b"\xff", b"[" * 100_000])
def test_what_is_no_payload_matches_nothing(payload: bytes | None) -> None:
    (asked,) = criteria({"payload": {"/prompt": "*"}})
    entry = replace(ENTRY, payload=payload)
    assert not asked.test(entry)
    assert asked.found(entry).startswith("missing")


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        ({"opertion": "submit"}, "opertion: .*did you mean operation; known are operation, method"),
        ({"x": 1}, "x: calls cannot be asked for that; known are operation, method, path, model"),
        ({"operation": "submitt"}, "operation: .*did you mean submit; known are submit, status"),
        ({"operation": "x*"}, "is no operation"),
        ({"operation": 1}, "operation: 1 is no text"),
        ({"account": None}, "account: null is no text"),
        ({"path": b"/x"}, "path: b'/x' is no text"),
        ({"http_status": "5.."}, "'500..599'.*5xx is the class"),
        ({"http_status": 5}, "5xx is the class"),
        ({"http_status": 1000}, "is none of 503"),
        ({"http_status": "9xx"}, "is none of 503"),
        ({"http_status": "x"}, "http_status: "),
        ({"http_status": None}, "http_status: "),
        ({"connection": -1}, "connection: "),
        ({"token_sent_to_media": 1}, "neither true nor false"),
        ({"after": -1}, "no number of a call"),
        ({"after": True}, "no number of a call"),
        ({"after": "3"}, "no number of a call"),
        ({"payload": {}}, "JSON pointers"),
        ({"payload": "*boat*"}, "JSON pointers"),
        ({"payload": {"prompt": "x"}}, "starts with '/'"),
        ({"payload": {1: "x"}}, "pointer is a text"),
        ({"payload": {"/x": object()}}, "nothing that JSON can hold"),
    ],
)
def test_what_cannot_be_asked_says_where_and_what_can(filters: dict[str, Any], told: str) -> None:
    with pytest.raises(QuestionError, match=told):
        criteria(filters)


def test_what_was_found_is_told_briefly() -> None:
    found = {each.name: each.found(ENTRY) for each in criteria({"effect": "x", "payload": {"/list/*/x": "3", "/n": 2}})}
    assert found == {"effect": "delay, status", "payload /list/*/x": "'one', 'two'", "payload /n": "1"}


def test_a_predicate_is_a_function() -> None:
    def is_slow(entry: object) -> bool:
        return True

    assert (of_predicate(is_slow).name, of_predicate(is_slow).found(ENTRY)) == ("is_slow", "false")
    with pytest.raises(QuestionError, match="no function of an entry"):
        of_predicate("submit")  # type: ignore[arg-type]


def test_an_operation_is_known_or_an_error() -> None:
    assert one_operation("media") == "media"
    with pytest.raises(QuestionError, match="did you mean cancel"):
        one_operation("cancle")
