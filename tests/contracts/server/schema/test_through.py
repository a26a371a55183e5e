from __future__ import annotations

from collections.abc import Mapping

import pytest
import requests

from contracts.exchange import Answer
from contracts.server.calling.connection import Unanswered
from contracts.server.schema.through import Through


class Other:
    base_url = "http://127.0.0.1:1/before"

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        if method == "PUT":
            raise Unanswered("has had enough")
        told = {"content-type": "application/json", "content-encoding": "gzip", "transfer-encoding": "chunked"}
        return Answer(201, told, f"{method} {path} {headers['x']} {(body or b'').decode()}".encode())

    def close(self) -> None:
        pytest.fail("it is not the adapter's")


def session() -> requests.Session:
    made = requests.Session()
    made.trust_env = False
    made.mount("http://", Through(Other()))
    return made


def test_a_call_goes_through_the_connection() -> None:
    with session() as client:
        answer = client.post("http://127.0.0.1:1/before/v1/models?a=b", data="é", headers={"x": "y"})
    assert (answer.status_code, dict(answer.headers)) == (201, {"content-type": "application/json"})
    assert answer.content == "POST /v1/models?a=b y é".encode()


def test_a_head_has_no_body() -> None:
    with session() as client:
        assert client.head("http://127.0.0.1:1/before/v1/models", headers={"x": "y"}).content == b""


def test_what_nobody_answers_is_an_error_of_the_library() -> None:
    with session() as client, pytest.raises(requests.ConnectionError, match="has had enough"):
        client.put("http://127.0.0.1:1/before/v1/models")
