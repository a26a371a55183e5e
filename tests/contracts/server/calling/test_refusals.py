from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Answer
from contracts.server.calling.refusals import AUTH_CODE, is_refused_token
from contracts.server.calling.target import FakeTarget


def answer(status: int, document: object) -> Answer:
    return Answer(status, {}, json.dumps(document).encode())


@pytest.mark.parametrize("status", [400, 401])
def test_both_statuses_that_are_plausible_refuse_a_token(status: int) -> None:
    assert is_refused_token(answer(status, {"error_code": AUTH_CODE}))


@given(st.integers(100, 599), st.none() | st.integers(400000, 400009) | st.text(max_size=6) | st.booleans())
def test_nothing_else_does(status: int, code: object) -> None:
    expected = status in (400, 401) and code == 400004
    assert is_refused_token(answer(status, {"error_code": code})) is expected


@pytest.mark.parametrize("body", [b"", b"400004", b'["error_code"]', b'{"error_code": "400004"}', b"<html>"])
def test_a_body_that_does_not_say_so_does_not(body: bytes) -> None:
    assert not is_refused_token(Answer(401, {}, body))


@pytest.mark.parametrize("variant", ["400", "401"])
def test_so_the_fake_refuses(variant: str) -> None:
    connection = FakeTarget(1).staged("--token", "a-token", "--variant", f"auth_status={variant}").connection
    for headers in ({}, {"Authorization": "Bearer other"}, {"Authorization": "Basic a-token"}):
        assert is_refused_token(connection.send("GET", "/v1/models", headers, None))
    assert not is_refused_token(connection.send("GET", "/v1/models", {"Authorization": "Bearer a-token"}, None))
