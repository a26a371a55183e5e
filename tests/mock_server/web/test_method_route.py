"""Routes with one application a method."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.routing import Match
from starlette.types import Message, Receive, Scope, Send

from mock_server.core.errors import MethodNotAllowed, UnknownRoute
from mock_server.web.method_route import MethodRoute, refuse_route


async def nowhere(message: Message) -> None:
    raise AssertionError("nothing is to be sent")


async def nothing() -> Message:
    raise AssertionError("nothing is to be read")


def scope(path: str, method: str = "GET") -> Scope:
    return {"type": "http", "path": path, "method": method}


def route(path: str = "/v1/requests/{request_id}/status", *methods: str) -> tuple[MethodRoute, list[str]]:
    called: list[str] = []

    def app(method: str) -> Any:
        async def note(_scope: Scope, _receive: Receive, _send: Send) -> None:
            called.append(method)

        return note

    return MethodRoute(path, {method: app(method) for method in methods or ("GET",)}), called


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/v1/requests/a/status", {"request_id": "a"}),
        ("/v1/requests/a b\n/status", {"request_id": "a b\n"}),
        ("/v1/requests/a/status\n", None),
        ("/v1/requests/a/b/status", None),
        ("/v1/requests//status", None),
        ("/v1/requests/a/status/", None),
        ("/x/v1/requests/a/status", None),
        ("/v1/request", None),
        ("", None),
    ],
)
def test_a_path_matches_as_a_whole(path: str, expected: dict[str, str] | None) -> None:
    match, child = route()[0].matches(scope(path))
    assert (match is Match.FULL, child.get("path_params")) == (expected is not None, expected)


def test_the_rest_of_a_path_may_be_anything() -> None:
    made = route("/v1/models/{model_id:path}")[0]
    assert made.matches(scope("/v1/models/a/b\n/c"))[1]["path_params"] == {"model_id": "a/b\n/c"}


def test_each_method_has_its_application_and_get_brings_no_head() -> None:
    made, called = route("/x", "GET", "POST")
    for method in ("POST", "GET"):
        assert made.matches(scope("/x", method))[0] is Match.FULL
        asyncio.run(made.handle(scope("/x", method), nothing, nowhere))
    assert called == ["POST", "GET"]
    assert made.matches(scope("/x", "HEAD"))[0] is Match.PARTIAL
    with pytest.raises(MethodNotAllowed) as error:
        asyncio.run(made.handle(scope("/x", "HEAD"), nothing, nowhere))
    assert error.value.headers == {"Allow": "GET, POST"}


def test_a_path_that_is_none_is_refused_with_a_hint() -> None:
    with pytest.raises(UnknownRoute, match=r"'/x'; the API is below /v1/"):
        asyncio.run(refuse_route(scope("/x"), nothing, nowhere))
