from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.exchange import Answer, Call, Exchange
from contracts.report.trace import Captured, Parts, Step, steps


def submitted(request_id: Any) -> Exchange:
    answer = Answer(200, {}, json.dumps({"request_id": request_id}).encode())
    return Exchange(Call("submit", "POST", "/v1/models/a/b", body=b"{}"), answer)


def called(path: str, body: bytes | None = None) -> Exchange:
    return Exchange(Call("status", "GET", path, body=body), None)


def trace(*exchanges: Exchange) -> list[Step]:
    return steps(exchanges, "http://x/")


def url(*parts: str | Captured) -> Parts:
    return tuple(parts)


def test_an_id_is_captured_if_it_is_used_later() -> None:
    first, second, third = trace(submitted("a1"), submitted("b2"), called("/v1/requests/b2/status?x=1"))
    assert (first.captures, second.captures) == (None, Captured(1))
    assert third.url == url("http://x/v1/requests/", Captured(1), "/status?x=1")


@pytest.mark.parametrize("path", ["/v1/requests/b22", "/v1/requests/a-b2", "/v1/x?y=b2.", "/v1/%62%32"])
def test_an_id_is_a_whole_segment_or_value(path: str) -> None:
    first, second = trace(submitted("b2"), called(path))
    assert first.captures is None
    assert second.url == url("http://x" + path)


def test_an_id_is_not_known_before_it_is_answered() -> None:
    before, submit = trace(called("/v1/requests/b2"), submitted("b2"))
    assert before.url == url("http://x/v1/requests/b2")
    assert submit.captures is None


def test_an_id_that_was_answered_twice_is_the_later_one() -> None:
    first, second, third = trace(submitted("b2"), submitted("b2"), called("/b2"))
    assert (first.captures, second.captures, third.url) == (None, Captured(1), url("http://x/", Captured(1)))


@pytest.mark.parametrize("request_id", [None, 7, "", "a/b", "a b", "é", ["b2"]])
def test_what_is_not_plainly_an_id_is_left_alone(request_id: Any) -> None:
    first, second = trace(submitted(request_id), called("/7/a/b/é"))
    assert first.captures is None
    assert len(second.url) == 1


def test_an_id_is_found_in_a_body_as_a_text_of_json() -> None:
    _, second = trace(submitted("b2"), called("/x", b'{"b2": "b2", "c": "b2x", "d": b2}'))
    assert second.text == ('{"', Captured(1), '": "', Captured(1), '", "c": "b2x", "d": b2}')


def test_a_body_that_is_no_text_has_no_text() -> None:
    (step,) = trace(called("/x", b"\xff"))
    assert step.text is None


def test_an_answer_that_never_came_has_no_id() -> None:
    first, second = trace(Exchange(Call("submit", "POST", "/v1/models/a/b"), None, "reset"), called("/v1/requests/b2"))
    assert first.captures is None
    assert second.url == url("http://x/v1/requests/b2")


def test_headers_are_known_in_any_case() -> None:
    (step,) = trace(Exchange(Call("list", "GET", "/", headers={"CONTENT-type": "x"}), None))
    assert step.has_header("content-type")
    assert not step.has_header("authorization")
