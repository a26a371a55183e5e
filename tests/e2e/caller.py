"""A user of the API over any HTTP client: the calls of one account, as a client program makes them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from schemas.answers import Shape, faults
from tests.e2e.clients import Call, Reply, Send

KLING = "kling/kling-3.0/pro/text-to-video"


@dataclass(frozen=True, slots=True)
class Caller:
    """One account on one server; every answer is held against its shape."""

    send: Send
    base_url: str
    token: str = "a-token-of-the-caller"

    def call(self, method: str, url: str, document: object = None) -> Reply:
        """Make a call with the token."""
        headers = {"Authorization": f"Bearer {self.token}"}
        body = None
        if document is not None:
            headers["Content-Type"] = "application/json"
            body = json.dumps(document, ensure_ascii=False).encode()
        return self.send(Call(method, url, headers, body))

    def submit(self, **payload: Any) -> dict[str, Any]:
        """Submit to the kling model; the answer is its document."""
        reply = self.call("POST", f"{self.base_url}/v1/models/{KLING}", {"prompt": "a paper boat"} | payload)
        return _shaped(reply, 200, Shape.SUBMIT)

    def status(self, submitted: dict[str, Any]) -> dict[str, Any]:
        """Poll once."""
        return _shaped(self.call("GET", submitted["status_url"]), 200, Shape.STATUS)

    def result(self, submitted: dict[str, Any]) -> dict[str, Any]:
        """Fetch the result with its cost."""
        return _shaped(self.call("GET", submitted["result_url"] + "?include_cost=true"), 200, Shape.RESULT)

    def cancel(self, submitted: dict[str, Any]) -> dict[str, Any]:
        """Ask for a cancel: a POST without a body."""
        return _shaped(self.call("POST", submitted["cancel_url"]), 202, Shape.CANCEL)

    def advance(self, seconds: float) -> None:
        """Let time pass for this account."""
        reply = self.call("POST", f"{self.base_url}/__mock__/clock", {"freeze": True, "advance": seconds})
        assert reply.status == 200, reply.body

    def download(self, url: str, **headers: str) -> Reply:
        """Fetch a file as anybody may: without the token."""
        return self.send(Call("GET", url, headers))


def _shaped(reply: Reply, status: int, shape: Shape) -> dict[str, Any]:
    assert reply.status == status, reply.body
    document = reply.document
    assert faults(shape, document) == []
    return document
