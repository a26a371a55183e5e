"""A server that spoils some of its answers in any way, the same way for one seed."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from contracts.server.calling.in_process import Application

JUNK: list[Any] = [
    *(None, True, 5, -1, 1.5, 10**400, 1e999),
    *("", "x", "\0", "\ud800", "é b/..", "a" * 3000, "in_queue", "completed", "2026-01-01T00:00:00Z"),
    *("http://[", "http://[::1", "https://x.runcomfy.net/%zz\n"),
    *([], [1], [None], ["x"], [[[[]]]], [{}], {}, {"": ""}, {"a": {"b": []}}),
]
STATUSES = [200, 202, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 503]
NAMES = ["error_code", "status", "output", "request_id", "cost", "x\0", "\ud800x"]


def spoilt(seed: int, share: float) -> Any:
    """Return a change to an application that spoils that share of its answers; its control plane stays right."""
    random = Random(seed)

    def wrap(app: Application) -> Application:
        async def wrong(scope: Any, receive: Any, send: Any) -> None:
            if scope["path"].startswith("/__mock__/") or random.random() > share:
                await app(scope, receive, send)
                return
            sent: list[Any] = []

            async def keep(message: Any) -> None:
                sent.append(message)

            await app(scope, receive, keep)
            status, body = sent[0]["status"], b"".join(part.get("body", b"") for part in sent[1:])
            match random.choices(("document", "junk", "status", "bytes", "raises", "silent"), (75, 10, 5, 3, 4, 3))[0]:
                case "document":
                    body = _edited(random, body)
                case "junk":
                    body = json.dumps(random.choice(JUNK)).encode()
                case "status":
                    status = random.choice(STATUSES)
                case "bytes":
                    body = random.randbytes(20)
                case "raises":
                    raise ValueError
                case _:
                    return
            headers = [each for each in sent[0]["headers"] if each[0] != b"content-length"]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body})

        return wrong

    return wrap


def _edited(random: Random, body: bytes) -> bytes:
    try:
        document = json.loads(body)
    except ValueError:
        return body
    _spoil(random, document)
    return json.dumps(document).encode()


def _spoil(random: Random, document: Any) -> None:
    """Spoil one value somewhere in a document."""
    if not document or not isinstance(document, (dict, list)):
        return
    key = random.choice(list(document) if isinstance(document, dict) else range(len(document)))
    if document[key] and isinstance(document[key], (dict, list)) and random.random() < 0.4:
        _spoil(random, document[key])
    elif isinstance(document, list) or random.random() < 0.7:
        document[key] = random.choice(JUNK)
    elif random.random() < 0.5:
        del document[key]
    else:
        document[random.choice(NAMES)] = random.choice(JUNK)
