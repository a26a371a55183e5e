"""Who may call, what is written down, and what becomes of a defect."""

from __future__ import annotations

import gc

import pytest

from mock_server import MockRunComfy, Settings
from mock_server.core.entry import LONGEST_NAME
from mock_server.service import Service
from mock_server.web.exchange import Exchange
from tests.inprocess import KLING, SUBMIT, TOKEN, client, submit


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic abc", "token", "Bearerabc"])
def test_without_a_token_every_call_is_refused(header: str | None) -> None:
    caller = client(MockRunComfy(), token=None)
    headers = {} if header is None else {"Authorization": header}
    for method, path in (
        ("POST", SUBMIT),
        ("GET", SUBMIT),
        ("GET", "/v1/models"),
        ("GET", "/v1/models/categories"),
        ("GET", "/v1/requests/x/status"),
        ("GET", "/v1/requests/x/result"),
        ("POST", "/v1/requests/x/cancel"),
    ):
        answer = caller.request(method, path, headers=headers)
        assert (answer.status_code, answer.json()["error_code"]) == (401, 400004)


def test_only_listed_tokens_are_accepted_if_any_is_listed() -> None:
    fake = MockRunComfy(tokens=["first", "second"])
    assert client(fake, "first").get("/v1/models").status_code == 200
    assert client(fake, "second").get("/v1/models").status_code == 200
    answer = client(fake, "third").get("/v1/models")
    assert (answer.status_code, answer.json()["error_code"]) == (401, 400004)


def test_the_balance_runs_out_and_a_cancel_gives_back() -> None:
    caller = client(MockRunComfy(settings=Settings(balance_usd=1.0), pace="manual"))
    first = submit(caller)
    answer = caller.post(SUBMIT, json={"prompt": "x"})
    assert (answer.status_code, answer.json()["error_code"]) == (400, 400002)
    caller.post(first["cancel_url"])
    submit(caller)


def test_too_many_calls_are_told_when_to_come_back() -> None:
    fake = MockRunComfy(
        settings=Settings(rate_limit=Settings.__dataclass_fields__["rate_limit"].metadata["parse"]("2/30"))
    )
    fake.clock.freeze()
    caller = client(fake)
    assert [caller.get("/v1/models").status_code for _ in range(3)] == [200, 200, 429]
    fake.clock.advance(10)
    answer = caller.get("/v1/models")
    assert (answer.json()["error_code"], answer.headers["retry-after"]) == (429001, "20")
    assert client(fake, "another-account").get("/v1/models").status_code == 200
    fake.clock.advance(20)
    assert caller.get("/v1/models").status_code == 200


def test_every_call_is_an_entry_of_the_journal() -> None:
    fake = MockRunComfy(pace="polls:0,1")
    caller = client(fake)
    urls = submit(caller, sond=True)
    caller.get(urls["status_url"])
    caller.get(urls["result_url"])
    caller.post(urls["cancel_url"])
    caller.get("/nowhere")
    client(fake, token=None).get("/v1/models")
    entries = fake.journal
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5, 6]
    assert [entry.operation for entry in entries] == ["submit", "status", "result", "cancel", "unknown", "list"]
    assert [entry.http_status for entry in entries] == [200, 200, 200, 202, 404, 401]
    assert [entry.error_code for entry in entries] == [None, None, None, None, 404000, 400004]
    assert [entry.status_before for entry in entries[:4]] == [None, "in_progress", "completed", "completed"]
    assert {entry.request_id for entry in entries[:4]} == {urls["request_id"]}
    assert entries[0].unknown == ("/sond",)
    assert entries[0].payload == b'{"prompt":"a paper boat","sond":true}'
    assert entries[-1].account == ""


def test_a_refused_payload_is_written_down_with_its_findings() -> None:
    fake = MockRunComfy()
    client(fake).post(SUBMIT, json={"duration": 99})
    (entry,) = fake.journal
    assert {finding.keyword for finding in entry.findings} == {"required", "maximum"}


def test_a_token_is_nowhere_in_the_journal_wherever_its_sender_put_it() -> None:
    fake = MockRunComfy()
    caller = client(fake)
    caller.post(SUBMIT, json={"prompt": TOKEN, TOKEN: TOKEN, "aspect_ratio": TOKEN})
    caller.get(f"/v1/requests/{TOKEN}/status")
    caller.get(f"/v1/models/{TOKEN}/x", params={"token": TOKEN})
    caller.get(f"/media/{TOKEN}/0.mp4")
    caller.get("/v1/models", headers={"Authorization": f"Basic {TOKEN}"})
    journal = caller.get("/__mock__/journal", headers={"Authorization": ""}).text
    assert TOKEN not in journal
    assert TOKEN[:8] not in journal
    assert TOKEN not in repr(fake.journal)


def test_a_token_in_a_bad_query_is_not_in_the_journal() -> None:
    fake = MockRunComfy()
    caller = client(fake)
    for name in ("limit", "offset", "include_schema"):
        assert caller.get("/v1/models", params={name: TOKEN}).status_code == 422
    assert caller.get("/v1/requests/x/result", params={"include_cost": TOKEN}).status_code == 422
    assert len(fake.journal) == 4
    assert TOKEN[:8] not in repr(fake.journal)


def test_tokens_in_a_second_header_and_control_tokens_are_not_in_the_journal() -> None:
    control = "a-control-token-9"
    fake = MockRunComfy(control_token=control)
    caller = client(fake)
    headers = [("Authorization", f"Bearer {TOKEN}"), ("Authorization", "Bearer another-token-77")]
    assert caller.get("/v1/models/a/another-token-77", headers=headers).status_code == 400
    caller.get(f"/v1/models/a/{control}", headers={"X-Control-Token": control})
    caller.get(f"/v1/models/a/{control}")
    assert [text for text in ("another-token-77", control) if text in repr(fake.journal)] == []


def test_an_entry_bears_the_time_of_its_account() -> None:
    fake = MockRunComfy(now=lambda: 1e9)
    caller = client(fake)
    urls = submit(caller)
    caller.post("/__mock__/clock", json={"advance": 500})
    caller.get(urls["status_url"])
    caller.get("/v1/models")
    client(fake, "another-account").get("/v1/models")
    client(fake, None).get("/v1/models")
    assert [(entry.at, entry.wall) for entry in fake.journal] == [
        *((1e9, 1e9), (1e9 + 500, 1e9), (1e9 + 500, 1e9)),
        *((1e9, 1e9), (1e9, 1e9)),
    ]


def test_tokens_that_differ_in_case_are_different_accounts() -> None:
    fake = MockRunComfy()
    url = submit(client(fake, "Some-Token-1"))["status_url"]
    assert client(fake, "some-token-1").get(url).status_code == 403
    assert client(fake, "Some-Token-1").get(url).status_code == 200


def test_a_token_at_the_end_of_what_is_kept_of_a_path_leaves_no_part_there() -> None:
    fake = MockRunComfy()
    for length in range(LONGEST_NAME - len(TOKEN) - 12, LONGEST_NAME):
        client(fake).get("/v1/models/" + "x" * (length - 12) + TOKEN)
    assert [entry.path for entry in fake.journal if TOKEN[:6] in entry.path + (entry.model_id or "")] == []


def test_every_token_that_the_fake_was_told_of_is_taken_out_of_every_call() -> None:
    fake = MockRunComfy(tokens=["accepted-secret-1", "accepted-secret-2"])
    client(fake, "accepted-secret-1").post(SUBMIT, json={"prompt": "accepted-secret-2"})
    client(fake, None).get("/v1/models/a/accepted-secret-1")
    client(fake, "a-wrong-token").get("/v1/models/a/accepted-secret-1")
    assert len(fake.journal) == 3
    assert "accepted-secret" not in repr(fake.journal)


def test_a_call_that_is_over_lets_go_of_its_body_at_once() -> None:
    fake = MockRunComfy()
    caller = client(fake)
    gc.collect()
    gc.disable()
    try:
        caller.post(SUBMIT, json={"prompt": 1, "unknown": "x" * 100})
        assert [each for each in gc.get_objects() if isinstance(each, Exchange)] == []
    finally:
        gc.enable()


def test_a_defect_is_a_500_in_the_shape_of_errors_and_is_logged_without_the_token(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("a defect")

    monkeypatch.setattr(Service, "read", broken)
    fake = MockRunComfy()
    answer = client(fake).get("/v1/requests/x/status")
    assert (answer.status_code, answer.json()["error_code"]) == (500, 500001)
    assert "a defect" in caplog.text
    assert TOKEN not in caplog.text
    assert fake.journal[0].http_status == 500


def test_a_call_that_the_door_refuses_says_whose_and_what_it_was() -> None:
    fake = MockRunComfy(rate_limit="1/60")
    caller = client(fake)
    urls = submit(caller)
    assert caller.get(urls["status_url"]).status_code == 429
    assert caller.post(SUBMIT, json={}).status_code == 429
    client(fake, token=None).get(urls["result_url"])
    first, limited, submitted, denied = fake.journal
    assert (limited.operation, limited.request_id, limited.account) == ("status", urls["request_id"], first.account)
    assert (submitted.operation, submitted.model_id, submitted.account) == ("submit", KLING, first.account)
    assert (denied.operation, denied.request_id, denied.account) == ("result", urls["request_id"], "")
    fake.journal.where(account=first.account, http_status=429).verify(2)
