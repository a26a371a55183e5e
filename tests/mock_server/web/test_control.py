"""The control plane: looking at the fake and steering it."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from mock_server import MockRunComfy, Settings, manual, timed
from mock_server.core.accounts import RateLimit
from mock_server.service import Service
from mock_server.transport import _Call
from tests.inprocess import OTHER_TOKEN, TOKEN, client, submit


@pytest.fixture
def fake() -> MockRunComfy:
    return MockRunComfy(pace=manual())


def test_health_and_index(fake: MockRunComfy) -> None:
    anyone = client(fake, token=None)
    health = anyone.get("/__mock__/health").json()
    assert (health["status"], health["pace"], health["seed"], health["models"]) == ("ok", "manual", 0, 1)
    for path in ("/__mock__", "/__mock__/"):
        assert "POST /__mock__/clock" in anyone.get(path).json()["control_plane"]


def test_it_tells_how_unchanged_programs_get_here_if_they_do() -> None:
    fake = MockRunComfy()
    refused = client(fake, token=None).get("/__mock__/intercept")
    assert refused.status_code == 409
    assert "serve --intercept" in refused.json()["error_message"]
    fake.app.control.interception = {"proxy": "http://127.0.0.1:1"}
    assert client(fake, token=None).get("/__mock__/intercept").json() == {"proxy": "http://127.0.0.1:1"}


def test_requests_of_one_account_or_of_all(fake: MockRunComfy) -> None:
    first, second = submit(client(fake)), submit(client(fake, OTHER_TOKEN))

    def ids(token: str | None) -> list[str]:
        listed = client(fake, token).get("/__mock__/requests").json()["requests"]
        assert all({"model_id", "status"} <= each.keys() for each in listed)
        return [each["request_id"] for each in listed]

    assert ids(None) == [first["request_id"], second["request_id"]]
    assert ids(OTHER_TOKEN) == [second["request_id"]]


def test_one_request_shows_its_payload_and_looking_is_no_read() -> None:
    fake = MockRunComfy(pace="polls:1,0")
    caller = client(fake)
    urls = submit(caller)
    for _ in range(3):
        shown = caller.get(f"/__mock__/requests/{urls['request_id']}").json()
        assert (shown["status"], shown["queue_position"]) == ("in_queue", 1)
        assert shown["payload"] == {"prompt": "a paper boat"}
    assert caller.get("/__mock__/requests/unknown").status_code == 404


@pytest.mark.parametrize(
    ("to", "status", "result"),
    [
        ("in_progress", "in_progress", "in_progress"),
        ("completed", "completed", "succeeded"),
        ("failed", "completed", "failed"),
        ("cancelled", "cancelled", "cancelled"),
    ],
)
def test_a_request_is_moved_by_hand(fake: MockRunComfy, to: str, status: str, result: str) -> None:
    caller = client(fake)
    urls = submit(caller)
    answer = caller.post(f"/__mock__/requests/{urls['request_id']}", json={"to": to})
    assert (answer.status_code, answer.json()["status"]) == (200, status)
    assert caller.get(urls["status_url"]).json()["status"] == status
    assert caller.get(urls["result_url"]).json()["status"] == result


def test_a_failure_by_hand_may_say_why(fake: MockRunComfy) -> None:
    caller = client(fake)
    urls = submit(caller)
    why = {"error_code": 400002, "error_message": "no balance"}
    caller.post(f"/__mock__/requests/{urls['request_id']}", json={"to": "failed"} | why)
    assert caller.get(urls["result_url"]).json()["error"] == why


def test_what_the_status_does_not_allow_is_refused_and_says_what_is(fake: MockRunComfy) -> None:
    caller = client(fake)
    url = f"/__mock__/requests/{submit(caller)['request_id']}"
    caller.post(url, json={"to": "in_progress"})
    answer = caller.post(url, json={"to": "cancelled"})
    assert answer.status_code == 409
    assert "allowed is completed, failed" in answer.json()["error_message"]
    caller.post(url, json={"to": "completed"})
    assert caller.post(url, json={"to": "failed"}).status_code == 409


def test_the_clock_is_frozen_advanced_and_sped_up() -> None:
    fake = MockRunComfy(pace=timed(10, 10))
    caller = client(fake)
    urls = submit(caller)

    def steer(**command: Any) -> dict[str, Any]:
        answer = caller.post("/__mock__/clock", json=command)
        assert answer.status_code == 200
        document: dict[str, Any] = answer.json()
        return document

    start = steer(freeze=True)
    assert (start["frozen"], start["speed"]) == (True, 1)
    assert caller.get("/__mock__/clock").json() == start
    assert steer(advance=10.5)["now"] == start["now"] + 10.5
    assert caller.get(urls["status_url"]).json()["status"] == "in_progress"
    assert steer(advance=9.5)["now"] == start["now"] + 20
    assert caller.get(urls["status_url"]).json()["status"] == "completed"
    assert steer(speed=1000)["speed"] == 1000
    assert steer(freeze=False)["frozen"] is False


def test_a_clock_is_its_accounts_own_and_without_a_token_all_move(fake: MockRunComfy) -> None:
    first, second, anyone = client(fake), client(fake, OTHER_TOKEN), client(fake, token=None)
    anyone.post("/__mock__/clock", json={"freeze": True})
    before = second.get("/__mock__/clock").json()["now"]
    first.post("/__mock__/clock", json={"advance": 100})
    assert second.get("/__mock__/clock").json()["now"] == before
    anyone.post("/__mock__/clock", json={"advance": 7})
    assert second.get("/__mock__/clock").json()["now"] == before + 7
    assert client(fake, "a-new-account").get("/__mock__/clock").json() == second.get("/__mock__/clock").json()


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"[]", b"{}", b"x", b'{"freeze": 1}', b'{"freeze": "yes"}', b'{"freeze": true, "wind": 1}'),
        *(b'{"advance": -1}', b'{"advance": "3"}', b'{"advance": true}', b'{"advance": 1e300}', b'{"advance": NaN}'),
        *(b'{"speed": 0}', b'{"speed": -1}', b'{"speed": 1e9}', b'{"speed": null}', b'{"advance": 5, "speed": 0}'),
        b'{"advance": 1, "advance": 2}',
        *(b'{"freeze": true, "advance": 1e300}', b'{"freeze": false, "speed": 2, "advance": -1}'),
    ],
)
@pytest.mark.parametrize("frozen", [True, False])
def test_a_bad_clock_call_is_refused_and_changes_nothing(body: bytes, *, frozen: bool) -> None:
    fake = MockRunComfy(now=lambda: 1e9)
    if frozen:
        fake.clock.freeze()
    before = client(fake).get("/__mock__/clock").json()
    answer = client(fake).post("/__mock__/clock", content=body)
    assert answer.status_code == 422
    assert answer.json()["error_message"]
    assert client(fake).get("/__mock__/clock").json() == before


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b'{"to": "nowhere"}',
        b'{"to": 1}',
        b'{"to": "failed", "error_code": "x"}',
        b'{"to": "failed", "error_code": 5000000000}',
        b'{"to": "completed", "error_code": 500001}',
        b'{"from": "x"}',
    ],
)
def test_a_bad_move_is_refused(fake: MockRunComfy, body: bytes) -> None:
    request_id = submit(client(fake))["request_id"]
    answer = client(fake).post(f"/__mock__/requests/{request_id}", content=body)
    assert answer.status_code == 422
    assert fake.requests[0].status == "in_queue"


def test_reset_of_one_account_leaves_the_others_alone(fake: MockRunComfy) -> None:
    mine, theirs = submit(client(fake)), submit(client(fake, OTHER_TOKEN))
    assert client(fake).post("/__mock__/reset").json()["requests"] == 1
    assert client(fake).get(mine["status_url"]).status_code == 404
    assert client(fake, OTHER_TOKEN).get(theirs["status_url"]).status_code == 200
    assert {entry.account for entry in fake.journal} != set()
    assert client(fake, token=None).post("/__mock__/reset").json() == {"reset": "all", "requests": 1}
    assert client(fake, OTHER_TOKEN).get(theirs["status_url"]).status_code == 404


def test_a_reset_heeds_the_token_alone_and_says_so(fake: MockRunComfy) -> None:
    submit(client(fake))
    answer = client(fake, token=None).post("/__mock__/reset", json={"account": TOKEN})
    assert (answer.status_code, "takes none" in answer.text, TOKEN in answer.text) == (422, True, False)
    assert len(fake.requests) == 1
    assert client(fake).post("/__mock__/reset", json={}).json()["requests"] == 1


def test_after_a_reset_the_same_calls_give_the_same_answers(fake: MockRunComfy) -> None:
    first = submit(client(fake))
    client(fake).post("/__mock__/reset")
    assert submit(client(fake)) == first


def test_the_journal_of_one_account(fake: MockRunComfy) -> None:
    submit(client(fake))
    submit(client(fake, OTHER_TOKEN))
    document = client(fake).get("/__mock__/journal").json()
    (entry,) = document["entries"]
    assert document["evicted"] == 0
    assert (entry["seq"], entry["operation"], entry["http_status"]) == (1, "submit", 200)
    assert len(client(fake, token=None).get("/__mock__/journal").json()["entries"]) == 2


def test_the_ledger_shows_what_is_set() -> None:
    fake = MockRunComfy(variants={"queue_position_base": "0"}, strict=True)
    document = client(fake, token=None).get("/__mock__/ledger").json()
    values = {fact["switch"]["setting"]: fact["switch"]["value"] for fact in document["facts"] if fact["switch"]}
    assert values["queue_position_base"] == "0"
    assert values["unknown_properties"] == "refused"
    assert values["auth_status"] == "401"


def test_the_openapi_document_names_this_fake(fake: MockRunComfy) -> None:
    document = client(fake, token=None).get("/__mock__/openapi.json").json()
    validate(document)
    assert document["servers"] == [{"url": fake.base_url}]


@pytest.mark.parametrize("path", ["/__mock__/nope", "/__mock__/requests/a/b", "/__mock__//health"])
def test_an_unknown_control_path(fake: MockRunComfy, path: str) -> None:
    assert client(fake).get(path).status_code == 404
    assert client(fake).delete("/__mock__/health").status_code == 405


async def _call_from(fake: MockRunComfy, host: str | None, headers: dict[str, str]) -> int:

    call = _Call(httpx, httpx.Request("GET", "http://x/__mock__/health", headers=headers), b"")
    scope = {**call.scope, "client": None if host is None else (host, 1)}
    await fake.app(scope, call.receive, call.send)
    return call.status


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("127.0.0.1", 200), ("127.9.9.9", 200), ("::1", 200), ("::ffff:127.0.0.1", 200), (None, 200)),
        *(("10.0.0.1", 403), ("::ffff:10.0.0.1", 403), ("fe80::1%eth0", 403), ("localhost.evil", 403), ("", 403)),
    ],
)
def test_it_is_open_to_loopback_alone(fake: MockRunComfy, host: str | None, status: int) -> None:

    assert asyncio.run(_call_from(fake, host, {})) == status


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.1"])
def test_a_control_token_opens_it_to_those_who_carry_it(host: str) -> None:

    fake = MockRunComfy(settings=Settings(control_token="the-control-token"))
    assert asyncio.run(_call_from(fake, host, {"X-Control-Token": "the-control-token"})) == 200
    assert asyncio.run(_call_from(fake, host, {"X-Control-Token": "another"})) == 403
    assert asyncio.run(_call_from(fake, host, {})) == 403


def test_a_bad_authorization_is_an_error_and_not_all_accounts(fake: MockRunComfy) -> None:
    submit(client(fake))
    answer = client(fake, token=None).post("/__mock__/reset", headers={"Authorization": "Basic x"})
    assert answer.status_code == 401
    assert len(fake.requests) == 1


def test_neither_a_rate_limit_nor_a_token_list_locks_it() -> None:

    fake = MockRunComfy(settings=Settings(rate_limit=RateLimit(1, 60)), tokens=["accepted"])
    for _ in range(3):
        client(fake, "accepted").get("/v1/models")
    assert client(fake, "accepted").post("/__mock__/reset").status_code == 200
    assert client(fake, token=None).get("/__mock__/health").status_code == 200


def test_a_defect_of_the_control_plane_is_a_500_in_the_shape_of_errors_and_is_logged(
    fake: MockRunComfy, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Service, "views", broken)
    answer = client(fake).get("/__mock__/requests")
    assert (answer.status_code, answer.json()["error_code"]) == (500, 500001)
    assert "a defect" in caplog.text
    assert client(fake).get("/__mock__/health").status_code == 200


def test_a_client_that_goes_away_in_a_control_call_is_no_defect(
    fake: MockRunComfy, caplog: pytest.LogCaptureFixture
) -> None:
    call = _Call(httpx, httpx.Request("POST", "http://x/__mock__/clock"), b"")
    call._received.clear()
    asyncio.run(fake.app(call.scope, call.receive, call.send))
    assert (call.status, caplog.text) == (0, "")
