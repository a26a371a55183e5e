"""Errors of the API's own shape, rate limit, balance and redirects, as they are on the wire."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pytest

from schemas.variants import CHOICES
from tests.e2e.effects import FIN, PRICE, Rig, proves, rigged


@proves("ok")
def test_ok_is_the_answer_as_ever_and_asks_no_later_rule(rig: Rig) -> None:
    rig.rule("ok", operation="submit")
    rig.rule(503, operation="submit")
    assert rig.call("submit").document["request_id"]
    assert (rig.last.rule, rig.last.effects) == ("r1", ("ok",))
    assert rig.kept == (1, PRICE)


@proves("error")
@pytest.mark.parametrize(
    ("given", "status", "code"),
    [
        (429, 429, 429001),
        (429001, 429, 429001),
        (400002, 400, 400002),
        (400004, 401, 400004),
        (500, 500, 500001),
        (503, 503, 503001),
        (504001, 504, 504001),
        ({"effect": "error", "status": 200, "error_code": 500001}, 200, 500001),
        ({"effect": "error", "status": 418, "error_code": 429001}, 418, 429001),
    ],
    ids=str,
)
def test_an_error_has_its_status_and_its_code(rig: Rig, given: Any, status: int, code: int) -> None:
    rig.rule(given, operation="submit")
    got = rig.call("submit")
    assert (got.status, got.document["error_code"]) == (status, code)
    assert got.headers["content-type"] == "application/json"
    assert got.document["error_message"].endswith("a rule asks for it")
    assert rig.kept == (0, 0)
    assert (rig.last.http_status, rig.last.error_code) == (status, code)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({}, "1"),
        ({"retry_after": 7}, "7"),
        ({"retry_after": 0}, "0"),
        ({"retry_after": 6.2}, "7"),
        ({"retry_after": 604800}, "604800"),
        ({"retry_after_form": "date"}, "Sun, 09 Sep 2001 01:46:41 GMT"),
        ({"retry_after": 90.5, "retry_after_form": "date"}, "Sun, 09 Sep 2001 01:48:11 GMT"),
        ({"retry_after": 5, "retry_after_form": "absent"}, None),
    ],
    ids=str,
)
def test_retry_after_is_told_in_seconds_or_as_a_date_of_the_accounts_clock(more: Any, said: str | None) -> None:
    with rigged(now=lambda: 1e9) as rig:
        rig.rule({"effect": "error", "status": 429} | more)
        for operation in ("submit", "list"):
            assert rig.call(operation).headers.get("retry-after") == said
        rig.fake.clock.advance(3600)
        later = rig.call("list").headers.get("retry-after")
        assert later == (said and said.replace(" 01:", " 02:"))


def test_only_a_429_says_unasked_when_to_come_back(rig: Rig) -> None:
    rig.rule(503, {"effect": "error", "status": 503, "retry_after": 2}, operation="list")
    assert "retry-after" not in rig.call("list").headers
    assert rig.call("list").headers["retry-after"] == "2"


@pytest.mark.parametrize("key", ["error_message", "message", "error"])
@pytest.mark.parametrize("detail", ["findings", "fastapi", "text"])
def test_an_error_has_every_variant_of_its_body(rig: Rig, key: str, detail: str) -> None:
    rig.rule({"effect": "error", "error_code": 422001, "message": "no", "text_key": key, "detail": detail})
    document = rig.call("submit").document
    assert {name: document[name] for name in ("error_code", key)} == {"error_code": 422001, key: "no"}
    assert set(document) == {"error_code", key, "detail"}
    assert isinstance(document["detail"], str if detail == "text" else list)


@pytest.mark.parametrize("key", CHOICES["error_text_key"])
def test_an_error_keeps_to_the_ledgers_variants(key: str) -> None:
    with rigged(variants={"error_text_key": key, "auth_status": "400", "rate_limit_code": "429000"}) as rig:
        rig.rule(400004, 429, operation="list")
        denied, limited = rig.call("list"), rig.call("list")
    assert (denied.status, denied.document["error_code"]) == (400, 400004)
    assert (limited.status, limited.document["error_code"], key in limited.document) == (429, 429000, True)


def test_an_error_may_come_though_the_call_took_effect(rig: Rig) -> None:
    rig.rule({"effect": "error", "status": 500, "accepted": True}, operation="submit")
    assert rig.call("submit").status == 500
    assert rig.kept == (1, PRICE)
    assert rig.last.request_id == rig.fake.requests[0].request.request_id


def test_the_window_of_the_rate_limit_is_on_the_accounts_clock() -> None:
    with rigged(rate_limit="2/30") as rig:
        rig.fake.clock.freeze()
        assert [rig.call("list").status for _ in range(3)] == [200, 200, 429]
        rig.fake.clock.advance(10)
        assert rig.call("list").headers["retry-after"] == "20"
        rig.fake.clock.advance(20)
        assert rig.call("list").status == 200


def test_the_balance_runs_out_by_base_price_times_duration() -> None:
    with rigged(balance_usd=2 * PRICE) as rig:
        assert [rig.call("submit").status for _ in range(2)] == [200, 200]
        refused = rig.call("submit")
        assert (refused.status, refused.document["error_code"]) == (400, 400002)
        assert f"costs {PRICE:g} USD" in refused.document["error_message"]
        assert rig.kept == (2, 2 * PRICE)
        rig.fake.move(rig.fake.requests[0].request.request_id, "failed")
        assert rig.call("submit").status == 200


@proves("redirect")
@pytest.mark.parametrize("status", [301, 302, 303, 304, 307, 308])
@pytest.mark.parametrize("operation", ["submit", "list", "media"])
def test_a_redirect_leads_to_another_host_that_is_the_fake_too(rig: Rig, status: int, operation: str) -> None:
    rig.rule({"effect": "redirect", "status": status})
    got = rig.call(operation, "x")
    parts = urlsplit(got.headers["location"])
    assert (got.status, got.body, got.end) == (status, b"", FIN)
    assert (parts.hostname, parts.port) == ("localhost", urlsplit(rig.url).port)
    assert parts.path.startswith("/redirected/")
    assert rig.kept == (0, 0)


def test_a_redirect_leads_where_it_is_told_and_to_another_name_of_the_vendor(rig: Rig) -> None:
    rig.rule(
        {"effect": "redirect", "to": "here"},
        {"effect": "redirect", "to": "https://example.com/x?y"},
        {"effect": "redirect"},
        {"effect": "redirect", "accepted": True},
        operation="submit",
    )
    path = "/redirected/v1/models/kling/kling-3.0/pro/text-to-video"
    assert rig.call("submit").headers["location"] == rig.url + path
    assert rig.call("submit").headers["location"] == "https://example.com/x?y"
    vendor = rig.call("submit", Host="model-api.runcomfy.net").headers["location"]
    assert vendor == "http://elsewhere.runcomfy.net" + path
    assert rig.kept == (0, 0)
    assert rig.call("submit").status == 307
    assert rig.kept == (1, PRICE)


def test_the_examples_go_on_as_they_say(rig: Rig) -> None:
    rig.rule(429, {"effect": "http", "status": 503, "body": "html"}, "ok", then="ok", operation="submit")
    assert [rig.call("submit").status for _ in range(5)] == [429, 503, 200, 200, 200]
    assert [entry.rule for entry in rig.fake.journal] == ["r1", "r1", "r1", None, None]
    assert rig.call("list").status == 200
