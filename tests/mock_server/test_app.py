"""The whole application: what it is put together from, and which URLs it hands out."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import warnings
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.types import Message

from mock_server import MockRunComfy, Settings
from mock_server.app import App, create_app
from mock_server.transport import _Call, make_transport
from schemas.errors import SchemaError
from tests.inprocess import KLING, TOKEN, client, submit

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # older releases of Starlette use a name that newer ones of anyio deprecate
    from starlette.testclient import TestClient

SERVER = "http://127.0.0.1:8787"
FAKE = MockRunComfy(pace="instant")


def call(app: App) -> httpx.Client:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    return httpx.Client(transport=make_transport(app, httpx), base_url=SERVER, headers=headers)


def status_url(**headers: str) -> str:
    with httpx.Client(transport=FAKE.transport(), base_url=SERVER) as caller:
        answer = caller.post(
            f"/v1/models/{KLING}", json={"prompt": "x"}, headers={"Authorization": f"Bearer {TOKEN}"} | headers
        )
    return str(answer.json()["status_url"])


def well_formed(host: str) -> bool:
    """Tell whether ``host`` is a name or an address, with a port or without."""
    match = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?", host)
    if match is None:
        return False
    if match[1]:
        try:
            ipaddress.IPv6Address(match[1])
        except ValueError:
            return False
    return match[3] is None or int(match[3]) <= 65535


HOSTS = (
    st.from_regex(r"[a-z0-9]([a-z0-9.-]{0,20}[a-z0-9])?(:[0-9]{1,5})?", fullmatch=True)
    | st.ip_addresses(v=6).map(lambda address: f"[{address}]:8787")
    | st.ip_addresses(v=4).map(str)
    | st.text(alphabet="ab1.:[]@/?#%\\\"'<>$&;,=()*+!~ \t-_", max_size=20)
)


@given(HOSTS)
def test_urls_lead_back_to_the_host_of_the_call_and_are_urls_whatever_the_host_is(host: str) -> None:
    url = status_url(Host=host)
    parts = urlsplit(url)  # raises if this is no URL
    assert parts.scheme == "http"
    assert parts.hostname
    assert parts.port is None or 0 <= parts.port <= 65535
    assert re.fullmatch(r"/v1/requests/[0-9a-f-]{36}/status", parts.path)
    assert (parts.query, parts.fragment, parts.username) == ("", "", None)
    if well_formed(host):
        assert parts.netloc == host
    else:
        assert parts.netloc in (host, "127.0.0.1:8787")


@pytest.mark.parametrize("host", ["api.example.com", "api.example.com:8443", "[::1]:9", "localhost", "10.0.0.1:80"])
def test_all_urls_of_a_life_have_the_host_of_their_own_call(host: str) -> None:
    with call(create_app(Settings(), now=lambda: 1e9)) as caller:
        submitted = caller.post(f"/v1/models/{KLING}", json={"prompt": "x"}, headers={"Host": "first.example"}).json()
        assert all(submitted[name].startswith("http://first.example/v1/") for name in submitted if "url" in name)
        path = urlsplit(submitted["status_url"]).path
        polled = caller.get(path, headers={"Host": host}).json()
        assert polled["status_url"] == f"http://{host}{path}"
        caller.post("/__mock__/clock", json={"advance": 10})
        result = caller.get(path.replace("status", "result"), headers={"Host": host}).json()
        assert result["output"]["video"].startswith(f"http://{host}/media/")


def test_headers_of_proxies_are_not_believed() -> None:
    forwarded = {
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Port": "1",
        "Forwarded": "host=evil.example;proto=https",
    }
    assert status_url(**forwarded).startswith(SERVER + "/")


def test_the_scheme_is_that_of_the_call() -> None:
    fake = MockRunComfy()
    assert fake.base_url.startswith("https://")
    with client(fake) as caller:
        assert submit(caller)["result_url"].startswith(fake.base_url + "/v1/")


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/__mock__", 200),
        ("/__mock__/", 200),
        ("/__mock__/nothing", 404),
        ("/__mock__nothing", 404),
        ("/", 404),
        ("//__mock__", 404),
        ("/V1/models", 404),
        ("/v1", 404),
        ("/v1/models/", 400),
    ],
)
def test_paths_go_to_the_control_plane_or_to_the_api(path: str, status: int) -> None:
    fake = MockRunComfy()
    with httpx.Client(transport=fake.transport()) as caller:
        answer = caller.get(SERVER + path, headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == status
    assert status == 200 or answer.json()["error_code"] // 1000 == status
    # What the control plane is asked is not written down among the calls of the API.
    assert len(fake.journal) == (not re.match(r"/__mock__(/|$)", path))


def test_apps_share_nothing() -> None:
    settings = Settings(seed=1)
    with call(create_app(settings)) as first, call(create_app(settings)) as second:
        submitted = submit(first)
        path = urlsplit(submitted["status_url"]).path
        assert first.get(path).status_code == 200
        assert second.get(path).status_code == 404
        assert second.get("/__mock__/requests").json() == {"requests": []}
        assert submit(second)["request_id"] == submitted["request_id"]


def test_without_a_seed_no_two_apps_draw_the_same_ids() -> None:
    drawn = set()
    for _ in range(3):
        with call(create_app()) as caller:
            drawn.add(submit(caller)["request_id"])
    assert len(drawn) == 3


def test_time_is_what_it_is_told() -> None:
    time = [1_000_000_000.0]
    with call(create_app(Settings(), now=lambda: time[0])) as caller:
        submitted = submit(caller)
        seen = []
        for now in (0.0, 1.999, 2.0, 5.999, 6.0):  # the default is two seconds in line and four at work
            time[0] = 1e9 + now
            seen.append(caller.get(submitted["status_url"]).json()["status"])
        result = caller.get(submitted["result_url"]).json()
    assert seen == ["in_queue", "in_queue", "in_progress", "in_progress", "completed"]
    assert result["created_at"] == "2001-09-09T01:46:40.000Z"


def test_a_machine_that_sets_its_time_back_takes_nothing_back() -> None:
    time = [1_000_000_000.0]
    with call(create_app(Settings(), now=lambda: time[0])) as caller:
        submitted = submit(caller)
        seen = []
        for now in (6.0, 3.0, 0.0, -3600.0):
            time[0] = 1e9 + now
            seen.append(caller.get(submitted["status_url"]).json()["status"])
    assert seen == ["completed"] * 4


def test_a_folder_that_is_not_there_is_an_error_at_once(tmp_path: Path) -> None:
    with pytest.raises(SchemaError, match="missing"):
        create_app(Settings(schemas=(tmp_path / "missing",)))


def _speak(app: App, scope: dict[str, Any]) -> list[Message]:
    sent: list[Message] = []

    async def receive() -> Message:
        raise AssertionError("there is nothing to receive")

    async def send(message: Message) -> None:
        await asyncio.sleep(0)
        sent.append(message)

    asyncio.run(app(scope, receive, send))
    return sent


def test_a_websocket_is_closed() -> None:
    assert _speak(FAKE.app, {"type": "websocket", "path": "/v1/models"}) == [{"type": "websocket.close", "code": 1000}]


def _life(caller: Any, prefix: str) -> list[str]:
    """Submit and follow the URLs of the answers; return the words of the reads."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    urls = caller.post(f"{prefix}/v1/models/{KLING}", json={"prompt": "x"}, headers=headers).json()
    assert urls["status_url"].startswith(f"http://testserver{prefix}/v1/requests/")
    result = caller.get(urls["result_url"], headers=headers).json()
    assert caller.get(result["output"]["video"]).content[4:8] == b"ftyp"
    assert caller.get(f"{prefix}/__mock__/health").json()["status"] == "ok"
    assert caller.get(f"{prefix}/v1/models{prefix}", headers=headers).status_code == (400 if prefix else 200)
    return [caller.get(urls["status_url"], headers=headers).json()["status"], result["status"]]


def test_starlettes_own_test_client_can_be_used_with_and_without_its_lifespan() -> None:
    assert _life(TestClient(FAKE.app), "") == ["completed", "succeeded"]
    with TestClient(FAKE.app) as caller:
        assert _life(caller, "") == ["completed", "succeeded"]


def test_the_fake_can_be_mounted_below_a_path_and_its_urls_lead_back_there() -> None:
    mounted = Starlette(routes=[Mount("/fake", app=FAKE.app), Mount("/a/b", app=MockRunComfy(pace="instant").app)])
    with TestClient(mounted) as caller:
        for prefix in ("/fake", "/a/b"):
            assert _life(caller, prefix) == ["completed", "succeeded"]
        assert caller.get("/__mock__/health").status_code == 404


def test_a_path_that_only_begins_like_the_one_below_which_it_is_mounted_is_left_alone() -> None:
    for path, status in (("/fake/__mock__/health", 200), ("/fakery/__mock__/health", 404), ("/__mock__/health", 200)):
        call = _Call(httpx, httpx.Request("GET", f"http://127.0.0.1{path}"), b"")
        scope = {**call.scope, "root_path": "/fake"}
        asyncio.run(FAKE.app(scope, call.receive, call.send))
        assert call.status == status
