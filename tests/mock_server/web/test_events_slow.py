"""Readers of events that are slow, in process, or on a server that is not this package's."""

from __future__ import annotations

import asyncio
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Message

from mock_server import MockRunComfy
from mock_server.web import events
from tests.inprocess import client
from tests.mock_server.web.event_stream import HELLO, followers, following, write


@pytest.fixture
def fake() -> MockRunComfy:
    return MockRunComfy()


@pytest.fixture
def url(fake: MockRunComfy) -> Iterator[str]:
    with fake.serve() as url:
        yield url


@contextmanager
def sloth(url: str) -> Iterator[socket.socket]:
    """Connect a reader that reads the head of the answer, and then no more."""
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.settimeout(20)
        reader.connect(("127.0.0.1", urlsplit(url).port or 0))
        reader.sendall(b"GET /__mock__/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        head = b""
        while HELLO.encode() not in head:
            head += reader.recv(1)
        yield reader


def drain(reader: socket.socket) -> None:
    while reader.recv(65536):
        pass


def test_a_reader_that_never_reads_is_cut_and_nobody_waits_for_it(
    fake: MockRunComfy, url: str, caplog: pytest.LogCaptureFixture
) -> None:
    payload = b'{"prompt": "%b"}' % (b"x" * 500)
    fake.app.service.journal._limit = 2_000_000
    with sloth(url) as reader, following(url) as quick:
        tracemalloc.start()
        slowest = 0.0
        for number in range(20):
            write(fake, 1000, payload=payload)
            assert quick.numbers(1000)[-1] == 1000 * (number + 1)
            start = time.monotonic()
            assert httpx.get(f"{url}/__mock__/health").status_code == 200
            slowest = max(slowest, time.monotonic() - start)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 30_000_000
        assert slowest < 5
        assert followers(fake) == 1
        with pytest.raises(ConnectionResetError):
            drain(reader)
    assert caplog.text == ""


def test_a_server_that_stops_does_not_wait_for_a_reader_that_never_reads() -> None:
    fake = MockRunComfy()
    with fake.serve() as url, sloth(url):
        write(fake, 4000, payload=b"x" * 1500)
        assert httpx.get(f"{url}/__mock__/health").status_code == 200
        start = time.monotonic()
    assert time.monotonic() - start < 5
    assert followers(fake) == 0


def test_in_process_it_is_an_error_and_no_wait(fake: MockRunComfy) -> None:
    answer = client(fake).get("/__mock__/events")
    assert answer.status_code == 409
    assert "serve the fake" in answer.json()["error_message"]

    async def ask() -> int:
        transport = httpx.ASGITransport(fake.app)
        async with httpx.AsyncClient(transport=transport, base_url=fake.base_url) as asking:
            return (await asking.get("/__mock__/events")).status_code

    assert asyncio.run(ask()) == 409


class OtherServer:
    """A server that is not this package's: its readers take what they are sent until they stop to."""

    def __init__(self, fake: MockRunComfy) -> None:
        self.fake = fake
        self.sent: list[Message] = []
        self.greeted = asyncio.Event()
        self.stuck = asyncio.Event()
        self.gone = asyncio.Event()
        self.scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "method": "GET",
            "path": "/__mock__/events",
            "query_string": b"",
            "headers": [],
            "client": ("127.0.0.1", 1),
            "server": ("127.0.0.1", 80),
            "scheme": "http",
        }

    async def receive(self) -> Message:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Message) -> None:
        self.sent.append(message)
        if HELLO.encode() in message.get("body", b""):
            self.greeted.set()
        if b"event: call" in message.get("body", b""):
            self.stuck.set()
            await asyncio.Event().wait()


def test_on_another_server_a_slow_reader_ends_too(fake: MockRunComfy) -> None:
    async def run() -> OtherServer:
        server = OtherServer(fake)
        serving = asyncio.ensure_future(fake.app(server.scope, server.receive, server.send))
        await server.greeted.wait()
        write(fake, 1)
        await server.stuck.wait()
        write(fake, 5000)
        await asyncio.wait_for(serving, 10)
        return server

    server = asyncio.run(run())
    assert [message["type"] for message in server.sent] == ["http.response.start", *["http.response.body"] * 2]
    assert followers(fake) == 0


def test_on_another_server_a_client_that_goes_away_ends_it(fake: MockRunComfy) -> None:
    async def run() -> None:
        server = OtherServer(fake)
        serving = asyncio.ensure_future(fake.app(server.scope, server.receive, server.send))
        await server.greeted.wait()
        server.gone.set()
        await asyncio.wait_for(serving, 10)

    asyncio.run(run())
    assert followers(fake) == 0


def test_a_loop_that_is_closed_is_told_nothing(fake: MockRunComfy) -> None:
    async def make() -> events._Reader:
        return events._Reader(fake.app.service, None, None, {"type": "http"})

    reader = asyncio.run(make())
    write(fake, 1)
    reader.follower.end()
