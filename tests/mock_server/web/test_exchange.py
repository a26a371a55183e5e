"""One call on its way: its headers, its base URL, its secrets."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.types import Scope

from mock_server.web.exchange import Exchange, base_url, header_text, is_host


def scope(*headers: tuple[bytes, bytes], **more: Any) -> Scope:
    server = ("127.0.0.1", 8787)
    return {"method": "GET", "path": "/x", "scheme": "http", "server": server, "headers": list(headers)} | more


def test_the_entry_begins_with_what_is_known_and_the_exchange_is_found_again() -> None:
    made = scope()
    exchange = Exchange.begin(made)
    assert Exchange.of(made) is exchange
    entry = exchange.entry
    assert (entry.method, entry.path, entry.operation, entry.http_status) == ("GET", "/x", "unknown", 0)


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_a_header_is_read_as_it_was_meant_and_of_two_the_first_counts(encoding: str) -> None:
    headers = [(b"authorization", "Bearer tökén".encode(encoding)), (b"authorization", b"Bearer second")]
    assert Exchange.begin(scope(*headers)).header(b"authorization") == "Bearer tökén"
    assert header_text(scope(*headers), b"authorization") == "Bearer tökén"
    assert Exchange.begin(scope(*headers)).header(b"host") is None
    assert header_text(scope(*headers), b"host") is None


def test_secrets_are_those_of_every_header_that_carries_one() -> None:
    plain = (b"authorization", b"Bearer first-token-1")
    assert Exchange.begin(scope()).secrets() == []
    assert Exchange.begin(scope(plain)).secrets() == ["first-token-1"]
    more = [(b"authorization", b"Bearer second-token"), (b"proxy-authorization", b"Basic third-token")]
    found = Exchange.begin(scope(plain, *more, (b"x-control-token", b"fourth-token"))).secrets()
    assert found == ["first-token-1", "second-token", "third-token", "fourth-token"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("fake.example:80", "http://fake.example:80"),
        ("[::1]:1", "http://[::1]:1"),
        (None, "http://127.0.0.1:8787"),
        ("a b", "http://127.0.0.1:8787"),
        ("[:::]:1", "http://127.0.0.1:8787"),
        ("user@evil.com", "http://127.0.0.1:8787"),
        ("a.example:99999", "http://127.0.0.1:8787"),
        ("x" * 300, "http://127.0.0.1:8787"),
    ],
)
def test_a_base_url_is_one_of_the_host_or_of_the_socket(host: str | None, expected: str) -> None:
    assert base_url(scope(), host) == expected
    assert base_url(scope(root_path="/below"), host) == f"{expected}/below"


def test_a_host_that_is_far_too_long_is_not_even_remembered() -> None:
    is_host.cache_clear()
    base_url(scope(), "x" * 100_000)
    assert is_host.cache_info().currsize == 0


@pytest.mark.parametrize("server", [None, ("::1", 1), ("/run/fake.sock", None)])
def test_a_socket_of_any_kind_has_a_url(server: Any) -> None:
    expected = {
        None: "http://127.0.0.1",
        ("::1", 1): "http://[::1]:1",
        ("/run/fake.sock", None): "http://localhost",
    }
    assert base_url(scope(server=server), None) == expected[server]
