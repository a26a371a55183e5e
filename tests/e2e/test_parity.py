"""Every fault is the same in process and over a socket, for httpx and httpx2, sync and async."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import httpx
import httpx2
import pytest

from mock_server import MockRunComfy
from mock_server.core.entry import Entry
from mock_server.trouble.effects import catalogue
from mock_server.trouble.effects.catalogue import CATALOGUE
from tests.e2e.effects import PATHS, PROMPT, VERBS, settled
from tests.inprocess import TOKEN, client

Outcome = tuple[object, ...]

BRIEF = 0.12
SEVERAL = frozenset({"submit", "status", "result", "cancel", "list", "media"})
MATTER = ("content-type", "content-length", "content-encoding", "location", "retry-after", "accept-ranges")
MOVES: dict[str, str | None] = {"frozen_position": None, "cancel_race": None, "backwards": "in_progress"}
EMPTY = {"effect": "http", "status": 500, "body": "empty"}
ENDLESS: list[Any] = [{"effect": "stall", "at": at} for at in ("before", "accepted", "headers", "body")]
ENDLESS += [{"effect": "latency", "seconds": 60}, {"effect": "latency", "seconds": 60, "accepted": True}]
ENDLESS += [{"effect": "dribble", "seconds": 60}, [EMPTY, {"effect": "stall", "at": "body"}]]
BREAKS = ("reset", "hang_up")
VARIANTS: list[Any] = [
    *(
        {"effect": name, **({"status": 503} if name in ("http", "error") else {})}
        for name in CATALOGUE
        if name not in ("stall", "huge")
    ),
    {"effect": "huge", "bytes": 200_000},
    *({"effect": name, "at": at} for name in BREAKS for at in ("accepted", "headers", "body")),
    *({"effect": name, "at": "body", "accepted": False} for name in BREAKS),
    *([EMPTY, {"effect": name, "at": "body"}] for name in BREAKS),
    *([EMPTY, each] for each in ("truncate", "chunked", "dribble", "gzip")),
    *({"effect": "http", "status": status} for status in (200, 204, 304)),
    {"effect": "http", "status": 200, "body": "{", "headers": {"content-encoding": "gzip"}},
    {"effect": "http", "status": 503, "headers": {"X-E": "é"}},
    {"effect": "error", "status": 429, "retry_after_form": "date"},
    {"effect": "error", "error_code": 422001, "detail": "fastapi", "accepted": True},
    {"effect": "redirect", "status": 304},
    {"effect": "latency", "seconds": 3, "sigma": 1},
    {"effect": "latency", "seconds": 3, "accepted": True},
    {"effect": "dribble", "accepted": False},
    {"effect": "truncate", "keep": 0, "accepted": False},
    {"effect": "wrong_length", "by": 10},
    ["gzip", {"effect": "truncate"}],
    ["gzip", "chunked"],
    ["bom", {"effect": "reset", "at": "body"}],
    [{"effect": "latency"}, "garbage", {"effect": "hang_up", "at": "headers"}],
]


@pytest.fixture(scope="module")
def fakes() -> Iterator[tuple[MockRunComfy, MockRunComfy, str]]:
    """Two fakes alike, one of them on a socket; nobody but those who wait moves their time."""
    near, far = (MockRunComfy(pace="manual", seed=7, now=lambda: 1e9) for _ in range(2))
    with far.serve() as url:
        yield near, far, url


def matter(headers: Any) -> dict[str, str]:
    return {name: headers[name] for name in MATTER if name in headers}


def call_sync(
    library: ModuleType, fake: MockRunComfy | None, calls: list[tuple[str, str]], patience: float
) -> list[Outcome]:
    with library.Client(
        transport=fake and fake.transport(library), timeout=patience, trust_env=False, verify=False
    ) as caller:
        outcomes: list[Outcome] = []
        for operation, url in calls:
            try:
                answer = caller.request(VERBS.get(operation, "GET"), url, **sent(operation))
                outcomes.append((operation, answer.status_code, matter(answer.headers), answer.content))
            except library.HTTPError as error:
                outcomes.append((operation, type(error).__name__))
        return outcomes


async def _call_async(
    library: ModuleType, fake: MockRunComfy | None, calls: list[tuple[str, str]], patience: float
) -> list[Outcome]:
    transport = fake and fake.transport(library)
    outcomes: list[Outcome] = []
    async with library.AsyncClient(transport=transport, timeout=patience, trust_env=False, verify=False) as caller:
        for operation, url in calls:
            try:
                answer = await caller.request(VERBS.get(operation, "GET"), url, **sent(operation))
                outcomes.append((operation, answer.status_code, matter(answer.headers), answer.content))
            except library.HTTPError as error:
                outcomes.append((operation, type(error).__name__))
    return outcomes


def call_async(
    library: ModuleType, fake: MockRunComfy | None, calls: list[tuple[str, str]], patience: float
) -> list[Outcome]:
    return asyncio.run(_call_async(library, fake, calls, patience))


def sent(operation: str) -> dict[str, Any]:
    headers = {} if operation == "media" else {"Authorization": f"Bearer {TOKEN}"}
    return {"headers": headers} | ({"json": {"prompt": PROMPT}} if operation == "submit" else {})


def written(entry: Entry) -> Outcome:
    told = entry.operation, entry.http_status, entry.error_code, entry.rule, entry.effects, entry.account
    return (*told, entry.request_id, entry.model_id, entry.status_before, entry.status_after)


def trial(fake: MockRunComfy, url: str, answer: Any, call: Callable[..., list[Outcome]], *, near: bool) -> Any:
    """Set a fake up, make one call of each operation under the rule, and return all that is to be seen."""
    fake.reset()
    fake.clock.freeze(skip_waits=answer not in ENDLESS)
    request_id = client(fake).post(PATHS["submit"], json={"prompt": PROMPT}).json()["request_id"]
    effects = catalogue.read(answer)
    move = MOVES.get(effects[0].NAME, "completed")
    if move is not None:
        fake.move(request_id, move)
    operations = frozenset(PATHS).intersection(*(effect.OPERATIONS for effect in effects))
    operations &= {"submit", "media"} if answer in ENDLESS else SEVERAL
    fake.rules.add(name="it", answers=[answer], then="repeat_last")
    calls = [(name, url + path.format(request_id)) for name, path in PATHS.items() if name in operations]
    outcomes = call(fake if near else None, calls)
    if not near:
        settled(fake, 1 + len(calls))
    journal = sorted(map(written, fake.journal), key=repr)
    return outcomes, journal, fake.spend(), [view.request.request_id for view in fake.requests]


CLIENTS = [(kind, library) for library in (httpx, httpx2) for kind in (call_sync, call_async)]


@pytest.mark.parametrize(("kind", "library"), CLIENTS, ids=["httpx", "httpx-async", "httpx2", "httpx2-async"])
@pytest.mark.parametrize("answer", [*VARIANTS, *ENDLESS], ids=json.dumps)
def test_a_fault_is_the_same_in_process_and_over_a_socket(
    fakes: tuple[MockRunComfy, MockRunComfy, str], answer: Any, kind: Any, library: ModuleType
) -> None:
    if answer in ENDLESS and (kind is call_async) is (library is httpx):
        return  # each such call takes real time: two of the four clients will do
    near, far, url = fakes

    def call(fake: MockRunComfy | None, calls: list[tuple[str, str]]) -> list[Outcome]:
        outcomes: list[Outcome] = kind(library, fake, calls, BRIEF if answer in ENDLESS else 60)
        return outcomes

    in_process = trial(near, url, answer, call, near=True)
    assert in_process == trial(far, url, answer, call, near=False)
    assert len(in_process[0]) > 0


def test_every_effect_is_among_them() -> None:
    tried = {effect.NAME for answer in [*VARIANTS, *ENDLESS] for effect in catalogue.read(answer)}
    assert tried == set(CATALOGUE)
