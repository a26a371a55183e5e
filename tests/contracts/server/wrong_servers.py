"""Servers with one mistake each: the right fake behind a few lines that spoil it."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

from contracts.server.calling.in_process import Application
from contracts.targets import fake

TOKEN = "first-account-token"
OTHER = "second-account-token"

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


def right() -> Application:
    """Return a fake that keeps the contract: same calls, same answers."""
    options = "--pace polls:1,1 --magic off --seed 1 --frozen-at 2026-01-01T00:00:00Z".split()
    app: Application = fake([*options, "--token", TOKEN, "--token", OTHER])
    return app


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer on its way to the client."""

    status: int
    headers: dict[bytes, bytes]
    body: bytes

    def edited(self, **properties: Any) -> Reply:
        """Return it with these properties in its document; a property that is ``None`` is taken out."""
        document = json.loads(self.body) | properties
        return self.of({name: value for name, value in document.items() if value is not None})

    def of(self, document: object, status: int | None = None) -> Reply:
        body = json.dumps(document).encode()
        headers = self.headers | {b"content-length": b"%d" % len(body)}
        return Reply(self.status if status is None else status, headers, body)


Spoil = Callable[[Reply, bytes], Reply]
"""Spoils the reply to a call with that body."""


def spoiled(method: str, path: str, spoil: Spoil, statuses: tuple[int, ...] = (200,)) -> Application:
    """Return a fake whose replies to such calls are spoiled, of those with one of ``statuses``."""
    app, pattern = right(), re.compile(path)

    async def wrong(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or method not in (scope["method"], "*") or not pattern.fullmatch(scope["path"]):
            await app(scope, receive, send)
            return
        sent: list[Message] = []
        call = await receive()

        async def again() -> Message:
            return call

        async def keep(message: Message) -> None:
            sent.append(message)

        await app(scope, again, keep)
        reply = Reply(sent[0]["status"], dict(sent[0]["headers"]), b"".join(part["body"] for part in sent[1:]))
        if reply.status in statuses:
            reply = spoil(reply, call["body"])
        await send({"type": "http.response.start", "status": reply.status, "headers": list(reply.headers.items())})
        await send({"type": "http.response.body", "body": reply.body})

    return wrong


SUBMIT = r"/v1/models/kling/.*"
STATUS = r"/v1/requests/[^/]+/status"
RESULT = r"/v1/requests/[^/]+/result"
CANCEL = r"/v1/requests/[^/]+/cancel"


def wrong_word() -> Application:
    return spoiled("GET", STATUS, lambda reply, _: reply.edited(status="queued"))


def missing_property() -> Application:
    return spoiled("GET", RESULT, lambda reply, _: reply.edited(created_at=None))


def position_while_running() -> Application:
    def spoil(reply: Reply, _: bytes) -> Reply:
        return reply.edited(queue_position=1)

    return spoiled("GET", STATUS, spoil)


def breaks_on_unicode() -> Application:
    def spoil(reply: Reply, sent: bytes) -> Reply:
        json.loads(sent)["prompt"].encode("ascii")  # as a server would that logs to an old terminal
        return reply

    return spoiled("POST", SUBMIT, spoil)


def takes_any_token() -> Application:
    app = right()

    async def wrong(scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] == "/v1/models/categories":
            known = (b"authorization", f"Bearer {TOKEN}".encode())
            scope["headers"] = [pair for pair in scope["headers"] if pair[0] != b"authorization"] + [known]
        await app(scope, receive, send)

    return wrong


def takes_wrong_payloads() -> Application:
    url = "http://127.0.0.1:8787/v1/requests/x"
    answer = {"request_id": "x"} | {f"{name}_url": f"{url}/{name}" for name in ("status", "result", "cancel")}
    return spoiled("POST", SUBMIT, lambda reply, _: reply.of(answer, 200), (422,))


def refuses_a_bound() -> Application:
    def spoil(reply: Reply, sent: bytes) -> Reply:
        if json.loads(sent).get("duration") == 3:
            return reply.of({"error_code": 422001, "error_message": "duration must be more than 3"}, 422)
        return reply

    return spoiled("POST", SUBMIT, spoil)


def created() -> Application:
    return spoiled("POST", CANCEL, lambda reply, _: reply.of(json.loads(reply.body), 201), (202,))


def as_html() -> Application:
    def spoil(reply: Reply, _: bytes) -> Reply:
        return Reply(reply.status, reply.headers | {b"content-type": b"text/html"}, reply.body)

    return spoiled("GET", "/v1/models", spoil, (422,))


def never_says_when() -> Application:
    limit = {"error_code": 429001, "error_message": "too many calls"}
    return spoiled("GET", "/v1/models/categories", lambda reply, _: reply.of(limit, 429))


def no_allow() -> Application:
    def spoil(reply: Reply, _: bytes) -> Reply:
        return Reply(reply.status, {name: text for name, text in reply.headers.items() if name != b"allow"}, reply.body)

    return spoiled("*", "/v1/models", spoil, (405,))
