from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from contracts.exchange import Answer
from contracts.server.calling.connection import Unanswered
from contracts.server.calling.in_process import InProcess
from contracts.targets import fake

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]

BASE = "http://127.0.0.1:8787"
HEAD: Message = {"type": "http.response.start", "status": 200, "headers": [(b"X-Said", b"yes")]}
BODY: Message = {"type": "http.response.body", "body": b"{}"}


def saying(*messages: Message) -> App:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        for message in messages:
            await send(message)

    return app


def call(app: App, method: str = "GET", path: str = "/v1/models") -> Answer:
    return InProcess(app, BASE).send(method, path, {}, None)


def test_an_answer_in_pieces_is_one() -> None:
    parts = [{"type": "http.response.body", "body": piece, "more_body": True} for piece in (b"[", b"1", b"]")]
    answer = call(saying(HEAD, *parts, {"type": "http.response.body"}))
    assert (answer.status, answer.headers, answer.document) == (200, {"x-said": "yes"}, [1])
    assert answer.took >= 0


def test_headers_of_one_name_are_one_as_over_http() -> None:
    answer = call(saying({**HEAD, "headers": [(b"X-A", b"1"), (b"x-a", b"\xff")]}, BODY))
    assert answer.headers == {"x-a": "1, ÿ"}


@pytest.mark.parametrize("error", [ValueError("broken"), asyncio.CancelledError("broken"), RecursionError("broken")])
def test_an_application_that_raises_answers_500_as_a_server_would(error: BaseException) -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise error

    answer = call(app)
    assert (answer.status, answer.headers["content-type"]) == (500, "text/plain")
    assert b"broken" in answer.body


def test_what_is_raised_after_a_whole_answer_is_no_longer_its_business() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await saying(HEAD, BODY)(scope, receive, send)
        raise ValueError

    assert call(app).document == {}


@pytest.mark.parametrize("error", [None, ValueError("late")])
@pytest.mark.parametrize("said", [[HEAD], [HEAD, {**BODY, "more_body": True}]])
def test_an_answer_that_is_not_whole_is_none(said: list[Message], error: Exception | None) -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await saying(*said)(scope, receive, send)
        if error is not None:
            raise error

    with pytest.raises(Unanswered, match=r"^broke off in the midst of its answer$"):
        call(app)


def test_an_application_that_says_nothing_gives_no_answer() -> None:
    with pytest.raises(Unanswered, match=r"^ended without an answer$"):
        call(saying())


@pytest.mark.parametrize(
    "messages",
    [
        [BODY],
        [{**HEAD, "status": "200"}],
        [{**HEAD, "status": 100}],
        [{**HEAD, "status": 1000}],
        [{**HEAD, "headers": [("x", "y")]}],
        [{**HEAD, "headers": 5}],
        [{"type": "http.response.start"}],
        [{"type": "websocket.accept"}],
        [{}],
    ],
)
def test_what_no_server_would_send_on_is_the_applications_error(messages: list[Message]) -> None:
    assert call(saying(*messages)).status == 500


@pytest.mark.parametrize("more", [[HEAD], [{"type": "http.response.body", "body": "text"}]])
def test_what_no_server_would_send_on_breaks_the_answer_off(more: list[Message]) -> None:
    with pytest.raises(Unanswered, match="broke off"):
        call(saying(HEAD, *more))


def test_what_comes_after_the_end_is_not_part_of_the_answer() -> None:
    assert call(saying(HEAD, BODY, {"type": "http.response.body", "body": b"!", "more_body": True})).body == b"{}"


@pytest.mark.parametrize("length", [b"1", b"3", b"x"])
def test_a_length_that_is_not_the_bodys_is_no_answer(length: bytes) -> None:
    with pytest.raises(Unanswered, match="sends 2 bytes of an answer, under a Content-Length of"):
        call(saying({**HEAD, "headers": [(b"content-length", length)]}, BODY))


def test_a_head_and_what_has_no_body_come_without_one() -> None:
    assert call(saying({**HEAD, "headers": [(b"content-length", b"2")]}, BODY), "HEAD").body == b""
    assert call(saying({**HEAD, "status": 204}, BODY)).body == b""


# -- waiting


async def _waits_for_a_future(scope: Message, receive: Receive, send: Send) -> None:
    await asyncio.Future(loop=_Loop())  # type: ignore[arg-type]


class _Loop:
    """As much of an event loop as a future asks for."""

    def get_debug(self) -> bool:
        return False


async def _sleeps(scope: Message, receive: Receive, send: Send) -> None:
    await asyncio.sleep(60)


async def _turns_for_ever(scope: Message, receive: Receive, send: Send) -> None:
    while True:  # noqa: ASYNC110 - as one does that waits for another
        await asyncio.sleep(0)


async def _minds_to_be_left(scope: Message, receive: Receive, send: Send) -> None:
    while True:
        try:
            await asyncio.sleep(0)
        except GeneratorExit:
            await asyncio.sleep(0)


async def _raises_when_it_is_left(scope: Message, receive: Receive, send: Send) -> None:
    try:
        await _turns_for_ever(scope, receive, send)
    finally:
        raise ValueError


@pytest.mark.parametrize(
    "app", [_waits_for_a_future, _sleeps, _turns_for_ever, _raises_when_it_is_left], ids=lambda app: app.__name__
)
def test_an_application_that_waits_cannot_be_stepped(app: App) -> None:
    with pytest.raises(Unanswered, match="waits for an event loop, which there is none in process; check it at a URL"):
        call(app)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it minds once more as it is collected
def test_an_application_that_minds_to_be_left_is_left_all_the_same() -> None:
    with pytest.raises(Unanswered, match="waits for an event loop"):
        call(_minds_to_be_left)


def test_who_lets_others_have_their_turn_goes_on() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0)
        await saying(HEAD, BODY)(scope, receive, send)

    assert call(app).status == 200


def test_an_error_of_its_own_is_no_waiting() -> None:
    async def app(scope: Message, receive: Receive, send: Send) -> None:
        raise RuntimeError("of another kind")

    assert call(app).status == 500


# -- what goes in


def test_the_application_is_told_what_a_server_would_tell() -> None:
    seen: list[Any] = []

    async def app(scope: Message, receive: Receive, send: Send) -> None:
        seen.extend([scope, await receive(), await receive()])
        await saying(HEAD, BODY)(scope, receive, send)

    connection = InProcess(app, "https://example.test:444")
    connection.send("POST", "/v1/a%2Fb/%F0%9F?x=%20&y", {"Authorization": "Bearer ", "X-É": "é"}, b"body")
    scope, message, after = seen
    assert {name: scope[name] for name in ("method", "scheme", "path", "raw_path", "query_string", "server")} == {
        "method": "POST",
        "scheme": "https",
        "path": "/v1/a/b/�",
        "raw_path": b"/v1/a%2Fb/%F0%9F",
        "query_string": b"x=%20&y",
        "server": ("example.test", 444),
    }
    assert dict(scope["headers"]) == {
        b"host": b"example.test:444",
        b"accept": b"*/*",
        b"authorization": b"Bearer",
        b"x-\xe9": b"\xe9",
        b"content-length": b"4",
    }
    assert message == {"type": "http.request", "body": b"body", "more_body": False}
    assert after == {"type": "http.disconnect"}
    connection.close()


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_the_fake_can_be_stepped(method: str) -> None:
    connection = InProcess(fake(["--frozen-at", "2026-01-01T00:00:00Z"]), BASE)
    path = "/v1/models/kling/kling-3.0/pro/text-to-video" if method == "POST" else "/v1/models"
    headers = {"Authorization": "Bearer t", "Content-Type": "application/json"}
    answer = connection.send(method, path, headers, b'{"prompt": "x"}' if method == "POST" else None)
    assert answer.headers["content-type"] == "application/json"
    if method == "HEAD":
        assert answer.body == b""
    else:
        assert isinstance(json.loads(answer.body), dict)


def test_the_fakes_answer_to_an_unknown_path_is_one() -> None:
    assert InProcess(fake(), BASE).send("PATCH", "/nowhere", {}, b"x").status >= 400
