"""Clients with the vendor's hosts hard-coded reach the fake, and nothing else."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

import httpx
import httpx2
import pytest
import respx
from hypothesis import given
from hypothesis import strategies as st
from respx.mocks import HTTPCoreMocker
from respx.models import AllMockedAssertionError

from mock_server import MockRunComfy, Settings, instant
from mock_server.vendor_names import HOSTS
from tests.inprocess import SUBMIT

VENDOR = "https://model-api.runcomfy.net"
AUTH = {"Authorization": "Bearer a-token"}
LIBRARIES: list[Any] = [httpx, httpx2]
FOREIGN = [
    "https://example.com/v1/models",
    "https://runcomfy.net.example.com/v1/models",
    "https://notruncomfy.net/v1/models",
    "http://127.0.0.1:1/v1/models",
    "https://runcomfy.org/v1/models",
]

by_library = pytest.mark.parametrize("library", LIBRARIES, ids=lambda library: str(library.__name__))


# Nothing is encrypted here: to read no certificates makes a client quick to make.
QUICK: dict[str, Any] = {"headers": AUTH, "verify": False, "trust_env": False}


def get(library: Any, url: str) -> Any:
    with library.Client(**QUICK) as client:
        return client.get(url)


def get_async(library: Any, url: str) -> Any:
    async def inside() -> Any:
        async with library.AsyncClient(**QUICK) as client:
            return await client.get(url)

    return asyncio.run(inside())


def get_alone(library: Any, url: str) -> Any:
    return library.get(url, headers=AUTH)


def get_streamed(library: Any, url: str) -> Any:
    with library.Client(**QUICK) as client, client.stream("GET", url) as answer:
        answer.read()
        return answer


WAYS: list[Callable[[Any, str], Any]] = [get, get_async, get_alone, get_streamed]
by_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: str(way.__name__))


def patched() -> list[str]:
    """Name what respx has put in place of the two libraries' own methods."""
    found = []
    for target in HTTPCoreMocker.targets:
        for address in (target, target.replace("httpcore.", "httpcore2.", 1)):
            module, _, name = address.rpartition(".")
            methods = vars(getattr(import_module(module), name))
            found += [
                f"{address}.{method}"
                for method in HTTPCoreMocker.target_methods
                if method in methods and methods[method].__module__.startswith("respx")
            ]
    return found


@by_library
def test_a_whole_life_by_urls_of_the_vendor(library: Any) -> None:
    fake = MockRunComfy(pace="polls:1,1")
    with fake.respx(), library.Client(headers=AUTH) as client:
        submitted = client.post(VENDOR + SUBMIT, json={"prompt": "a paper boat"}).json()
        assert submitted["status_url"].startswith(VENDOR + "/v1/requests/")
        statuses = [client.get(submitted["status_url"]).json()["status"] for _ in range(3)]
        result = client.get(submitted["result_url"]).json()
        file = library.get(result["output"]["video"])
    assert statuses == ["in_queue", "in_progress", "completed"]
    assert (file.status_code, file.headers["content-type"]) == (200, "video/mp4")
    assert file.content[4:8] == b"ftyp"
    assert len(fake.journal) == 6


@by_library
@by_way
def test_every_way_to_call_reaches_every_host_of_the_vendor(library: Any, way: Callable[[Any, str], Any]) -> None:
    fake = MockRunComfy()
    with fake.respx():
        for host in ("model-api.runcomfy.net", "model-api-int.runcomfy.net", "runcomfy.com", "a.b.runcomfy.net"):
            answer = way(library, f"https://{host}/v1/models?limit=1")
            assert (answer.status_code, answer.json()["total"]) == (200, 1)
        assert way(library, "http://model-api.runcomfy.net:8443/__mock__/health").json()["status"] == "ok"


@by_library
@by_way
@pytest.mark.parametrize("url", FOREIGN)
def test_any_other_host_raises(library: Any, way: Callable[[Any, str], Any], url: str) -> None:
    fake = MockRunComfy()
    with fake.respx(), pytest.raises(AllMockedAssertionError):
        way(library, url)
    assert fake.journal == []


@by_library
def test_outputs_on_another_host_of_the_vendor_are_reached_too(library: Any) -> None:
    storage = "https://playgrounds-storage-public.runcomfy.net"
    fake = MockRunComfy(settings=Settings(pace=instant(), output_base_url=storage))
    with fake.respx(), library.Client(headers=AUTH) as client:
        submitted = client.post(VENDOR + SUBMIT, json={"prompt": "x"}).json()
        url = client.get(submitted["result_url"]).json()["output"]["video"]
        assert url.startswith(storage + "/")
        assert library.get(url).content[4:8] == b"ftyp"


def test_clients_made_before_or_kept_afterwards_are_routed_inside_alone() -> None:
    with httpx.Client(headers=AUTH) as before:
        with MockRunComfy().respx(), httpx.Client(headers=AUTH) as inside:
            assert before.get(VENDOR + "/v1/models").status_code == 200
            assert inside.get(VENDOR + "/v1/models").status_code == 200
            assert len(patched()) >= 8
        assert patched() == []


def test_nothing_stays_patched_even_after_an_error() -> None:
    fake = MockRunComfy()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), fake.respx():
            raise ZeroDivisionError
        assert patched() == []


def test_of_two_fakes_the_inner_one_answers_and_then_the_outer_one_again() -> None:
    outer, inner = MockRunComfy(seed=1), MockRunComfy(seed=2)
    with outer.respx():
        with inner.respx():
            for library in LIBRARIES:
                assert get(library, VENDOR + "/__mock__/health").json()["seed"] == 2
        for library in LIBRARIES:
            assert get(library, VENDOR + "/__mock__/health").json()["seed"] == 1
    assert patched() == []


def test_it_goes_together_with_a_router_of_the_tests_own() -> None:
    with respx.mock(assert_all_called=False) as router, MockRunComfy().respx():
        router.get("https://example.com/").respond(418)
        assert httpx.get("https://example.com/").status_code == 418
        assert get(httpx, VENDOR + "/v1/models").status_code == 200
    assert patched() == []


@by_library
def test_the_router_knows_the_calls(library: Any) -> None:
    with MockRunComfy().respx() as router:
        get(library, VENDOR + "/v1/models?limit=3")
        assert [str(call.request.url) for call in router.calls] == [VENDOR + "/v1/models?limit=3"]


def test_large_bodies_and_many_tasks_pass() -> None:
    async def submit_all() -> list[int]:
        async with httpx2.AsyncClient(headers=AUTH) as client:
            calls: list[Awaitable[Any]] = [
                client.post(VENDOR + SUBMIT, json={"prompt": "x" * 100_000}) for _ in range(10)
            ]
            return [answer.status_code for answer in await asyncio.gather(*calls)]

    with MockRunComfy().respx():
        assert asyncio.run(submit_all()) == [200] * 10


@given(st.from_regex(r"[a-z0-9.-]{0,12}runcomfy\.[a-z.]{2,8}", fullmatch=True))
def test_only_the_vendors_two_domains_and_what_is_under_them_match(host: str) -> None:
    labels = host.split(".")
    theirs = labels[-2:] in (["runcomfy", "net"], ["runcomfy", "com"]) and all(labels)
    assert bool(re.match(HOSTS, host)) == theirs


BREAKS: dict[str, tuple[dict[str, Any], str]] = {
    "reset": ({"effect": "reset"}, "ReadError"),
    "reset in the body": ({"effect": "reset", "at": "body"}, "ReadError"),
    "hang up": ({"effect": "hang_up"}, "RemoteProtocolError"),
    "truncate": ({"effect": "truncate"}, "RemoteProtocolError"),
    "late": ({"effect": "latency", "seconds": 6}, "ReadTimeout"),
    "stall": ({"effect": "stall"}, "ReadTimeout"),
}


@pytest.mark.parametrize("library", [httpx, httpx2], ids=lambda library: str(library.__name__))
@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_an_error_of_the_callers_own_library(library: Any, name: str) -> None:
    effect, error = BREAKS[name]
    fake = MockRunComfy(rules=[{"answers": [effect], "then": "repeat_last"}])
    url = "https://model-api.runcomfy.net/v1/models"

    async def get() -> None:
        async with library.AsyncClient(timeout=5) as caller:
            await caller.get(url)

    with fake.respx():
        with pytest.raises(getattr(library, error)):
            library.get(url, timeout=5)
        with pytest.raises(getattr(library, error)):
            asyncio.run(get())
    assert [entry.effects for entry in fake.journal] == [(effect["effect"],)] * 2
