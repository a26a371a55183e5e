from __future__ import annotations

import asyncio
import json

from contracts.bench.hello import Message, hello


def test_any_call_is_answered_with_one_whole_json_document() -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("nothing is read")

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(hello({"type": "http", "path": "/anything"}, receive, send))
    start, body = sent
    headers = dict(start["headers"])
    assert start["status"] == 200
    assert headers[b"content-type"] == b"application/json"
    assert int(headers[b"content-length"]) == len(body["body"])
    assert json.loads(body["body"])
