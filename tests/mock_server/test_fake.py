"""`MockRunComfy`, the fake in the hand of Python code."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

import mock_server
from mock_server import MockRunComfy, Pace, Settings, VerificationError, instant, manual, polls, timed
from mock_server.core.accounts import RateLimit
from mock_server.core.errors import Conflict, ResourceNotFound
from mock_server.core.lifecycle import Status
from mock_server.fake import MissingExtraError
from mock_server.settings import SettingsError, SettingsFields
from mock_server.settings_table import SPECS
from schemas.errors import SchemaError
from tests.inprocess import KLING, SUBMIT, client, submit


def life(fake: MockRunComfy, reads: int = 4) -> list[str]:
    """Submit and poll; return what each read finds."""
    with client(fake) as caller:
        submitted = submit(caller)
        return [caller.get(submitted["status_url"]).json()["status"] for _ in range(reads)]


def test_unless_told_otherwise_it_goes_on_by_reads() -> None:
    assert life(MockRunComfy()) == ["in_queue", "in_progress", "completed", "completed"]


@pytest.mark.parametrize(
    ("pace", "seen"),
    [
        (instant(), ["completed"] * 4),
        ("instant", ["completed"] * 4),
        (manual(), ["in_queue"] * 4),
        (polls(0, 2), ["in_progress", "in_progress", "completed", "completed"]),
        ("polls:2,0", ["in_queue", "in_queue", "completed", "completed"]),
        (timed(0, 0), ["completed"] * 4),
        (timed(1, 1), ["in_queue"] * 4),
    ],
    ids=str,
)
def test_the_pace_is_given_as_a_text_or_as_a_pace(pace: Pace | str, seen: list[str]) -> None:
    assert life(MockRunComfy(pace=pace, now=lambda: 1e9)) == seen


def test_a_keyword_beats_the_settings() -> None:
    base = Settings(pace=manual(), slots=5, tokens=("one",), seed=3)
    kept = MockRunComfy(settings=base).app.service
    assert (kept.settings.pace.name, kept.settings.slots, kept.seed) == ("manual", 5, 3)
    changed = MockRunComfy(settings=base, pace=instant(), slots=1, tokens=["two"]).app.service.settings
    assert (changed.pace.name, changed.slots, changed.tokens) == ("instant", 1, ("two",))


def test_every_setting_is_a_keyword_and_nothing_else_is() -> None:
    fields = {spec.name: spec.default for spec in SPECS} | {"seed": 4, "rate_limit": "3/10", "balance_usd": 2}
    assert list(SettingsFields.__annotations__) == [spec.name for spec in SPECS]
    fake = MockRunComfy(**fields)
    assert fake.app.service.settings == Settings(seed=4, rate_limit=RateLimit(3, 10), balance_usd=2)
    with pytest.raises(SettingsError, match=r"unknown setting pase; known are pace, "):
        MockRunComfy(pase="instant")  # type: ignore[call-arg]


@pytest.mark.parametrize("rules", [429, "busy", None])
def test_what_are_no_rules_is_told(rules: Any) -> None:
    with pytest.raises(SettingsError, match="rules: expected rules as in a scenario file"):
        MockRunComfy(rules=rules)


@pytest.mark.parametrize("seed", [0, 9])
def test_a_seed_given_by_keyword_beats_that_of_the_settings(seed: int) -> None:
    assert MockRunComfy(settings=Settings(seed=3), seed=seed).app.service.seed == seed


def test_equal_seeds_draw_equal_ids_and_others_draw_others() -> None:
    def draw(seed: int) -> list[str]:
        with client(MockRunComfy(seed=seed)) as caller:
            return [submit(caller)["request_id"] for _ in range(3)]

    assert draw(1) == draw(1)
    assert not set(draw(1)) & set(draw(2))
    assert len(set(draw(1))) == 3


def test_slots_strict_tokens_and_variants_are_taken() -> None:
    fake = MockRunComfy(
        pace=instant(), slots=1, strict=True, tokens=["only-this"], variants={"result_success_word": "completed"}
    )
    with client(fake, "another") as caller:
        assert caller.get("/v1/models").status_code == 401
    with client(fake, "only-this") as caller:
        assert caller.post(SUBMIT, json={"prompt": "x", "unknown": 1}).status_code == 422
        assert caller.get(submit(caller)["result_url"]).json()["status"] == "completed"


def test_a_folder_of_models_is_added_to_the_packaged_ones(tmp_path: Path) -> None:
    folder = tmp_path / "maker" / "one"
    folder.mkdir(parents=True)
    (folder / "input.json").write_text('{"type": "object", "properties": {"prompt": {"type": "string"}}}')
    for given in (tmp_path, str(tmp_path)):
        with client(MockRunComfy(schemas=[given])) as caller:
            assert {each["model_id"] for each in caller.get("/v1/models").json()["models"]} == {KLING, "maker/one"}


@pytest.mark.parametrize(
    "wrong",
    [{"pace": "never"}, {"pace": "polls:-1,0"}, {"variants": {"no_such": "x"}}, {"variants": {"auth_status": "418"}}],
    ids=str,
)
def test_a_value_that_cannot_be_is_refused_at_once(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"never|polls:-1,0|no_such|418"):
        MockRunComfy(**wrong)


@pytest.mark.parametrize("slots", [0, -1])
def test_a_number_of_slots_that_would_let_nothing_run_is_refused_at_once(slots: int) -> None:
    with pytest.raises(ValueError, match="slots"):
        MockRunComfy(slots=slots)


def test_a_folder_that_is_not_there_is_refused_at_once(tmp_path: Path) -> None:
    with pytest.raises(SchemaError):
        MockRunComfy(schemas=[tmp_path / "missing"])


def test_the_clock_moves_every_account_and_those_to_come() -> None:
    fake = MockRunComfy(pace=timed(60, 1740))
    fake.clock.freeze()
    with client(fake, "first") as first, client(fake, "second") as second:
        urls = [(caller, submit(caller)["status_url"]) for caller in (first, second)]
        for seconds, status in ((59.9, "in_queue"), (0.1, "in_progress"), (1739.9, "in_progress"), (0.1, "completed")):
            fake.clock.advance(seconds)
            assert [caller.get(url).json()["status"] for caller, url in urls] == [status] * 2
    now = fake.clock.now()
    with client(fake, "third") as third:
        submit(third)
        assert third.get("/__mock__/clock").json() == {"now": now, "frozen": True, "speed": 1.0}


def test_a_request_is_moved_by_hand() -> None:
    fake = MockRunComfy(pace=manual())
    with client(fake) as caller:
        submitted = submit(caller)
        assert fake.move(submitted["request_id"], "in_progress").status is Status.IN_PROGRESS
        assert caller.get(submitted["status_url"]).json()["status"] == "in_progress"
        fake.move(submitted["request_id"], "failed", error_code=500123, error_message="out of luck")
        assert caller.get(submitted["status_url"]).json()["status"] == "completed"
        result = caller.get(submitted["result_url"]).json()
        assert result["status"] == "failed"
        assert result["error"] == {"error_code": 500123, "error_message": "out of luck"}
        with pytest.raises(Conflict):
            fake.move(submitted["request_id"], "completed")
    with pytest.raises(ResourceNotFound):
        fake.move("no-such-request", "completed")
    with pytest.raises(ValueError, match="nowhere"):
        fake.move("no-such-request", "nowhere")


def test_it_shows_requests_and_journal_and_forgets_them() -> None:
    fake = MockRunComfy()
    with client(fake) as caller:
        submitted = submit(caller)
        caller.get(submitted["status_url"])
        for _ in range(3):  # to look is no read
            (view,) = fake.requests
        assert (view.request.request_id, view.status) == (submitted["request_id"], Status.IN_PROGRESS)
        assert [entry.operation for entry in fake.journal] == ["submit", "status"]
        fake.clock.advance(3600)
        fake.reset()
        assert (fake.requests, list(fake.journal)) == ([], [])
        assert caller.get(submitted["status_url"]).status_code == 404
        assert submit(caller)["request_id"] == submitted["request_id"]


def test_its_journal_can_be_asked() -> None:
    fake = MockRunComfy()
    with client(fake) as caller:
        caller.get(submit(caller, prompt="a paper boat")["status_url"])
    fake.journal.verify(submit=1, status="1..", cancel=0)
    fake.journal.in_order("submit", "status")
    fake.journal.where(model="kling/*", payload={"/prompt": "*boat*"}).verify(1)
    with pytest.raises(VerificationError, match=r"closest was #1 .*: payload /prompt is 'a paper boat'"):
        fake.journal.where(operation="submit", payload={"/prompt": "*kitten*"}).verify(1)


USES: dict[str, Callable[[MockRunComfy], object]] = {
    "httpx": lambda fake: fake.transport(),
    "respx": lambda fake: fake.respx().__enter__(),
}


@pytest.mark.parametrize("missing", USES)
def test_a_face_that_lacks_its_library_names_the_extra(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = MockRunComfy()
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingExtraError, match=rf"{missing}.*runcomfy-mock\[pytest\]"):
        USES[missing](fake)


def test_every_public_name_is_there_and_no_other_is_promised() -> None:
    for name in mock_server.__all__:
        assert getattr(mock_server, name).__name__ in (name, name.lower())
    with pytest.raises(AttributeError, match="no_such_name"):
        mock_server.no_such_name  # noqa: B018 - the look-up is the test


def test_the_address_is_the_vendors() -> None:
    fake = MockRunComfy()
    with httpx.Client(transport=fake.transport(), base_url=MockRunComfy.base_url) as caller:
        assert caller.get("/__mock__/openapi.json").json()["servers"][0]["url"] == "https://model-api.runcomfy.net"
