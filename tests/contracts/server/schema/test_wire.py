from __future__ import annotations

import asyncio
from typing import Any

import pytest
import requests
from requests.structures import CaseInsensitiveDict

from contracts.exchange import Exchange, Who
from contracts.server.schema.wire import UNKNOWN, ASGIApp, InProcess, Stopped, Tokens, Watched, call_of

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
    await asyncio.sleep(0)
    headers = [(b"content-type", b"text/plain"), (b"set-cookie", b"a=1"), (b"set-cookie", b"b=2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    told = f"{scope['method']} {scope['path']} {scope['query_string'].decode()} {dict(scope['headers'])[b'host']!r} "
    await send({"type": "http.response.body", "body": told.encode(), "more_body": True})
    await send({"type": "http.response.body", "body": message["body"]})


async def broken(scope: Any, receive: Any, send: Any) -> None:
    raise LookupError("a defect")


async def silent(scope: Any, receive: Any, send: Any) -> None:
    return


def ask(app: ASGIApp, method: str = "POST") -> requests.Response:
    adapter = InProcess(app)
    try:
        with requests.Session() as session:
            session.mount("http://", adapter)
            return session.request(method, f"{URL}/v1/ä?q=%20", data=b"\xff", timeout=1)
    finally:
        adapter.close()


def test_an_application_is_called_as_a_server_calls_it() -> None:
    answer = ask(echo)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/plain")
    assert answer.content == b"POST /v1/\xc3\xa4 q=%20 b'127.0.0.1:8787' \xff"
    assert answer.raw.headers.getlist("set-cookie") == ["a=1", "b=2"]


def test_a_head_has_no_body() -> None:
    assert ask(echo, "HEAD").content == b""


@pytest.mark.parametrize("app", [broken, silent])
def test_an_application_that_fails_is_a_500(app: ASGIApp) -> None:
    assert ask(app).status_code == 500


def test_a_watcher_is_asked_before_each_call_and_shown_it_after() -> None:
    seen: list[Exchange] = []
    watched = Watched(InProcess(echo), TOKENS, lambda: len(seen) < 2, seen.append)
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

    watched = Watched(InProcess(echo), TOKENS, lambda: True, fail)
    with requests.Session() as session:
        session.mount("http://", watched)
        for _ in range(2):
            with pytest.raises(Stopped):
                session.get(f"{URL}/v1/models", timeout=1)
    watched.finish()
    assert isinstance(watched.error, LookupError)
    assert watched.calls == 1
