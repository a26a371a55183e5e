"""The URLs that the fake hands out, read from the bytes on a socket: they lead back to where the call came in."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from mock_server import MockRunComfy
from tests.e2e.caller import KLING

BODY = b'{"prompt": "a paper boat"}'


@pytest.fixture(name="port", scope="module")
def fixture_port() -> Iterator[int]:
    with MockRunComfy(pace="instant").serve() as url:
        yield int(url.rpartition(":")[2])


def submit(
    port: int, *headers: str, version: str = "1.1", target: str = f"/v1/models/{KLING}", address: str = "127.0.0.1"
) -> tuple[int, dict[str, Any]]:
    """Write one call to a socket, with no headers but those that it needs and those given; read its answer."""
    lines = [
        f"POST {target} HTTP/{version}",
        *headers,
        "Authorization: Bearer a-token",
        "Content-Type: application/json",
        f"Content-Length: {len(BODY)}",
        "Connection: close",
    ]
    with socket.create_connection((address, port), timeout=20) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + BODY)
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    status = int(head.split()[1])
    return status, json.loads(body) if b"application/json" in head else {}


def base(answered: tuple[int, dict[str, Any]]) -> str:
    """Return what stands before the path in all three URLs of a submit's answer."""
    status, document = answered
    assert status == 200
    path = f"/v1/requests/{document['request_id']}/"
    bases = {document[f"{name}_url"].removesuffix(path + name) for name in ("status", "result", "cancel")}
    assert len(bases) == 1
    return str(bases.pop())


@pytest.mark.parametrize(
    "host",
    ["localhost", "api.example.com", "api.example.com:8443", "127.0.0.1:1", "[::1]", "[::1]:8787", "UPPER.example"],
)
def test_the_host_of_the_call_is_the_host_of_the_urls(host: str, port: int) -> None:
    assert base(submit(port, f"Host: {host}")) == f"http://{host}"


@pytest.mark.parametrize("headers", [(), ("Host:",), ("Host: ",)], ids=["none", "empty", "blank"])
def test_a_call_without_a_host_gets_the_address_of_the_socket(headers: tuple[str, ...], port: int) -> None:
    assert base(submit(port, *headers, version="1.0")) == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    "host",
    [
        "evil.example/path",
        "evil.example?query",
        "evil.example#fragment",
        "user@evil.example",
        'evil.example"',
        "evil.example<script>",
        "evil example",
        "evil.example\\path",
        "evil.example\u00e9",
        "e" * 300,
    ],
)
def test_what_is_no_host_never_gets_into_a_url(host: str, port: int) -> None:
    status, document = submit(port, f"Host: {host}")
    assert status in (200, 400)
    if status == 200:
        assert base((status, document)) == f"http://127.0.0.1:{port}"


def test_headers_that_proxies_set_are_not_believed(port: int) -> None:
    forwarded = [
        "X-Forwarded-Proto: https",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-For: 10.0.0.1",
        "Forwarded: proto=https;host=evil.example",
    ]
    assert base(submit(port, "Host: good.example", *forwarded)) == "http://good.example"


def test_a_whole_url_as_the_target_is_no_way_around(port: int) -> None:
    status, document = submit(port, "Host: good.example", target=f"http://good.example/v1/models/{KLING}")
    assert status in (200, 400, 404)
    if status == 200:
        assert base((status, document)) == "http://good.example"


def test_a_server_on_ipv6_names_its_address_in_brackets() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError as error:
        pytest.skip(f"this machine has no IPv6: {error}")
    with MockRunComfy().serve("::1") as url:
        port = int(url.rpartition(":")[2])
        assert base(submit(port, version="1.0", address="::1")) == f"http://[::1]:{port}" == url
