"""``runcomfy-mock check --live``: the vendor's address, behind which stands the fake of ``serve --intercept``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from schemas.terminal import Exit
from tests.e2e.processes import Ended, Served, run, serve

LIVE = "https://model-api.runcomfy.net/v1"
FIRST, SECOND = "the-token-of-the-first-account", "the-token-of-the-second-account"
PRICE = 0.336


@pytest.fixture(name="served", scope="module")
def fixture_served() -> Iterator[Served]:
    with serve("--intercept", "--token", FIRST, "--token", SECOND, "--magic", "off") as served:
        yield served


@pytest.fixture(autouse=True)
def _fresh(served: Served) -> None:
    _tidy(served)


def _tidy(served: Served) -> None:
    httpx.post(f"{served.url}/__mock__/reset")


def check(served: Served, *options: str | Path, **tokens: str) -> Ended:
    environment = run("intercept-env", "--url", served.url, "--json").document
    words = ("--target", LIVE, "--depth", "quick", "--seed", "1", "--rate-limit", "50")
    ended = run("check", *words, *options, env=environment | tokens)
    for text in (ended.out, ended.err):
        assert "Traceback" not in text
        assert FIRST not in text
        assert SECOND not in text
    return ended


def journal(served: Served) -> list[dict[str, Any]]:
    """Return every call that the fake has had; none of them is one that bills, but a submit to a model."""
    entries: list[dict[str, Any]] = httpx.get(f"{served.url}/__mock__/journal?limit=1000").json()["entries"]
    assert not any(entry["path"].startswith("/__mock__") for entry in entries)
    return entries


def submits(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [entry for entry in entries if entry["method"] == "POST" and entry["path"].startswith("/v1/models")]


def test_it_is_not_called_without_being_asked_for(served: Served) -> None:
    ended = check(served, RUNCOMFY_TOKEN=FIRST)
    assert ended.code == Exit.USAGE
    assert "--live allows it" in ended.clear_error
    assert journal(served) == []


@pytest.mark.parametrize("token", ["", "the-token-of-nobody"])
def test_it_is_not_called_without_a_token_that_is_good(served: Served, token: str) -> None:
    ended = check(served, "--live", "--max-spend-usd", "1", RUNCOMFY_TOKEN=token)
    assert ended.code == Exit.TOKEN_REJECTED
    assert submits(journal(served)) == []
    assert len(journal(served)) == (2 if token else 0)


def test_without_money_not_one_call_is_made_that_could_be_billed(served: Served) -> None:
    ended = check(served, "--live", "--json", RUNCOMFY_TOKEN=FIRST, RUNCOMFY_OTHER_TOKEN=SECOND)
    document = ended.document
    entries = journal(served)
    assert submits(entries) == []
    assert len(entries) == document["calls"]
    assert (ended.code, document["spent_usd"], document["findings"]) == (Exit.FINE, 0, [])
    outcomes = {each["id"]: each for each in document["checks"]}
    for name in ("submit.accepts", "ownership.refused", "cancel.queued", "lifecycle.kept", "schemathesis.ignored_auth"):
        assert outcomes[name]["outcome"] == "unchecked"
        assert "--max-spend-usd allows it" in outcomes[name]["reason"], name
    assert all(each["reason"] for each in document["unchecked"])
    assert outcomes["list.pages"]["outcome"] == "pass"


def test_money_pays_for_the_cheapest_submits_which_are_cancelled_at_once(served: Served, tmp_path: Path) -> None:
    files = {name: tmp_path / name for name in ("junit", "html", "ndjson")}
    options = [part for name, path in files.items() for part in (f"--{name}", path)]
    ended = check(
        served, "--live", "--json", "--max-spend-usd", "1", *options, RUNCOMFY_TOKEN=FIRST, RUNCOMFY_OTHER_TOKEN=SECOND
    )
    document, entries = ended.document, journal(served)
    paid = submits(entries)
    assert 1 <= len(paid) <= int(1 / PRICE)
    for entry in paid:
        after = entries[entries.index(entry) + 1]
        assert (entry["http_status"], after["operation"], after["http_status"]) == (200, "cancel", 202)
    spent = httpx.get(f"{served.url}/__mock__/requests", headers={"Authorization": f"Bearer {FIRST}"}).json()
    assert {each["status"] for each in spent["requests"]} == {"cancelled"}
    assert (ended.code, document["findings"], document["spent_usd"]) == (Exit.FINE, [], 0)
    assert len(entries) == document["calls"]
    outcomes = {each["id"]: each["outcome"] for each in document["checks"]}
    assert outcomes["ownership.refused"] == outcomes["cancel.holds"] == "pass"
    for path in files.values():
        assert FIRST not in path.read_text("utf-8")
        assert SECOND not in path.read_text("utf-8")


def test_less_money_than_one_submit_costs_pays_for_none(served: Served) -> None:
    document = check(served, "--live", "--json", "--max-spend-usd", "0.1", RUNCOMFY_TOKEN=FIRST).document
    assert submits(journal(served)) == []
    reasons = {each["check"]: each["reason"] for each in document["unchecked"]}
    assert f"{PRICE} USD; 0.1 are allowed" in reasons["submit.accepts"]
    assert all(reasons.values())


def test_without_a_second_token_nobody_says_that_requests_are_kept_apart(served: Served) -> None:
    document = check(served, "--live", "--json", "--max-spend-usd", "1", RUNCOMFY_TOKEN=FIRST).document
    reasons = {each["check"]: each["reason"] for each in document["unchecked"]}
    assert "RUNCOMFY_OTHER_TOKEN" in reasons["ownership.refused"]


def test_the_calls_that_are_allowed_are_all_that_are_made(served: Served) -> None:
    words = ("--live", "--json", "--max-calls", "7")
    document = check(served, *words, "--max-spend-usd", "1", RUNCOMFY_TOKEN=FIRST).document
    assert len(journal(served)) <= 7
    assert document["calls"] == len(journal(served))
    assert "--max-calls" in document["stopped"]
    for entry in submits(journal(served)):
        assert journal(served)[journal(served).index(entry) + 1]["operation"] == "cancel"


def test_calls_keep_to_their_rate(served: Served) -> None:
    document = check(
        served, "--live", "--json", "--rate-limit", "5", "--max-calls", "14", RUNCOMFY_TOKEN=FIRST
    ).document
    assert document["seconds"] >= 2
    assert document["calls"] == len(journal(served)) == 14


def test_a_server_that_does_not_honour_cancels_stops_within_the_money() -> None:
    with serve("--intercept", "--token", FIRST, "--magic", "off", "--pace", "time:0,0.2") as served:
        words = ("--live", "--json", "--max-spend-usd", "0.5")
        document = check(served, *words, RUNCOMFY_TOKEN=FIRST).document
        assert len(submits(journal(served))) == 1
    assert document["spent_usd"] == pytest.approx(PRICE)
    assert document["spent_usd"] <= 0.5
