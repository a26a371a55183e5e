"""The fake on a socket: quick to start, quick to stop, and the port is free again."""

from __future__ import annotations

import asyncio
import json
import logging
import socket
import threading
from contextlib import ExitStack

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from mock_server import MockRunComfy
from mock_server.serving import Server, listen, serving, url_of
from tests.inprocess import SUBMIT

AUTH = {"Authorization": "Bearer a-token"}


@pytest.mark.parametrize("keep_alive", [True, False], ids=["kept alive", "closed"])
def test_a_server_that_is_told_to_stop_does_not_nap(monkeypatch: pytest.MonkeyPatch, *, keep_alive: bool) -> None:
    naps: list[float] = []
    original = asyncio.sleep

    async def watched(delay: float, result: None = None) -> None:
        naps.append(delay)
        await original(delay, result)

    monkeypatch.setattr(asyncio, "sleep", watched)
    with httpx.Client(trust_env=False) as client, MockRunComfy().serve() as url:
        headers = {} if keep_alive else {"Connection": "close"}
        assert client.get(f"{url}/__mock__/health", headers=headers).status_code == 200
    assert len(naps) < 100
    assert max(naps, default=0) < 0.01, "uvicorn's own stop takes two naps of a tenth of a second"


def test_the_loggers_are_the_users() -> None:
    def state() -> list[tuple[object, ...]]:
        names = ("uvicorn", "uvicorn.error", "uvicorn.access", "uvicorn.asgi")
        loggers = map(logging.getLogger, names)
        return [(each.level, each.propagate, each.disabled, list(each.handlers)) for each in loggers]

    before = state()
    with MockRunComfy().serve() as url:
        assert httpx.get(f"{url}/__mock__/health").status_code == 200
        assert state() == before
    assert state() == before


def test_the_port_is_free_again_and_the_thread_gone() -> None:
    threads = threading.active_count()
    with MockRunComfy().serve() as url:
        port = int(url.rpartition(":")[2])
        assert httpx.get(f"{url}/__mock__/health").status_code == 200
    assert threading.active_count() == threads
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"{url}/__mock__/health")
    with MockRunComfy().serve(port=port) as again:
        assert again == url
        assert httpx.get(f"{url}/__mock__/health").status_code == 200


def test_the_port_is_freed_after_an_error_too() -> None:
    with pytest.raises(ZeroDivisionError), MockRunComfy().serve() as url:
        raise ZeroDivisionError
    socket.create_server(("127.0.0.1", int(url.rpartition(":")[2]))).close()


def test_a_port_in_use_raises_at_once() -> None:
    with (
        MockRunComfy().serve() as url,
        pytest.raises(OSError, match="in use"),
        MockRunComfy().serve(port=int(url.rpartition(":")[2])),
    ):
        raise AssertionError("two fakes on one port")


def test_one_fake_on_two_sockets_is_one_fake() -> None:
    fake = MockRunComfy()
    with fake.serve() as first, fake.serve() as second:
        submitted = httpx.post(first + SUBMIT, headers=AUTH, json={"prompt": "x"}).json()
        assert submitted["status_url"].startswith(first)
        answer = httpx.get(submitted["status_url"].replace(first, second), headers=AUTH)
    assert answer.status_code == 200
    assert answer.json()["status_url"].startswith(second)


def test_a_fake_outlives_its_socket() -> None:
    fake = MockRunComfy()
    with fake.serve() as url:
        httpx.post(url + SUBMIT, headers=AUTH, json={"prompt": "x"})
    assert len(fake.requests) == 1
    with fake.serve() as url:
        assert len(httpx.get(f"{url}/__mock__/requests").json()["requests"]) == 1


def test_two_servers_stop_in_any_order() -> None:
    first, second = MockRunComfy().serve(), MockRunComfy().serve()
    one, two = first.__enter__(), second.__enter__()
    assert httpx.get(f"{one}/__mock__/health").status_code == 200
    first.__exit__(None, None, None)
    assert httpx.get(f"{two}/__mock__/health").status_code == 200
    second.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("host", "name"), [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("localhost", "127.0.0.1")]
)
def test_the_url_is_one_that_can_be_called(host: str, name: str) -> None:
    listener = listen(host, 0)
    try:
        assert url_of(listener) == f"http://{name}:{listener.getsockname()[1]}"
    finally:
        listener.close()


@pytest.mark.parametrize("host", ["::1", "::"])
def test_ipv6_addresses_stand_in_brackets(host: str) -> None:
    try:
        listener = listen(host, 0)
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    try:
        assert url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}"
    finally:
        listener.close()


def test_no_delay_is_asked_for() -> None:
    listener = listen("127.0.0.1", 0)
    try:
        assert listener.proto == socket.IPPROTO_TCP, "asyncio sets TCP_NODELAY only then"
    finally:
        listener.close()


def test_who_connects_and_says_nothing_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mock_server.serving._SILENCE_SECONDS", 0.05)
    with MockRunComfy().serve() as url:
        address = ("127.0.0.1", int(url.rpartition(":")[2]))
        with socket.create_connection(address, timeout=10) as silent:
            assert silent.recv(1) == b""
        with socket.create_connection(address, timeout=0.5) as slow:
            slow.sendall(b"GET /")
            with pytest.raises(TimeoutError):
                slow.recv(1)


def test_a_stop_before_the_start_is_no_deadlock() -> None:
    listener = listen("127.0.0.1", 0)
    server = Server(MockRunComfy().app)
    server.stop()
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    thread.join(10)
    listener.close()
    assert not thread.is_alive()


def test_a_call_cut_off_by_its_client_leaves_the_server_well() -> None:
    fake = MockRunComfy()
    with serving(fake.app) as url:
        port = int(url.rpartition(":")[2])
        head = f"POST {SUBMIT} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer a-token\r\n"
        for rest in (
            "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
            "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{",
            "Conte",
        ):
            with socket.create_connection(("127.0.0.1", port)) as connection:
                connection.sendall((head + rest).encode())
        assert httpx.post(url + SUBMIT, headers=AUTH, json={"prompt": "x"}).status_code == 200
    assert len(fake.requests) == 1
    assert json.dumps([entry.http_status for entry in fake.journal]).count("500") == 0


def test_a_call_that_ends_by_itself_when_it_is_cut_off_is_not_cancelled() -> None:
    ends: list[str] = []

    async def busy(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"9")]})
        await send({"type": "http.response.body", "body": b"begun", "more_body": True})
        try:
            while (await receive())["type"] != "http.disconnect":
                continue
            for _ in range(10_000):  # more turns of the loop than the server could guess
                await asyncio.sleep(0)
            ends.append("by itself")
        except asyncio.CancelledError:
            ends.append("cancelled")
            raise

    with ExitStack() as readers, serving(busy) as url:
        for _ in range(3):
            readers.enter_context(httpx.stream("GET", url))
    assert ends == ["by itself"] * 3


def test_calls_that_are_over_are_let_go_of_while_their_connection_stays() -> None:
    servers: list[Server] = []
    with serving(MockRunComfy().app, servers=servers) as url, httpx.Client(trust_env=False) as client:
        for _ in range(20):
            assert client.get(f"{url}/__mock__/health").status_code == 200
        (connection,) = servers[0].server_state.connections
        assert len(connection._cycles) <= 2  # type: ignore[union-attr]
