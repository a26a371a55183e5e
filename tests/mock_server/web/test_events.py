"""The events of the journal, over real sockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest
from starlette.types import Message

from mock_server import MockRunComfy
from mock_server.core.accounts import fingerprint
from mock_server.web import events
from tests.inprocess import OTHER_TOKEN, TOKEN, client, submit
from tests.mock_server.core.entry_maker import make_entry
from tests.mock_server.web.event_stream import followers, following, write


@pytest.fixture
def fake() -> MockRunComfy:
    return MockRunComfy()


@pytest.fixture
def url(fake: MockRunComfy) -> Iterator[str]:
    with fake.serve() as url:
        yield url


def test_each_call_is_an_event_wherever_it_was_made(fake: MockRunComfy, url: str) -> None:
    with following(url) as stream:
        assert stream.answer.headers["content-type"] == "text/event-stream; charset=utf-8"
        submit(client(fake))
        httpx.get(f"{url}/v1/models")
        assert [stream.event() for _ in range(2)] == [("call", entry) for entry in entries(url)]
        httpx.get(f"{url}/v1/models")
        assert stream.numbers(1) == [3]


def entries(url: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{url}/__mock__/journal").json()["entries"]
    return found


def test_a_token_follows_its_account_alone(fake: MockRunComfy, url: str) -> None:
    with following(url, TOKEN) as stream:
        client(fake, OTHER_TOKEN).get("/v1/models")
        client(fake).get("/v1/models")
        assert stream.event()[1]["account"] == fingerprint(TOKEN)


@pytest.mark.parametrize(("query", "headers"), [("?after=2", {}), ("", {"Last-Event-ID": "2"})])
def test_what_came_before_is_replayed(fake: MockRunComfy, url: str, query: str, headers: dict[str, str]) -> None:
    write(fake, 200)
    with following(url, None, query, **headers) as stream:
        write(fake, 3)
        assert stream.numbers(201) == list(range(3, 204))


def test_what_is_gone_is_told() -> None:
    fake = MockRunComfy(journal_bytes=3 * make_entry().size)
    write(fake, 10)
    with fake.serve() as url, following(url, query="?after=2") as stream:
        assert stream.event() == ("evicted", {"evicted": 7})
        assert stream.numbers(3) == [8, 9, 10]
    with fake.serve() as url, following(url, query="?after=7") as stream:
        assert stream.numbers(3) == [8, 9, 10]


@pytest.mark.parametrize(
    ("query", "headers", "told"),
    [
        ("?after=x", {}, "the query's after must be the number of a call"),
        ("?after=", {}, "the query's after"),
        ("?after=-1", {}, "the query's after"),
        ("?afer=1", {}, 'the query\'s "afer": there is no such name'),
        ("", {"Last-Event-ID": "x"}, "the header Last-Event-ID must be"),
        ("", {"Last-Event-ID": "9" * 30}, "the header Last-Event-ID must be"),
    ],
)
def test_a_bad_start_is_refused(url: str, query: str, headers: dict[str, str], told: str) -> None:
    answer = httpx.get(f"{url}/__mock__/events{query}", headers=headers)
    assert answer.status_code == 422
    assert told in answer.json()["error_message"]


def test_a_bad_token_is_refused(url: str) -> None:
    assert httpx.get(f"{url}/__mock__/events", headers={"Authorization": "Basic x"}).status_code == 401


def test_an_empty_last_event_id_is_none(fake: MockRunComfy, url: str) -> None:
    write(fake, 2)
    with following(url, None, "", **{"Last-Event-ID": ""}) as stream:
        write(fake, 1)
        assert stream.numbers(1) == [3]


def test_an_idle_stream_is_kept_alive(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "HEARTBEAT_SECONDS", 0.01)
    with following(url) as stream:
        assert [stream.block() for _ in range(2)] == [[": idle"]] * 2


def test_readers_are_bounded_and_counted(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "MOST_READERS", 1)
    with following(url):
        assert "runcomfy_mock_event_readers 1" in httpx.get(f"{url}/__mock__/metrics").text
        with following(url) as refused:
            assert (refused.answer.status_code, refused.answer.headers["retry-after"]) == (429, "1")
            assert "1 readers of events" in refused.answer.read().decode()
    wait_for_no_reader(url)
    with following(url):
        pass


def wait_for_no_reader(url: str) -> None:
    deadline = time.monotonic() + 10
    while "runcomfy_mock_event_readers 0" not in httpx.get(f"{url}/__mock__/metrics").text:
        assert time.monotonic() < deadline


def test_one_who_left_costs_nothing_more(fake: MockRunComfy, url: str) -> None:
    with following(url):
        assert followers(fake) == 1
    wait_for_no_reader(url)
    assert followers(fake) == 0


def test_a_server_that_stops_ends_the_stream_at_once(fake: MockRunComfy) -> None:
    with fake.serve() as url:
        stack = ExitStack()
        stream = stack.enter_context(following(url))
        start = time.monotonic()
    assert time.monotonic() - start < 0.5
    assert list(stream._lines) == []
    stack.close()
    assert followers(fake) == 0


def test_others_have_their_turn_between_the_pages_of_a_long_replay(fake: MockRunComfy) -> None:
    write(fake, 500)
    seen: list[int] = []

    async def look() -> None:
        turns, done = 0, asyncio.Event()

        async def other() -> None:
            nonlocal turns
            while not done.is_set():
                turns += 1
                await asyncio.sleep(0)

        async def receive() -> Message:
            await done.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            seen.append(turns)
            if b"id: 500" in message.get("body", b""):
                done.set()

        scope = {"type": "http", "asgi": {"spec_version": "2.3"}, "query_string": b"after=0", "headers": []}
        await asyncio.gather(other(), events.Events(fake.app.service)(scope, receive, send))

    asyncio.run(asyncio.wait_for(look(), 10))
    pages = seen[1:]
    assert len(pages) > 5
    assert pages == sorted(set(pages))
