"""Whatever is called in whatever order, under whatever variants: every answer has its shape, and none is a 500."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import httpx
from hypothesis import event, given, settings
from hypothesis import strategies as st

from mock_server import MockRunComfy
from schemas.answers import Shape, faults
from schemas.variants import CHOICES
from tests.inprocess import KLING, OTHER_TOKEN, SUBMIT, TOKEN, client
from tests.shapes import SHAPES

DOCUMENTED = {200, 202, 206, 400, 401, 402, 403, 404, 405, 413, 415, 416, 422, 429}


@dataclass(slots=True)
class World:
    """A fake, two accounts' clients and one without a token, and the ids of the requests so far."""

    fake: MockRunComfy
    callers: list[httpx.Client]
    ids: list[str]


Call = Callable[[World], httpx.Response]


def calls() -> st.SearchStrategy[Call]:
    who = st.sampled_from([0, 0, 0, 0, 1, 2])

    def call(make: Callable[..., tuple[str, str, dict[str, Any]]], *parts: st.SearchStrategy[Any]) -> Any:
        return st.tuples(who, st.sampled_from([0, 1, 1, 2, 3]), *parts).map(
            lambda drawn: lambda world: _send(world, drawn[0], *make(_id(world, drawn[1]), *drawn[2:]))
        )

    query = st.dictionaries(
        st.sampled_from(["include_cost", "include_schema", "limit", "offset", "search", "category", "kind"]),
        st.sampled_from(["true", "false", "1", "0", "-1", "100", "101", "kling", "text-to-video", "", "²", "x" * 300]),
        max_size=3,
    )
    payload = st.fixed_dictionaries(
        {},
        optional={
            "prompt": st.text(max_size=5) | st.integers(),
            "duration": st.integers(0, 20) | st.just("5"),
            "sound": st.booleans(),
            "multi_prompt": st.lists(
                st.fixed_dictionaries({}, optional={"prompt": st.just("p"), "duration": st.integers(1, 9)}), max_size=3
            ),
            "unknown": st.none(),
        },
    )
    body = st.binary(max_size=9) | st.sampled_from([b"[]", b'{"prompt": "x", "prompt": "y"}', b'{"prompt": NaN}'])
    json = {"Content-Type": "application/json"}
    reads = st.sampled_from(["status", "result"])
    names = st.sampled_from(["0.mp4", "1.mp4", "0.png", "x"])
    ranges = st.sampled_from(["bytes=0-3", "bytes=-1", "bytes=999999-", "x"])
    paths = st.sampled_from(
        ["/", "/v1", "/v1/models/", "/v1/models/a/b", "/v1/requests//status", "/media/x/y", "/é%2F%00"]
    )
    methods = st.sampled_from(["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
    fine = st.sampled_from([{}, {"duration": 3}, {"sound": False, "unknown": 1}])
    usual = [
        call(lambda _, sent: ("POST", SUBMIT, {"json": {"prompt": "x"} | sent}), fine),
        call(lambda name, read: ("GET", f"/v1/requests/{name}/{read}", {}), reads),
        call(lambda name: ("POST", f"/v1/requests/{name}/cancel", {})),
    ]
    return st.one_of(
        *usual * 3,
        call(lambda _, sent: ("POST", SUBMIT, {"json": {"prompt": "x"} | sent}), payload),
        call(lambda _, sent: ("POST", SUBMIT, {"json": sent}), payload),
        call(lambda _, sent: ("POST", SUBMIT, {"content": sent, "headers": json}), body),
        call(lambda name, read, sent: ("GET", f"/v1/requests/{name}/{read}", {"params": sent}), reads, query),
        call(lambda name: ("POST", f"/v1/requests/{name}/cancel", {})),
        call(lambda _, sent: ("GET", "/v1/models", {"params": sent}), query),
        call(lambda _: ("GET", "/v1/models/categories", {})),
        call(lambda _, known: ("GET", SUBMIT if known else f"/v1/models/{KLING}x", {}), st.booleans()),
        call(lambda name, file, part: ("GET", f"/media/{name}/{file}", {"headers": {"Range": part}}), names, ranges),
        call(lambda _, method, path: (method, path, {}), methods, paths),
        call(lambda _, seconds: ("POST", "/__mock__/clock", {"json": {"advance": seconds}}), st.integers(0, 10)),
        call(
            lambda name, to: ("POST", f"/__mock__/requests/{name}", {"json": {"to": to}}),
            st.sampled_from(["in_progress", "completed", "failed", "cancelled"]),
        ),
    )


def _id(world: World, number: int) -> str:
    return world.ids[number % len(world.ids)] if world.ids and number else "unknown-id"


def _send(world: World, who: int, method: str, path: str, more: dict[str, Any]) -> httpx.Response:
    return world.callers[who].request(method, path, **more)


def _submit_by(who: int) -> Call:
    return lambda world: _send(world, who, "POST", SUBMIT, {"json": {"prompt": "x", "duration": 3}})


@settings(deadline=None, max_examples=150)
@given(
    st.lists(calls(), min_size=5, max_size=30),
    st.sampled_from(["instant", "manual", "polls:1,1", "polls:0,2", "time:2,3"]),
    st.sampled_from([None, 1, 2]),
    st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in CHOICES.items()}),
    st.sampled_from([{}, {"balance_usd": 1.0}, {"rate_limit": "7/5"}, {"max_requests": 2}, {"strict": True}]),
)
def test_every_answer_has_its_shape(
    made: list[Call], pace: str, slots: int | None, variants: dict[str, str], more: Any
) -> None:
    fake = MockRunComfy(pace=pace, slots=slots, variants=variants, now=lambda: 1e9, **more)
    world = World(fake, [client(fake, token) for token in (TOKEN, OTHER_TOKEN, None)], [])
    submits = [_submit_by(who) for who in (0, 1, 0)]  # so that there is something to read
    for call in [*submits, *made]:
        before = len(fake.journal)
        answer = call(world)
        assert answer.status_code in DOCUMENTED | {409}
        if answer.request.url.path.startswith("/__mock__/"):
            assert len(fake.journal) == before
            continue
        entry = fake.journal[-1]
        assert len(fake.journal) == before + 1
        assert (entry.http_status, entry.path) == (answer.status_code, answer.request.url.path)
        event(f"{entry.operation} {answer.status_code}")
        if answer.request.method == "HEAD" or (entry.operation == "media" and answer.status_code < 400):
            continue
        shape = SHAPES[entry.operation] if answer.status_code < 400 else Shape.ERROR
        assert faults(shape, answer.json()) == []
        if entry.operation == "submit" and answer.status_code == 200:
            world.ids.append(answer.json()["request_id"])
