"""Mistakes made from outside: an answer edited on its way out, a call edited on its way in.

What stands around the API leaves the control plane alone, since the fake has that beside the API.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from contracts.exchange import NOT_JSON
from contracts.mutants.asgi import ASGIApp, Message, Receive, Scope, Send, When, calls
from contracts.mutants.mutant import Break
from contracts.targets import App

Headers = tuple[tuple[bytes, bytes], ...]
Document = dict[str, Any]

OK = range(200, 300)
REFUSED = range(400, 600)


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer: its headers without ``content-length``, which is told anew when it is sent."""

    status: int
    headers: Headers
    body: bytes

    @property
    def document(self) -> Any:
        """The body as JSON, a fresh copy each time; `NOT_JSON` if it is none."""
        try:
            return json.loads(self.body)
        except ValueError:
            return NOT_JSON

    def saying(self, document: Any, status: int | None = None) -> Reply:
        """Return it with another document, and another status if one is given."""
        body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
        return replace(self, body=body, status=self.status if status is None else status)

    def under(self, name: bytes, value: bytes | None) -> Reply:
        """Return it with a header of that name (in lower case) and value; ``None`` takes it out."""
        others = tuple(each for each in self.headers if each[0] != name)
        return replace(self, headers=others if value is None else (*others, (name, value)))


Edit = Callable[[Reply, Scope], Reply]


def around(app: App, make: Callable[[ASGIApp], ASGIApp]) -> App:
    """Return the fake with another API, made of its own."""
    return replace(app, api=make(app.api))


def edited(app: App, when: When, edit: Edit) -> App:
    """Return the fake with the answers to some calls edited; answers to HEAD, and those that break off, are left."""

    def make(inner: ASGIApp) -> ASGIApp:
        async def api(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["method"] == "HEAD" or not when(scope):
                await inner(scope, receive, send)
                return
            messages: list[Message] = []

            async def keep(message: Message) -> None:
                messages.append(message)

            await inner(scope, receive, keep)
            if messages and messages[-1]["type"].endswith(".body") and not messages[-1].get("more_body", False):
                messages = _written(edit(_read(messages), scope))
            for message in messages:
                await send(message)

        return api

    return around(app, make)


def asked(app: App, when: When, change: Callable[[Scope], Scope]) -> App:
    """Return the fake with some calls changed before they come in; their bodies are left."""

    def make(inner: ASGIApp) -> ASGIApp:
        async def api(scope: Scope, receive: Receive, send: Send) -> None:
            await inner(change(scope) if when(scope) else scope, receive, send)

        return api

    return around(app, make)


def answered(app: App, when: When, answer: Callable[[Scope], Reply]) -> App:
    """Return the fake with some calls answered without it."""

    def make(inner: ASGIApp) -> ASGIApp:
        async def api(scope: Scope, receive: Receive, send: Send) -> None:
            if not when(scope):
                await inner(scope, receive, send)
                return
            for message in _written(answer(scope)):
                await send(message)

        return api

    return around(app, make)


def error(status: int, code: int, message: str) -> Reply:
    """Write an error as the API writes them."""
    return Reply(status, ((b"content-type", b"application/json"),), b"").saying(
        {"error_code": code, "error_message": message}
    )


def telling(operations: str, change: Callable[[Document], object], statuses: range = OK) -> Break:
    """Break a fake by a change made in place to the JSON objects that some operations answer with.

    ``operations`` is a list of their names, empty for all of them; ``statuses`` are those of the answers.
    """

    def edit(reply: Reply, scope: Scope) -> Reply:
        document = reply.document
        if reply.status not in statuses or not isinstance(document, dict):
            return reply
        change(document)
        return reply.saying(document)

    return partial(edited, when=calls(*operations.split()), edit=edit)


def replying(operations: str, edit: Callable[[Reply], Reply], statuses: range = OK) -> Break:
    """Break a fake by editing whole answers of some operations (empty: of all) with a status among ``statuses``."""
    return partial(
        edited,
        when=calls(*operations.split()),
        edit=lambda reply, _scope: edit(reply) if reply.status in statuses else reply,
    )


def _read(messages: list[Message]) -> Reply:
    start, *parts = messages
    headers = tuple((bytes(name), bytes(value)) for name, value in start["headers"] if name != b"content-length")
    return Reply(start["status"], headers, b"".join(part.get("body", b"") for part in parts))


def _written(reply: Reply) -> list[Message]:
    headers = [*reply.headers, (b"content-length", b"%d" % len(reply.body))]
    return [
        {"type": "http.response.start", "status": reply.status, "headers": headers},
        {"type": "http.response.body", "body": reply.body, "more_body": False},
    ]
