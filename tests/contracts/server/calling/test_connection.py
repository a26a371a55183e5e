from __future__ import annotations

import inspect
from typing import get_type_hints

import pytest

from contracts.server.calling.connection import Connection, Unanswered
from contracts.server.calling.in_process import InProcess
from contracts.server.calling.over_http import OverHttp
from contracts.targets import fake, serving


@pytest.mark.parametrize("kind", [InProcess, OverHttp])
def test_each_connection_keeps_the_protocol(kind: type) -> None:
    for name in ("send", "close"):
        ours, due = getattr(kind, name), getattr(Connection, name)
        assert list(inspect.signature(ours).parameters) == list(inspect.signature(due).parameters)
        assert get_type_hints(ours) == get_type_hints(due)


def test_both_say_the_same_of_one_server() -> None:
    """One fake in process and one at a socket, called alike: what a run finds does not depend on the way."""
    calls: list[tuple[str, str, dict[str, str], bytes | None]] = [
        ("GET", "/v1/models?limit=1", {"Authorization": "Bearer t"}, None),
        ("GET", "/v1/models", {}, None),
        ("GET", "/v1/models", {"Authorization": "Bearer "}, None),
        ("HEAD", "/v1/models", {"Authorization": "Bearer t"}, None),
        ("GET", "/v1/requests/../status", {"Authorization": "Bearer t"}, None),
        ("GET", "/v1/requests/%2e%2e/status", {"Authorization": "Bearer t"}, None),
        ("GET", "/v1/requests/a//b", {"Authorization": "Bearer t"}, None),
        ("POST", "/v1/requests/unknown/cancel", {"Authorization": "Bearer t"}, None),
        ("POST", "/v1/models/a/b", {"Authorization": "Bearer t", "Content-Type": "application/json"}, b"{}"),
        ("POST", "/v1/models/a/b", {"Authorization": "Bearer t"}, b"\xff"),
        ("PUT", "/v1/models", {"Authorization": "Bearer t"}, b""),
    ]
    options = ["--frozen-at", "2026-01-01T00:00:00Z", "--seed", "1"]
    with serving(fake(options)) as url:
        far: Connection = OverHttp(url, 10, is_loopback=True)
        near: Connection = InProcess(fake(options), url)
        for call in calls:
            got, due = far.send(*call), near.send(*call)
            assert (got.status, got.body) == (due.status, due.body), call
            assert got.headers.get("content-type") == due.headers.get("content-type"), call
        far.close()
        near.close()
    assert far.base_url == near.base_url == url


def test_no_answer_is_an_error_with_a_text() -> None:
    assert str(Unanswered("waits")) == "waits"
