"""What the benchmark asks: whole requests as bytes, and the ways to walk through a request's life with them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from contracts.bench.client import Answer, Client
from schemas import catalog

MODEL_ID = "kling/kling-3.0/pro/text-to-video"
SMALL_PAYLOAD: Mapping[str, Any] = {"prompt": "A sea."}
CALLS_OF_A_LIFE = 4

# Options of the fake: as many requests as may come, moved by nobody, or by reads.
_UNBOUNDED = ("--max-requests", "1000000000")
AT_REST = ("--pace", "manual", *_UNBOUNDED)
ALIVE = ("--pace", "polls:1,1", *_UNBOUNDED)

_HEAD = (
    "{method} {path} HTTP/1.1\r\n"
    "Host: model-api.runcomfy.net\r\n"
    "User-Agent: runcomfy-mock-bench\r\n"
    "Accept: */*\r\n"
    "Authorization: Bearer 4b0f9d52-77c1-4c34-9d0e-5c2ad1f6a3be\r\n"
)


class UnexpectedAnswer(Exception):
    """The other end answered what makes its figures worthless."""


def quiet_rules() -> dict[str, Any]:
    """Return a hundred rules of many kinds, none of which is about a call of the benchmark."""
    kinds: list[Callable[[int], dict[str, Any]]] = [
        lambda number: {"model": f"other/model-{number}/*"},
        lambda number: {"operation": "submit", "payload": {"/prompt": f"*kitten-{number}*"}},
        lambda number: {"operation": ["submit", "status"], "payload": {"/duration": 1000 + number}},
        lambda number: {"header": {f"X-Client-{number}": "*"}},
        lambda number: {"account": f"another-token-{number}"},
        lambda number: {"operation": ["status", "result"], "state": "cancelled", "nth": 1 + number},
    ]
    return {"rule": [{"match": kinds[number % len(kinds)](number), "answers": [503]} for number in range(100)]}


def full_payload() -> dict[str, Any]:
    """Return a payload with every property of the model, and prompt segments that add up to its duration."""
    model = catalog.load()[MODEL_ID]
    return (
        model.defaults()
        | model.example()
        | {
            "negative_prompt": "text, watermark, blurred faces",
            "duration": 10,
            "multi_prompt": [
                {"prompt": "The terrace at golden hour, seen from above the vineyard.", "duration": 6},
                {"prompt": "Their hands across the table, in candlelight.", "duration": 4},
            ],
        }
    )


def get(path: str) -> bytes:
    """Write a GET."""
    return (_HEAD.format(method="GET", path=path) + "\r\n").encode("ascii")


def submit(payload: Mapping[str, Any]) -> bytes:
    """Write a submit of ``payload``."""
    body = json.dumps(payload, ensure_ascii=False).encode()
    head = _HEAD.format(method="POST", path=f"/v1/models/{MODEL_ID}")
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode("ascii") + body


def add_rules(document: Mapping[str, Any]) -> bytes:
    """Write a call of the control plane that puts rules in force for all accounts."""
    body = json.dumps(document).encode()
    head = "POST /__mock__/rules HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode("ascii") + body


def expect(answer: Answer) -> None:
    """Raise `UnexpectedAnswer` unless the call succeeded."""
    if answer.status != 200:  # noqa: PLR2004 - OK
        raise UnexpectedAnswer(f"HTTP {answer.status}: {answer.body[:200]!r}")


def request_id(answer: Answer) -> str:
    """Take the request id out of the answer to a submit. Raises `UnexpectedAnswer`."""
    return str(_document(answer)["request_id"])


def live(client: Client, request: bytes) -> None:
    """Go through a request's life at the pace of `ALIVE`: submit, status, status, result.

    Raises `UnexpectedAnswer` where it goes any other way.
    """
    here = f"/v1/requests/{request_id(client.call(request))}"
    status = get(f"{here}/status")
    reads = [_document(client.call(read)) for read in (status, status, get(f"{here}/result"))]
    found = [read.get("status") for read in reads]
    if found != ["in_queue", "in_progress", "succeeded"] or "output" not in reads[-1]:
        raise UnexpectedAnswer(f"a request went {' → '.join(map(str, found))}")


def _document(answer: Answer) -> dict[str, Any]:
    expect(answer)
    document: dict[str, Any] = json.loads(answer.body)
    return document
