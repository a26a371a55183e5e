"""Asking the journal over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server import MockRunComfy
from mock_server.web.metrics import CONTENT_TYPE
from tests.inprocess import KLING, OTHER_TOKEN, client, submit


@pytest.fixture
def fake() -> MockRunComfy:
    """A fake that was called: submit, status, result of one account, a refused submit of another, and a lost call."""
    fake = MockRunComfy()
    caller = client(fake)
    urls = submit(caller)
    caller.get(urls["status_url"])
    caller.get(urls["result_url"])
    client(fake, OTHER_TOKEN).post(f"/v1/models/{KLING}", json={"prompt": 5})
    client(fake, token=None).get("/nowhere")
    return fake


def found(fake: MockRunComfy, query: str, token: str | None = None) -> list[int]:
    answer = client(fake, token).get(f"/__mock__/journal?{query}")
    assert answer.status_code == 200, answer.text
    return [entry["seq"] for entry in answer.json()["entries"]]


@pytest.mark.parametrize(
    ("query", "seqs"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("operation=submit", [1, 4]),
        ("operation=s*&http_status=2xx", [1, 2]),
        ("http_status=422", [4]),
        ("http_status=400..499", [4, 5]),
        ("error_code=422001", [4]),
        ("error_code=", [1, 2, 3]),
        ("model=kling/*", [1, 2, 3, 4]),
        ("model=", [5]),
        ("request_id=", [4, 5]),
        ("method=GET&path=/nowhere", [5]),
        ("account=", [5]),
        ("rule=", [1, 2, 3, 4, 5]),
        ("rule=slow", []),
        ("effect=delay", []),
        ("connection=0", [1, 2, 3, 4, 5]),
        ("token_sent_to_media=true", []),
        ("after=2&limit=2", [3, 4]),
        ("limit=0", []),
        ("after=99", []),
    ],
)
def test_filters_of_the_query(fake: MockRunComfy, query: str, seqs: list[int]) -> None:
    assert found(fake, query) == seqs


def test_a_token_asks_of_its_account_alone(fake: MockRunComfy) -> None:
    assert found(fake, "operation=submit", OTHER_TOKEN) == [4]


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("opertion=submit", 'query\'s "opertion": there is no such filter; did you mean operation; known are'),
        ("payload=x", "there is no such filter"),
        ("operation=submitt", 'operation: "submitt" is no operation; did you mean submit'),
        ("operation=submit&operation=status", "operation is given twice"),
        ("http_status=5..", "5xx is the class"),
        ("after=-1", "after must be a whole number from 0"),
        ("limit=x", "limit must be a whole number from 0"),
        ("limit=" + "9" * 30, "limit must be a whole number"),
        ("token_sent_to_media=1", "must be true or false"),
    ],
)
def test_a_bad_query_is_refused_and_says_what_is_allowed(fake: MockRunComfy, query: str, told: str) -> None:
    answer = client(fake).get(f"/__mock__/journal?{query}")
    assert (answer.status_code, answer.json()["error_code"]) == (422, 422001)
    assert told in answer.json()["error_message"]


def verify(fake: MockRunComfy, token: str | None = None, **body: Any) -> tuple[int, dict[str, Any]]:
    answer = client(fake, token).post("/__mock__/journal/verify", json=body)
    return answer.status_code, answer.json()


@pytest.mark.parametrize(
    "body",
    [
        {"counts": {"submit": 2, "status": "1..", "cancel": 0}},
        {"count": 5},
        {"count": "1..", "where": {"payload": {"/prompt": "*boat*"}, "operation": "submit"}},
        {"order": ["submit", "status", "result", "unknown"]},
        {"where": {"http_status": 422, "model": "kling/*"}, "counts": {"submit": 1}, "count": 1, "order": ["submit"]},
        {"where": {"rule": None, "error_code": None}, "count": 3},
    ],
)
def test_what_holds_is_verified(fake: MockRunComfy, body: dict[str, Any]) -> None:
    assert verify(fake, **body) == (200, {"verified": True, "message": "", "closest": None})


def test_what_does_not_hold_says_so_and_shows_the_near_miss(fake: MockRunComfy) -> None:
    where = {"operation": "submit", "payload": {"/prompt": "*kitten*"}}
    status, document = verify(fake, where=where, count="1..")
    assert (status, document["verified"], document["closest"]["seq"]) == (200, False, 4)
    assert "closest was #4 POST /v1/models/" in document["message"]
    assert "payload /prompt is 5" in document["message"]
    for body in (
        {"counts": {"cancel": 1}},
        {"order": ["status", "submit", "result"]},
        {"count": 5, "order": ["media"]},
    ):
        status, document = verify(fake, **body)
        assert (status, document["verified"]) == (200, False)
    assert verify(fake, OTHER_TOKEN, counts={"status": "1.."})[1]["verified"] is False
    assert verify(fake, count=0)[1]["closest"] is None


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "the body says what is expected"),
        ({"where": {"operation": "submit"}}, "the body says what is expected"),
        ({"counts": {}}, "the body's counts: verify: expected is"),
        ({"counts": {"submitt": 1}}, "the body's counts: submitt: there is no such operation; did you mean submit"),
        ({"counts": {"submit": True}}, "the body's counts: submit: "),
        ({"counts": {"submit": "x"}}, "is none of 3, '2..', '..3', '1..3'"),
        ({"counts": [1]}, "counts must be an object"),
        ({"count": -1}, "the body's count: verify: "),
        ({"count": None}, "count must be a text or a whole number"),
        ({"order": []}, "the body's order: in_order: no operation is given"),
        ({"order": ["submit", 1]}, "the body's order: 1: there is no such operation"),
        ({"order": [["submit"]]}, "there is no such operation"),
        ({"where": {"self": 1}, "count": 1}, "the body's where: self: "),
        ({"where": {"http_status": "5.."}, "count": 1}, "the body's where: http_status: "),
        ({"where": {"payload": {"prompt": "x"}}, "count": 1}, "the body's where: payload: a JSON pointer"),
        ({"wher": {}, "count": 1}, 'unknown field "wher"'),
    ],
)
def test_a_bad_question_is_refused_with_its_place(fake: MockRunComfy, body: dict[str, Any], told: str) -> None:
    status, document = verify(fake, **body)
    assert (status, document["error_code"]) == (422, 422001)
    assert told in document["error_message"]


def test_where_calls_are_gone_it_is_a_conflict_and_no_pass() -> None:
    fake = MockRunComfy(journal_bytes=1)
    for _ in range(3):
        client(fake).get("/v1/models")
    client(fake, OTHER_TOKEN).get("/v1/models")
    status, document = verify(fake, counts={"list": "1.."})
    assert (status, document["error_code"]) == (409, 409001)
    assert "3 earlier calls" in document["error_message"]
    assert "--journal-bytes" in document["error_message"]
    assert verify(fake, OTHER_TOKEN, counts={"list": 1})[1]["verified"]
    assert verify(fake, where={"after": 3}, count=1)[1]["verified"]

    def evicted(token: str | None, query: str = "") -> int:
        return int(client(fake, token).get(f"/__mock__/journal{query}").json()["evicted"])

    assert (evicted(None), evicted(OTHER_TOKEN), evicted(None, "?after=3")) == (3, 0, 0)
    client(fake, token=None).post("/__mock__/reset")
    assert verify(fake, counts={"list": 0})[1]["verified"]


def test_metrics_are_plain_text(fake: MockRunComfy) -> None:
    answer = client(fake).get("/__mock__/metrics")
    assert answer.headers["content-type"].encode() == CONTENT_TYPE
    assert "runcomfy_mock_calls_total" in answer.text
