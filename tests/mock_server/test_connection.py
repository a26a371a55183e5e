from __future__ import annotations

import asyncio
import http.client
import json
import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from mock_server import MockRunComfy
from mock_server.connection import KEY, CallOnConnection, Connection
from mock_server.serving import serving


def calls_of(url: str, *targets: str) -> None:
    """Make GET calls on one connection."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    for target in targets:
        connection.request("GET", target)
        connection.getresponse().read()
    connection.close()


def test_the_journal_numbers_connections_and_the_calls_on_each() -> None:
    fake = MockRunComfy()
    with fake.serve() as url:
        calls_of(url, "/v1/models", "/v1/models")
        calls_of(url, "/v1/models")
        entries = json.loads(_get(url, "/__mock__/journal"))["entries"]
    first, second, other = entries
    assert first["connection"] == second["connection"] < other["connection"]
    assert [entry["call"] for entry in entries] == [1, 2, 1]


def test_in_process_there_is_no_connection() -> None:
    fake = MockRunComfy()
    httpx.Client(transport=fake.transport(), base_url=fake.base_url).get("/v1/models")
    assert [(entry.connection, entry.call) for entry in fake.journal] == [(0, 0)]


def _get(url: str, target: str) -> bytes:
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
    connection.request("GET", target)
    body = connection.getresponse().read()
    connection.close()
    return body


async def _cutting(scope: Scope, receive: Receive, send: Send) -> None:
    call: CallOnConnection = scope[KEY]
    call.connection.write(b"HTTP/1.1 200 OK\r\nx-half: a he")
    {"/reset": call.connection.reset, "/hang-up": call.connection.hang_up}[scope["path"]]()
    await receive()
    call.connection.write(b"too late")
    call.connection.reset()


class _Transport(asyncio.Transport):
    """One that nothing is sent over."""


def test_a_call_is_told_that_the_server_stops_even_if_it_asks_late() -> None:
    connection = Connection(_Transport())
    told: list[str] = []
    connection.stop()
    connection.begin_call()
    connection.when_stopping(lambda: told.append("late"))
    assert told == ["late"]


def test_of_two_calls_on_a_connection_the_one_under_way_is_told() -> None:
    connection = Connection(_Transport())
    told: list[str] = []
    for name in ("first", "second"):
        connection.begin_call()
        connection.when_stopping(lambda name=name: told.append(name))  # type: ignore[misc]
    connection.stop()
    connection.begin_call()
    assert told == ["second"]


def test_a_call_that_is_over_is_not_told_in_the_place_of_the_next() -> None:
    connection = Connection(_Transport())
    told: list[str] = []
    connection.begin_call()
    connection.when_stopping(lambda: told.append("over"))
    connection.begin_call()
    connection.stop()
    assert told == []


@pytest.fixture(scope="module")
def address() -> Iterator[tuple[str, int]]:
    with serving(_cutting) as url:
        yield "127.0.0.1", urlsplit(url).port or 0


def _read(address: tuple[str, int], path: str) -> bytes:
    with socket.create_connection(address, timeout=10) as client:
        client.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        read = b""
        while chunk := client.recv(1000):
            read += chunk
        return read


def test_hanging_up_ends_the_stream_after_what_was_sent(address: tuple[str, int]) -> None:
    assert _read(address, "/hang-up") == b"HTTP/1.1 200 OK\r\nx-half: a he"


def test_a_reset_is_one(address: tuple[str, int]) -> None:
    with pytest.raises(ConnectionResetError):
        _read(address, "/reset")
