"""Rules between journal and API: what they cannot do, and that they come out alike each time."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from mock_server import MockRunComfy
from mock_server.trouble.effects.catalogue import CATALOGUE
from mock_server.trouble.parts import HangUp, Head, Part, Reset, Stall, Wait
from mock_server.web.exchange import Exchange
from mock_server.web.faults import _noting
from tests.inprocess import OTHER_TOKEN, SUBMIT, TOKEN, client, statuses, submit

NEEDS = {"http": {"status": 503}, "error": {"status": 503}}
EVERYTHING: list[Any] = [{"effect": name} | NEEDS.get(name, {}) for name in CATALOGUE]


@pytest.mark.parametrize("answer", EVERYTHING, ids=lambda answer: str(answer["effect"]))
def test_no_rule_locks_the_control_plane_out(answer: Any) -> None:
    fake = MockRunComfy()
    fake.rules.add(answers=[answer], then="repeat_last")
    fake.rules.add(answers=[{"effect": "reset"}], then="repeat_last")
    caller = client(fake, None)
    for path in ("", "/health", "/rules", "/journal", "/clock", "/requests", "/spend", "/ledger"):
        assert caller.get(f"/__mock__{path}").status_code == 200
    assert caller.delete("/__mock__/rules").json() == {"removed": 2}
    assert statuses(client(fake)) == [200]


def test_a_body_that_was_looked_at_is_served_whole_and_its_limits_hold() -> None:
    fake = MockRunComfy(max_body_bytes=100)
    fake.rules.add(answers=[418], match={"payload": {"/prompt": "*kitten*"}}, then="repeat_last")
    fake.rules.add(answers=[{"effect": "latency", "seconds": 2}], match={"operation": "submit"}, then="repeat_last")
    caller = client(fake)
    assert caller.post(SUBMIT, json={"prompt": "a kitten"}).status_code == 418
    assert caller.post(SUBMIT, json={"prompt": "a dog"}).status_code == 200
    assert caller.post(SUBMIT, content=b"{", headers={"Content-Type": "application/json"}).status_code == 422
    assert caller.post(SUBMIT, json={"prompt": "a kitten" * 20}).status_code == 413


REPLACED: list[Any] = [429, {"effect": "http", "status": 503}, "redirect", "reset", "hang_up", "no_file"]


@pytest.mark.parametrize("answer", [*REPLACED[:-1], {"effect": "latency", "seconds": 100}], ids=str)
def test_a_submit_that_nobody_served_is_written_down_with_its_payload(answer: Any) -> None:
    fake = MockRunComfy()
    caller = client(fake)
    fake.rules.add(answers=[answer])
    with suppress(httpx.TransportError):
        caller.post(SUBMIT, json={"prompt": "a boat", "duration": 99, "zzz": 1}, timeout=1)
    (entry,) = fake.journal.where(operation="submit", payload={"/prompt": "a boat"})
    assert (entry.unknown, [each.pointer for each in entry.findings]) == (("/zzz",), ["/duration"])
    for content in (b'{"prompt": ', b"[]"):
        fake.rules.add(answers=[answer])
        with suppress(httpx.TransportError):
            caller.post(SUBMIT, content=content, headers={"Content-Type": "application/json"}, timeout=1)
        assert (fake.journal[-1].payload, fake.journal[-1].findings) == (content, ())
    fake.rules.add(answers=[answer])
    with suppress(httpx.TransportError):
        caller.post("/v1/models/a/b/c", json={"prompt": "x"}, timeout=1)
    assert fake.journal[-1].payload == b'{"prompt":"x"}'


@pytest.mark.parametrize("operation", ["status", "result", "cancel", "media"])
def test_a_call_that_nobody_served_is_written_down_with_where_its_request_stands(operation: str) -> None:
    fake = MockRunComfy()
    caller = client(fake)
    request_id = submit(caller)["request_id"]
    fake.move(request_id, "in_progress")
    for answer in REPLACED if operation == "media" else REPLACED[:-1]:
        fake.rules.add(answers=[answer], match={"operation": operation})
        path = f"/media/{request_id}/0.mp4" if operation == "media" else f"/v1/requests/{request_id}/{operation}"
        with suppress(httpx.TransportError):
            caller.request("POST" if operation == "cancel" else "GET", path)
        entry = fake.journal[-1]
        assert (entry.rule is not None, entry.status_before, entry.status_after) == (True, "in_progress", "in_progress")


def test_an_account_that_is_not_accepted_has_no_name_in_the_journal() -> None:
    fake = MockRunComfy(tokens=["alice"])
    fake.rules.add(answers=[429], match={"operation": "submit"})
    assert statuses(client(fake, "eve-with-a-token")) == [429]
    assert [entry.account for entry in fake.journal] == [""]
    assert statuses(client(fake, "eve-with-a-token")) == [401]


def test_a_token_in_the_name_of_a_rule_is_not_in_the_journal() -> None:
    fake = MockRunComfy()
    fake.rules.add(name=f"for {TOKEN}", answers=[429])
    statuses(client(fake))
    assert [entry.rule for entry in fake.journal] == ["for <token>"]


def drawn(seed: int) -> list[Any]:
    fake = MockRunComfy(seed=seed, now=lambda: 1e9)
    fake.clock.freeze()
    fake.rules.add(answers=["garbage", "extra_fields"], times=2, match={"operation": "list"})
    late = {"effect": "latency", "seconds": 0.01, "sigma": 1}
    fake.rules.add(answers=[late], match={"operation": "categories"}, then="repeat_last")
    seen: list[Any] = []
    for token in (TOKEN, OTHER_TOKEN):
        caller = client(fake, token)
        seen += [caller.get("/v1/models").content for _ in range(4)]
        for _ in range(2):
            caller.get("/v1/models/categories")
            seen.append(fake.journal[-1].account)
        seen.append(caller.get("/__mock__/clock").json())
    return seen


def test_chance_is_the_same_with_the_same_seed_and_another_with_another() -> None:
    assert drawn(7) == drawn(7)
    here, there = drawn(7), drawn(8)
    assert [one == other for one, other in zip(here[:4], there[:4], strict=True)] == [False] * 4
    assert here[6] != there[6]
    assert len({repr(each) for each in here[:4]}) == 4
    assert here[0] != here[7] != here[2]


@pytest.mark.parametrize("effect", ["reset", "hang_up"])
def test_a_server_that_cannot_break_a_connection_is_told_by_an_error(effect: str) -> None:
    fake = MockRunComfy()
    fake.rules.add(answers=[effect])
    with TestClient(fake.app) as caller, pytest.raises(ConnectionResetError):
        caller.get("/v1/models", headers={"Authorization": f"Bearer {TOKEN}"})
    assert [(entry.http_status, entry.effects) for entry in fake.journal] == [(0, (effect,))]


@pytest.mark.parametrize(
    "answer", [{"effect": name, "at": "body"} for name in ("reset", "stall")] + ["truncate", "huge"]
)
def test_a_head_in_process_waits_for_no_body(answer: Any) -> None:
    fake = MockRunComfy()
    caller = client(fake)
    fake.move(submit(caller)["request_id"], "completed")
    path = f"/media/{fake.requests[0].request.request_id}/0.mp4"
    fake.rules.add(answers=[answer], match={"operation": "media"})
    answered = caller.head(path)
    assert (answered.status_code, answered.content) == (200, b"")
    assert int(answered.headers["content-length"]) >= len(caller.get(path).content)


def test_a_call_is_written_down_with_when_it_came_and_what_it_was_for() -> None:
    fake = MockRunComfy(now=lambda: 1e9)
    caller = client(fake)
    urls = submit(caller)
    late = [{"effect": "latency", "seconds": 2}, {"effect": "http", "status": 503}]
    fake.rules.add(answers=[late], then="repeat_last")
    for number, path in enumerate((urls["status_url"], SUBMIT.replace("text", "no-text"))):
        assert caller.get(path).status_code == 503
        assert fake.journal[-1].at == pytest.approx(1e9 + 2 * number, abs=0.01)
    about = [(entry.operation, entry.request_id, entry.model_id) for entry in fake.journal[1:]]
    model = SUBMIT.removeprefix("/v1/models/")
    assert about == [("status", urls["request_id"], model), ("model", None, model.replace("text", "no-text"))]


@pytest.mark.parametrize("chunked", [False, True])
def test_a_word_is_heard_in_a_payload_of_any_length(*, chunked: bool) -> None:
    fake = MockRunComfy()
    caller = client(fake)
    body = json.dumps({"prompt": "[mock:limited]", "more": "x" * 150_000}).encode()
    headers = {"Content-Type": "application/json"}
    content = iter([body[:100], body[100:]]) if chunked else body
    assert caller.post(SUBMIT, content=content, headers=headers).status_code == 429
    assert [entry.rule for entry in fake.journal] == ["mock:limited"]


@pytest.mark.parametrize("answer", [{"effect": "http", "status": 503, "accepted": True}, 503])
def test_a_call_is_counted_by_the_answer_that_it_got_and_not_by_the_one_it_was_to_get(answer: Any) -> None:
    fake = MockRunComfy()
    fake.rules.add(answers=[answer], match={"operation": "list"})
    client(fake).get("/v1/models")
    counted, _, _ = fake.app.service.journal.tally(None)
    assert counted.calls == {("list", 503): 1}


def test_a_stall_is_counted_as_a_client_that_gave_up() -> None:
    fake = MockRunComfy()
    fake.rules.add(answers=["stall", {"effect": "stall", "at": "body"}], match={"operation": "list"})
    for _ in range(2):
        with pytest.raises(httpx.ReadTimeout):
            client(fake).get("/v1/models").read()
    counted, _, _ = fake.app.service.journal.tally(None)
    assert counted.calls == {("list", 499): 1, ("list", 200): 1}


@pytest.mark.parametrize(("to", "host"), [("here", "localhost"), ("elsewhere", "127.0.0.1")])
def test_a_redirect_leads_to_the_fake_below_a_path_of_another_application_too(to: str, host: str) -> None:
    fake = MockRunComfy(pace="instant")
    above = Starlette(routes=[Mount("/below/this", app=fake.app)])
    with TestClient(above, base_url="http://localhost", headers={"Authorization": f"Bearer {TOKEN}"}) as caller:
        submitted = caller.post(f"/below/this{SUBMIT}", json={"prompt": "x"}).json()
        video = caller.get(submitted["result_url"]).json()["output"]["video"]
        fake.rules.add(answers=[{"effect": "redirect", "to": to}], match={"operation": "media"})
        answered = caller.get(f"{video}?a=b")
    assert (answered.status_code, len(answered.history)) == (200, 1)
    file = video.removeprefix("http://localhost/below/this")
    assert str(answered.url) == f"http://{host}/below/this/redirected{file}?a=b"
    assert [entry.http_status for entry in fake.journal[-2:]] == [307, 200]


HEAD = Head(200, ((b"content-length", b"4"),))


@pytest.mark.parametrize(
    ("parts", "status"),
    [
        ([HEAD, b"abcd"], 200),
        ([HEAD, b"ab", Wait(1), b"cd"], 200),
        ([HEAD, b"ab", HangUp()], 200),
        ([Wait(1), Reset()], 0),
        ([Stall()], 499),
        ([HEAD, Stall()], 200),
        ([], 0),
    ],
    ids=repr,
)
def test_a_call_is_written_down_with_its_status_before_its_last_part_and_not_earlier(
    parts: list[Part], status: int
) -> None:
    exchange = Exchange.begin({"type": "http", "method": "GET", "path": "/", "headers": []})
    written: list[int] = []
    exchange.write_down = lambda: written.append(exchange.entry.http_status)
    before = [bool(written) for _ in _noting(parts, exchange)]
    assert before == [number == len(parts) - 1 for number in range(len(parts))]
    assert written == [status]
