from __future__ import annotations

from typing import Any

import pytest

from mock_server.core.entry import Entry
from mock_server.core.near_miss import nearest, short
from mock_server.core.question import Filters, criteria
from tests.mock_server.core.entry_maker import make_entry

BOAT = make_entry("/v1/models/kling/pro", model_id="kling/pro", payload=b'{"prompt": "a paper boat"}')
BARE = make_entry("/v1/models")


@pytest.mark.parametrize(
    ("asked", "lacks"),
    [
        ({"payload": {"/prompt": "*cat*"}}, "payload /prompt is 'a paper boat'"),
        ({"model": "klng/*"}, "model is kling/pro"),
        ({"operation": "submit", "model": "klng/*"}, "model is kling/pro"),
        (
            {"method": "POST", "payload": {"/prompt": "*cat*", "/n": 1}},
            "/prompt is 'a paper boat', payload /n is missing",
        ),
    ],
)
def test_what_is_there_but_differs_is_closer_than_what_is_missing(asked: Filters, lacks: str) -> None:
    for entries in ([BOAT, BARE], [BARE, BOAT]):
        found, told = nearest(entries, criteria(asked))
        assert found is BOAT
        assert told.endswith(lacks)


def test_whoever_meets_more_is_closer_whatever_is_there() -> None:
    asked: Any = {"path": "/v1/models", "model": None, "payload": {"/prompt": "*cat*"}}
    assert nearest([BARE, BOAT], criteria(asked))[0] is BARE


def test_of_equals_it_is_the_latest_and_of_none_there_is_none() -> None:
    asked = criteria({"method": "GET"})
    assert nearest([BARE, BOAT], asked)[0] is BOAT
    assert nearest([], asked) == (None, "method=GET")
    assert nearest([BOAT], criteria({"method": "POST"})) == (None, "method=POST")


def test_a_call_is_told_in_one_line() -> None:
    assert short(Entry("GET", "/x", seq=3)) == "#3 GET /x (unknown, no answer)"
