"""A client that calls the fake in process, and the model it calls."""

from __future__ import annotations

from typing import Any

import httpx

from mock_server import MockRunComfy

KLING = "kling/kling-3.0/pro/text-to-video"
SUBMIT = f"/v1/models/{KLING}"
TOKEN = "token-of-the-first-account"
OTHER_TOKEN = "token-of-the-second-account"


def client(fake: MockRunComfy, token: str | None = TOKEN) -> httpx.Client:
    """Return a client whose calls carry ``token`` (``None``: no token)."""
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return httpx.Client(transport=fake.transport(), base_url=fake.base_url, headers=headers)


def submit(caller: httpx.Client, **payload: Any) -> dict[str, Any]:
    """Submit to the kling model and return the answer, which must be a success."""
    answer = caller.post(SUBMIT, json={"prompt": "a paper boat"} | payload)
    assert answer.status_code == 200, answer.text
    document: dict[str, Any] = answer.json()
    return document


def statuses(caller: httpx.Client, count: int = 1) -> list[int]:
    """Submit ``count`` times and return the HTTP statuses."""
    return [caller.post(SUBMIT, json={"prompt": "x"}).status_code for _ in range(count)]
