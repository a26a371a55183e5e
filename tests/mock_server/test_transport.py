"""The fake behind a client without a socket: every face of it answers the same."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import httpx
import httpx2
import pytest
from starlette.types import Receive, Scope, Send

from mock_server import MockRunComfy
from mock_server.core.clock import LATEST
from mock_server.transport import make_transport
from tests.inprocess import KLING, SUBMIT, TOKEN

BASE = MockRunComfy.base_url
CASE: Mapping[str, Any] = {"pace": "polls:1,1", "seed": 5, "now": lambda: 1_700_000_000.0}


@dataclass(frozen=True, slots=True)
class Step:
    """One call of the script; ``{id}`` in the path is the first request's."""

    method: str
    path: str
    content: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


JSON = {"Content-Type": "application/json"}
SCRIPT = [
    Step("POST", SUBMIT, '{"prompt": "un bateau — ✓ \U0001f6a4", "extra": [1]}'.encode(), JSON),
    *[Step("GET", "/v1/requests/{id}/status")] * 3,
    Step("GET", "/v1/requests/{id}/result?include_cost=true"),
    Step("GET", "/media/{id}/0.mp4"),
    Step("HEAD", "/media/{id}/0.mp4"),
    Step("GET", "/media/{id}/0.mp4", headers={"Range": "bytes=-10"}),
    Step("POST", "/v1/requests/{id}/cancel"),
    Step("POST", SUBMIT, b'{"prompt": 1}', JSON),
    Step("POST", SUBMIT, b"", JSON),
    Step("POST", SUBMIT, b"{}", {"Content-Type": "text/plain"}),
    Step("POST", SUBMIT.replace("kling-3.0/pro", "kling-3.0%2Fpro"), b"{}", JSON),
    Step("DELETE", "/v1/models"),
    Step("HEAD", "/v1/models"),
    Step("HEAD", "/__mock__/health"),
    Step("GET", "/v1/models?search=KLING&limit=1&include_schema=true&search=kling"),
    Step("GET", "/v1/models/categories"),
    Step("GET", f"/v1/models/{KLING}"),
    Step("GET", "/v1/requests/%C3%A9%20%3F/status"),
]

Answered = tuple[int, str | None, str | None, bytes]


def _headers(step: Step) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKEN}", **step.headers}


def _answered(answer: Any, base: str) -> Answered:
    body: bytes = answer.content
    kind, length = answer.headers.get("content-type"), answer.headers.get("content-range")
    body = body.replace(base.encode(), b"<base>").replace(b"https://playgrounds-storage-public.runcomfy.net", b"<base>")
    return answer.status_code, kind, length, body


def _play(client: Any, base: str = BASE) -> list[Answered]:
    with client:
        request_id, answers = "", []
        for step in SCRIPT:
            url = base + step.path.replace("{id}", request_id)
            answer = client.request(step.method, url, content=step.content, headers=_headers(step))
            request_id = request_id or answer.json()["request_id"]
            answers.append(_answered(answer, base))
        return answers


def _play_async(client: Any) -> list[Answered]:
    async def play() -> list[Answered]:
        async with client:
            request_id, answers = "", []
            for step in SCRIPT:
                url = BASE + step.path.replace("{id}", request_id)
                answer = await client.request(step.method, url, content=step.content, headers=_headers(step))
                request_id = request_id or answer.json()["request_id"]
                answers.append(_answered(answer, BASE))
            return answers

    return asyncio.run(play())


def _respx(play: Callable[[Any], list[Answered]], make: Callable[[], Any]) -> list[Answered]:
    with MockRunComfy(**CASE).respx():
        return play(make())


def _served() -> list[Answered]:
    with MockRunComfy(**CASE).serve() as url:
        return _play(httpx.Client(trust_env=False), url)


FACES: dict[str, Callable[[], list[Answered]]] = {
    "httpx async": lambda: _play_async(httpx.AsyncClient(transport=MockRunComfy(**CASE).transport())),
    "httpx2": lambda: _play(httpx2.Client(transport=MockRunComfy(**CASE).transport(httpx2))),
    "httpx2 async": lambda: _play_async(httpx2.AsyncClient(transport=MockRunComfy(**CASE).transport(httpx2))),
    "respx httpx": lambda: _respx(_play, httpx.Client),
    "respx httpx async": lambda: _respx(_play_async, httpx.AsyncClient),
    "respx httpx2": lambda: _respx(_play, httpx2.Client),
    "respx httpx2 async": lambda: _respx(_play_async, httpx2.AsyncClient),
    "a socket": _served,
}


@pytest.mark.parametrize("face", FACES)
def test_every_face_of_the_fake_answers_as_the_httpx_transport_does(face: str) -> None:
    expected = _play(httpx.Client(transport=MockRunComfy(**CASE).transport()))
    assert {status for status, *_ in expected} >= {200, 202, 206, 400, 404, 405, 415, 422}
    answers = FACES[face]()
    for step, found, wanted in zip(SCRIPT, answers, expected, strict=True):
        assert found == wanted, step


def test_a_body_comes_in_pieces() -> None:
    pieces = [b'{"prom', b'pt": "a paper', b' boat"}']
    fake = MockRunComfy()

    async def arriving() -> AsyncIterator[bytes]:
        for piece in pieces:
            await asyncio.sleep(0)
            yield piece

    async def submit_async() -> int:
        async with httpx.AsyncClient(transport=fake.transport(), base_url=BASE) as client:
            answer = await client.post(SUBMIT, content=arriving(), headers={**JSON, "Authorization": "Bearer a"})
            return answer.status_code

    assert asyncio.run(submit_async()) == 200

    def flowing() -> Iterator[bytes]:
        yield from pieces

    with httpx.Client(transport=fake.transport(), base_url=BASE) as client:
        answer = client.post(SUBMIT, content=flowing(), headers={**JSON, "Authorization": "Bearer a"})
    assert answer.status_code == 200
    assert [entry.payload for entry in fake.journal] == [b"".join(pieces)] * 2


def test_many_threads_submit_at_once_and_each_gets_its_own_answer() -> None:
    fake = MockRunComfy(slots=3)

    def submit(number: int) -> str:
        with httpx.Client(transport=fake.transport(), base_url=BASE) as client:
            headers = {"Authorization": f"Bearer account-{number % 3}"}
            answer = client.post(SUBMIT, json={"prompt": f"{number}"}, headers=headers)
            return str(answer.json()["request_id"])

    with ThreadPoolExecutor(8) as pool:
        submitted = list(pool.map(submit, range(90)))
    stored = {view.request.request_id: json.loads(view.request.payload)["prompt"] for view in fake.requests}
    assert stored == {request_id: f"{number}" for number, request_id in enumerate(submitted)}
    assert sorted(entry.seq for entry in fake.journal) == list(range(1, 91))


def test_many_tasks_submit_at_once_and_none_is_lost() -> None:
    fake = MockRunComfy()

    async def submit_all() -> list[str]:
        headers = {"Authorization": "Bearer a"}
        async with httpx.AsyncClient(transport=fake.transport(), base_url=BASE, headers=headers) as client:
            calls: list[Awaitable[httpx.Response]] = [client.post(SUBMIT, json={"prompt": "x"}) for _ in range(50)]
            return [answer.json()["request_id"] for answer in await asyncio.gather(*calls)]

    assert len(set(asyncio.run(submit_all()))) == 50


def test_a_sync_client_works_inside_a_running_loop() -> None:
    def ask() -> int:
        with httpx.Client(transport=MockRunComfy().transport(), base_url=BASE) as client:
            return client.get("/__mock__/health").status_code

    async def inside() -> int:
        return ask()

    assert asyncio.run(inside()) == 200


def test_an_application_that_waits_is_told_apart_instead_of_answering_nothing() -> None:
    async def waiting(scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(0)

    with (
        httpx.Client(transport=make_transport(waiting, httpx)) as client,
        pytest.raises(RuntimeError, match="async client"),
    ):
        client.get("http://localhost/")


@pytest.mark.parametrize(("seconds", "breaks"), [(3, False), (6, True)])
def test_a_client_waits_for_each_piece_as_long_as_its_timeout_allows(*, seconds: float, breaks: bool) -> None:
    fake = MockRunComfy()
    dribble = {"effect": "dribble", "bytes": 40, "seconds": seconds}
    fake.rules.add(answers=[dribble], match={"operation": "list"})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(transport=fake.transport(), base_url=fake.base_url, headers=headers, timeout=5) as caller:
        if breaks:
            with pytest.raises(httpx.ReadTimeout):
                caller.get("/v1/models")
        else:
            assert len(caller.get("/v1/models").content) > 40 * 5


def test_no_fault_leads_past_the_calendar() -> None:
    fake = MockRunComfy(now=lambda: LATEST - 5)
    fake.rules.add(answers=[{"effect": "latency", "seconds": 60}], match={"operation": "list"})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with httpx.Client(transport=fake.transport(), base_url=fake.base_url, headers=headers, timeout=None) as caller:
        assert caller.get("/v1/models").status_code == 200
    assert fake.clock.now() <= LATEST
