from __future__ import annotations

import json
from collections.abc import Callable
from email import message_from_bytes
from email.message import Message
from typing import Any

import pytest

from contracts.bench import calls
from contracts.bench.client import Answer, Client
from mock_server import MockRunComfy
from schemas import catalog
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.inprocess import client, submit

MODEL = catalog.load()[calls.MODEL_ID]


class Listed(Client):
    """Answers with these documents in turn, and keeps what was asked."""

    def __init__(self, *documents: object, status: int = 200) -> None:
        self.asked: list[str] = []
        self._answers = [Answer(status, json.dumps(document).encode()) for document in documents]

    def call(self, request: bytes) -> Answer:
        self.asked.append(parse(request)[0])
        return self._answers.pop(0)


def parse(request: bytes) -> tuple[str, Message, bytes]:
    head, _, body = request.partition(b"\r\n\r\n")
    line, _, headers = head.partition(b"\r\n")
    return line.decode(), message_from_bytes(headers), body


def test_the_full_payload_has_every_property_and_is_valid() -> None:
    payload = calls.full_payload()
    assert payload.keys() == MODEL.input.normalised["properties"].keys()
    assert len(payload["multi_prompt"]) == 2
    assert sum(segment["duration"] for segment in payload["multi_prompt"]) == payload["duration"]
    assert PayloadValidator(MODEL, Variants()).check(payload).findings == ()


def test_the_small_payload_is_valid() -> None:
    assert PayloadValidator(MODEL, Variants()).check(calls.SMALL_PAYLOAD).findings == ()


@pytest.mark.parametrize("payload", [calls.full_payload(), calls.SMALL_PAYLOAD, {"prompt": "дом, 家"}])
def test_a_submit_carries_its_payload_and_its_length(payload: dict[str, Any]) -> None:
    line, headers, body = parse(calls.submit(payload))
    assert line == f"POST /v1/models/{calls.MODEL_ID} HTTP/1.1"
    assert int(headers["Content-Length"]) == len(body)
    assert headers["Content-Type"] == "application/json"
    assert headers["Authorization"].startswith("Bearer ")
    assert headers["Host"]
    assert json.loads(body) == payload


def test_a_get_has_no_body() -> None:
    line, headers, body = parse(calls.get("/v1/models"))
    assert line == "GET /v1/models HTTP/1.1"
    assert headers["Content-Length"] is None
    assert headers["Authorization"].startswith("Bearer ")
    assert body == b""


def reads(*statuses: str) -> list[object]:
    return [{"request_id": "r"}, *({"status": status, "output": {}} for status in statuses)]


def test_a_life_is_a_submit_two_polls_and_the_result() -> None:
    client = Listed(*reads("in_queue", "in_progress", "succeeded"))
    calls.live(client, calls.submit({}))
    assert len(client.asked) == calls.CALLS_OF_A_LIFE
    assert client.asked[1:] == [
        "GET /v1/requests/r/status HTTP/1.1",
        "GET /v1/requests/r/status HTTP/1.1",
        "GET /v1/requests/r/result HTTP/1.1",
    ]


def without_output() -> list[object]:
    return [*reads("in_queue", "in_progress"), {"status": "succeeded"}]


@pytest.mark.parametrize(
    "documents",
    [
        lambda: reads("in_queue", "in_queue", "succeeded"),
        lambda: reads("in_queue", "in_progress", "failed"),
        without_output,
    ],
)
def test_a_life_that_goes_another_way_is_no_figure(documents: Callable[[], list[object]]) -> None:
    with pytest.raises(calls.UnexpectedAnswer):
        calls.live(Listed(*documents()), calls.submit({}))


def test_an_answer_that_is_an_error_is_no_figure() -> None:
    with pytest.raises(calls.UnexpectedAnswer, match=r"HTTP 429: .*slow down"):
        calls.live(Listed({"error_message": "slow down"}, status=429), calls.submit({}))


def test_a_hundred_rules_are_accepted_and_about_no_call_of_the_benchmark() -> None:
    fake = MockRunComfy(pace="manual")
    line, headers, body = parse(calls.add_rules(calls.quiet_rules()))
    assert line == "POST /__mock__/rules HTTP/1.1"
    assert int(headers["Content-Length"]) == len(body)
    assert len(fake.rules.add(json.loads(body))) == 100
    with client(fake) as caller:
        request_id = submit(caller, **calls.full_payload())["request_id"]
        assert caller.get(f"/v1/requests/{request_id}/status").status_code == 200
    assert [view.met for view in fake.rules] == [0] * 100
