from __future__ import annotations

from typing import Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from contracts.exchange import Exchange, Who
from contracts.server.calling.in_process import InProcess
from contracts.server.schema.through import Through
from contracts.server.schema.wire import UNKNOWN, Stopped, Tokens, Watched, call_of

TOKENS = Tokens("first-secret", "second-secret")
URL = "http://127.0.0.1:8787"


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("POST", "/v1/models/kling/kling-3.0", "submit"),
        ("POST", "/v1/models/categories", "submit"),
        ("GET", "/v1/models/kling/kling-3.0", "model"),
        ("GET", "/v1/models/categories", "categories"),
        ("GET", "/v1/models", "list"),
        ("GET", "/v1/requests/a%2Fb/status", "status"),
        ("GET", "/v1/requests/x/result", "result"),
        ("POST", "/v1/requests/x/cancel", "cancel"),
        ("GET", "/v1/requests/x/cancel", UNKNOWN),
        ("GET", "/v1/requests//status", UNKNOWN),
        ("GET", "/v1/requests/a/b/status", UNKNOWN),
        ("TRACE", "/v1/models", UNKNOWN),
        ("GET", "", UNKNOWN),
    ],
)
def test_a_call_has_the_operation_that_its_path_leads_to(method: str, path: str, operation: str) -> None:
    call = call_of(method, f"{URL}{path}?a=b", CaseInsensitiveDict(), None, TOKENS)
    assert call.operation == operation
    assert call.path == f"{path or '/'}?a=b"


@pytest.mark.parametrize(
    ("authorization", "who", "kept"),
    [
        ("Bearer first-secret", Who.FIRST, None),
        ("Bearer second-secret", Who.SECOND, None),
        ("Bearer wrong", Who.NOBODY, "Bearer wrong"),
        (None, Who.NOBODY, None),
    ],
)
def test_a_call_says_who_makes_it_and_not_with_which_token(
    authorization: str | None, who: Who, kept: str | None
) -> None:
    headers = {"X-Other": "1", "Content-Type": "application/json", "User-Agent": "x"}
    if authorization is not None:
        headers["authorization"] = authorization
    call = call_of("POST", URL, CaseInsensitiveDict(headers), "{}", TOKENS)
    assert (call.who, call.body) == (who, b"{}")
    rest = {"authorization": kept} if kept else {}
    assert call.headers == {"X-Other": "1", "Content-Type": "application/json", **rest}
    assert "secret" not in repr((call, TOKENS))


async def echo(scope: Any, receive: Any, send: Any) -> None:
    message = await receive()
    headers = [(b"content-type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    told = f"{scope['method']} {scope['path']} {scope['query_string'].decode()} {dict(scope['headers'])[b'host']!r} "
    await send({"type": "http.response.body", "body": told.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": message["body"]})


def test_a_watcher_is_asked_before_each_call_and_shown_it_after() -> None:
    seen: list[Exchange] = []
    watched = Watched(Through(InProcess(echo, URL)), TOKENS, lambda: len(seen) < 2, seen.append)
    with requests.Session() as session:
        session.mount("http://", watched)
        for _ in range(2):
            session.get(f"{URL}/v1/models", timeout=1)
        for _ in range(2):
            with pytest.raises(Stopped):
                session.get(f"{URL}/v1/models", timeout=1)
    watched.finish()
    assert [each.number for each in seen] == [1, 2]
    assert watched.calls == 2
    assert watched.is_stopped
    assert all(each.answer is not None and each.answer.took > 0 for each in seen)
    assert seen[0].answer is not None
    assert seen[0].answer.headers["content-type"] == "text/plain"


def test_an_error_of_the_watcher_stops_all_calls_and_is_kept() -> None:
    def fail(_: Exchange) -> None:
        raise LookupError("a defect of the watcher")

    watched = Watched(Through(InProcess(echo, URL)), TOKENS, lambda: True, fail)
    with requests.Session() as session:
        session.mount("http://", watched)
        for _ in range(2):
            with pytest.raises(Stopped):
                session.get(f"{URL}/v1/models", timeout=1)
    watched.finish()
    assert isinstance(watched.error, LookupError)
    assert watched.calls == 1
