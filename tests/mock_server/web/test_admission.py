"""Who may steer the fake: programs of this machine, not pages in its browsers."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from starlette.types import Scope

from mock_server import MockRunComfy
from mock_server.core.errors import Forbidden
from mock_server.web.admission import admit
from tests.inprocess import client

SERVER = ("127.0.0.1", 8787)


def scope(client: tuple[str, int] | None = ("127.0.0.1", 5), server: Any = SERVER, **headers: str) -> Scope:
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "client": client, "server": server, "headers": sent}


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:8787",
        "127.0.0.1",
        "127.9.9.9:1",
        "localhost:8787",
        "LOCALHOST",
        "localhost.:8787",
        "fake.localhost:8787",
        "[::1]:8787",
        "model-api.runcomfy.net",
        "playgrounds-storage-public.runcomfy.net:443",
    ],
)
def test_names_of_this_machine_and_of_the_vendor_are_taken(host: str) -> None:
    admit(scope(host=host), None)
    admit(scope(host="127.0.0.1:8787", origin=f"http://{host}"), None)


@pytest.mark.parametrize(
    "host",
    [
        "evil.com",
        "evil.com:8787",
        "127.0.0.1.evil.com",
        "localhost.evil.com",
        "evilruncomfy.net",
        "runcomfy.net.evil.com",
        "127.0.0.1@evil.com",
        "10.0.0.1:8787",
        "[2001:db8::1]:8787",
        "[::1",
        "",
    ],
)
def test_other_names_are_refused(host: str) -> None:
    with pytest.raises(Forbidden, match="--control-token"):
        admit(scope(host=host), None)
    with pytest.raises(Forbidden, match="--control-token"):
        admit(scope(host="127.0.0.1:8787", origin=f"http://{host}"), None)


@pytest.mark.parametrize("origin", ["null", "file://", "chrome-extension://abc", "http://evil.com"])
def test_pages_from_nowhere_are_pages_from_elsewhere(origin: str) -> None:
    with pytest.raises(Forbidden, match="pages of another origin"):
        admit(scope(host="127.0.0.1:8787", origin=origin), None)


def test_a_call_without_a_host_is_no_browsers() -> None:
    admit(scope(), None)


def test_in_process_the_name_is_that_of_the_calls_own_url() -> None:
    for name in ("anything.example", "Anything.Example"):
        admit(scope(server=(name, None), host="Anything.example"), None)
    with pytest.raises(Forbidden):
        admit(scope(server=("anything.example", None), host="evil.com"), None)


def test_with_a_control_token_every_name_is_taken_and_nothing_without_it() -> None:
    headers = {"host": "evil.com", "origin": "http://evil.com"}
    admit(scope(("10.0.0.1", 5), x_control_token="the-control-token", **headers), "the-control-token")
    sents: list[dict[str, Any]] = [{}, {"x_control_token": "another"}]
    for sent in sents:
        with pytest.raises(Forbidden, match="X-Control-Token"):
            admit(scope(host="127.0.0.1:8787", **sent), "the-control-token")


def test_a_page_cannot_reset_a_fake() -> None:
    fake = MockRunComfy()
    caller = client(fake)
    caller.get("/v1/models")
    page = {"Origin": "http://evil.com", "Content-Type": "text/plain"}
    assert caller.post("/__mock__/reset", headers=page).status_code == 403
    with fake.serve() as url:
        assert httpx.post(f"{url}/__mock__/reset", headers=page).status_code == 403
        assert httpx.get(f"{url}/__mock__/journal", headers={"Host": "evil.com"}).status_code == 403
        assert httpx.get(f"{url}/__mock__/journal").status_code == 200
    assert len(fake.journal) == 1
