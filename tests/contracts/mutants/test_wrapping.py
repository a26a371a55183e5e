from __future__ import annotations

import json
from dataclasses import replace

import pytest

from contracts.exchange import NOT_JSON
from contracts.mutants.asgi import Message, Receive, Scope, Send, calls
from contracts.mutants.wrapping import Reply, answered, around, asked, edited, error, replying, telling
from contracts.targets import App, fake
from tests.contracts.mutants.calling import Caller

LIST = "/v1/models"
TOKEN = "any-token-will-do"


def _app() -> App:
    return fake(["--seed", "7"])


def test_an_edited_answer_has_its_new_length_and_its_old_headers() -> None:
    right = Caller(_app())("GET", LIST, token=TOKEN)
    wrong = Caller(edited(_app(), calls("list"), lambda reply, _scope: reply.saying({"é": 1}, 299)))
    told = wrong("GET", LIST, token=TOKEN)  # the caller checks the length
    assert (told.status, told.document, told.headers) == (299, {"é": 1}, right.headers)


def test_what_is_not_meant_is_left() -> None:
    wrong = Caller(edited(_app(), calls("categories"), lambda reply, _scope: reply.saying({})))
    assert wrong("GET", LIST, token=TOKEN) == Caller(_app())("GET", LIST, token=TOKEN)
    assert wrong("HEAD", f"{LIST}/categories", token=TOKEN).status == 405


def test_an_answer_that_breaks_off_is_left() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"half", "more_body": True})

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    wrong = edited(around(_app(), lambda _inner: broken), calls("list"), lambda reply, _scope: reply.saying({}))
    scope = {"type": "http", "method": "GET", "path": LIST}
    with pytest.raises(StopIteration):
        wrong(scope, receive, send).send(None)
    assert [message.get("body") for message in sent] == [None, b"half"]


def test_changes_told_are_of_the_statuses_meant() -> None:
    def change(document: dict[str, object]) -> None:
        document["changed"] = True

    of_errors = Caller(telling("", change, range(400, 500))(_app()))
    assert "changed" not in of_errors("GET", LIST, token=TOKEN).document
    assert of_errors("GET", LIST).document["changed"] is True
    of_successes = Caller(telling("list", change)(_app()))
    assert of_successes("GET", LIST, token=TOKEN).document["changed"] is True
    assert "changed" not in of_successes("GET", f"{LIST}/categories", token=TOKEN).document
    of_replies = Caller(replying("list", lambda reply: replace(reply, status=203))(_app()))
    assert of_replies("GET", LIST, token=TOKEN).status == 203
    assert of_replies("GET", LIST).status == 401


def test_a_call_is_changed_or_answered_before_it_comes_in() -> None:
    def elsewhere(scope: Scope) -> Scope:
        return {**scope, "path": f"{LIST}/categories"}

    assert "categories" in Caller(asked(_app(), calls("list"), elsewhere))("GET", LIST, token=TOKEN).document
    server = Caller(answered(_app(), calls("list"), lambda _scope: error(410, 410001, "gone")))
    assert server("GET", LIST).document == {"error_code": 410001, "error_message": "gone"}
    assert server("GET", f"{LIST}/categories", token=TOKEN).status == 200


def test_a_reply_reads_its_body_afresh_and_changes_headers_by_name() -> None:
    reply = Reply(200, ((b"a", b"1"), (b"b", b"2")), json.dumps({"x": []}).encode())
    reply.document["x"].append(1)
    assert reply.document == {"x": []}
    assert replace(reply, body=b"{").document is NOT_JSON
    assert reply.under(b"a", b"3").headers == ((b"b", b"2"), (b"a", b"3"))
    assert reply.under(b"a", None).headers == ((b"b", b"2"),)
