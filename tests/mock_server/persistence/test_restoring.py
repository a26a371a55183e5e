"""The state after a restart is the state before it: the oracle of these tests is the fake that was not restarted."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server import MockRunComfy
from mock_server.persistence.journal_file import JournalError
from tests.inprocess import SUBMIT, TOKEN, client, submit
from tests.mock_server.persistence.life import EFFECTS, Life

WHO = st.integers(0, 1)
SECONDS = st.sampled_from([0, 0.5, 1, 3])
STEPS = st.one_of(
    st.tuples(st.just("submit"), WHO),
    st.tuples(st.sampled_from(["status", "result", "cancel"]), WHO, st.integers(0, 5)),
    st.tuples(st.just("move"), st.integers(0, 5), st.sampled_from(["in_progress", "completed", "failed", "cancelled"])),
    st.tuples(st.just("pass"), SECONDS),
    st.tuples(st.just("advance"), SECONDS),
    st.tuples(st.just("clock of one"), WHO, st.sampled_from([{"freeze": True}, {"speed": 3}, {"advance": 2}])),
    st.tuples(st.sampled_from(["freeze", "resume"])),
    st.tuples(st.just("rule"), st.sampled_from(EFFECTS), st.booleans()),
    st.tuples(st.just("rule of one"), WHO),
    st.tuples(st.sampled_from(["clear", "reset"]), st.sampled_from([0, 1, None])),
    st.tuples(st.just("restart")),
)


def do(life: Life, step: tuple[Any, ...]) -> None:
    """Take one step."""
    name, *arguments = step
    request_id = "unknown"
    if name in ("status", "result", "cancel", "move") and life.ids:
        request_id = life.ids[arguments[0 if name == "move" else 1] % len(life.ids)]
    if name in ("advance", "freeze", "resume"):
        getattr(life.fake.clock, name)(*arguments)
    elif name in ("status", "result", "cancel"):
        life.call("POST" if name == "cancel" else "GET", f"/v1/requests/{request_id}/{name}", arguments[0])
    else:
        _steer(life, step, request_id)


def _steer(life: Life, step: tuple[Any, ...], request_id: str) -> None:
    match step:
        case ("submit", who):
            life.submit(who)
        case ("move", _, to):
            life.call("POST", f"/__mock__/requests/{request_id}", json={"to": to})
        case ("pass", seconds):
            life.real += seconds
        case ("clock of one", who, document):
            life.call("POST", "/__mock__/clock", who, json=document)
        case ("rule", answer, again):
            life.fake.rules.add(answers=[answer], then="repeat_last" if again else "ok")
        case ("rule of one", who):
            life.call("POST", "/__mock__/rules", who, json={"answers": [503, "ok", 429], "times": 2})
        case ("reset", None):
            life.fake.reset()
        case ("clear" | "reset" as name, who):
            method, path = ("DELETE", "rules") if name == "clear" else ("POST", "reset")
            life.call(method, f"/__mock__/{path}", who or 0)
        case ("restart",):
            before = life.state()
            life.restart()
            assert life.state() == before


@settings(deadline=None, max_examples=100)
@given(
    st.lists(STEPS, min_size=3, max_size=25),
    st.sampled_from(["instant", "manual", "polls:1,2", "polls:0,1", "time:1,2"]),
    st.fixed_dictionaries(
        {},
        optional={
            "slots": st.just(1),
            "max_requests": st.just(3),
            "rate_limit": st.just("6/3"),
            "variants": st.just({"retention": "day"}),
        },
    ),
)
def test_a_restart_changes_nothing(steps: list[tuple[Any, ...]], pace: str, more: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder) / "calls.ndjson", pace=pace, **more)
        for step in [("submit", 0), *steps, ("restart",), ("pass", 2)]:
            do(life, step)
        never = life.state()
        life.restart()
        assert life.state() == never
        life.submit()
        assert len(life.ids) == len(set(life.ids)) or ("reset" in {step[0] for step in steps})
        life.fake.close()


def test_two_restarted_fakes_go_on_alike_with_what_is_to_come(tmp_path: Path) -> None:
    outcomes = []
    for restarts in (False, True):
        life = Life(tmp_path / f"{restarts}.ndjson", pace="polls:1,1", slots=1, seed=3)
        for _ in range(3):
            life.submit()
        life.fake.rules.add(match={"operation": "status"}, answers=["ok", 503, "ok", 429], times=2)
        seen = []
        for number in range(9):
            if restarts:
                life.restart()
            answer = life.call("GET", f"/v1/requests/{life.ids[number % 3]}/status")
            assert answer is not None
            seen.append((answer.status_code, answer.text))
        outcomes.append(seen)
        life.fake.close()
    assert outcomes[0] == outcomes[1]


def test_every_beginning_of_a_journal_can_be_continued(tmp_path: Path) -> None:
    life = Life(tmp_path / "whole.ndjson", pace="polls:1,1", slots=1)
    life.fake.rules.add(answers=[{"effect": "reset", "at": "accepted"}, "ok", 503])
    for _ in range(3):
        life.submit()
    for request_id, verb in itertools.product(life.ids, ("status", "result")):
        life.call("GET", f"/v1/requests/{request_id}/{verb}")
    life.fake.clock.advance(5)
    life.fake.close()
    whole = life.path.read_bytes()
    counts = []
    for length in range(0, len(whole) + 1, 31):
        path = tmp_path / "part.ndjson"
        path.write_bytes(whole[:length])
        fake = MockRunComfy(journal=path)
        counts.append((len(fake.requests), len(fake.journal)))
        assert fake.app.file is not None
        assert fake.app.file.torn == length - (whole[:length].rfind(b"\n") + 1)
        fake.rules.clear()
        submit(client(fake))
        fake.close()
    assert counts == sorted(counts)
    assert counts[-1][0] == 2


def test_a_running_clock_has_run_on_meanwhile(tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", pace="time:2,4", speed=10)
    life.submit()
    life.real += 0.1
    assert [view.status for view in life.restart().requests] == ["in_queue"]
    life.real += 0.2
    assert [view.status for view in life.restart().requests] == ["in_progress"]
    life.fake.close()
    life.real += 0.4
    assert [view.status for view in life.restart().requests] == ["completed"]
    life.fake.close()


def test_settings_may_change_at_a_restart(tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", pace="time:0,10", slots=1)
    for _ in range(3):
        life.submit()
    assert [view.status for view in life.fake.requests] == ["in_progress", "in_queue", "in_queue"]
    assert [view.status for view in life.restart(slots=2).requests] == ["in_progress", "in_progress", "in_queue"]
    life.real += 10
    life.restart(slots=2, speed=5)
    assert [view.status for view in life.fake.requests] == ["completed", "completed", "in_progress"]
    life.real += 2
    assert [view.status for view in life.fake.requests] == ["completed"] * 3
    before = life.state()
    life.restart()
    assert life.state() == before
    life.fake.close()


def test_the_seed_is_that_of_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    MockRunComfy(journal=path, seed=5).close()
    again = MockRunComfy(journal=path)
    assert again.app.service.seed == 5
    again.close()
    with pytest.raises(JournalError, match="begun with the seed 5, not 6"):
        MockRunComfy(journal=path, seed=6)
    MockRunComfy(journal=path, seed=5).close()


def test_a_rate_limit_window_goes_on(tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", rate_limit="2/60")
    for _ in range(2):
        life.call("GET", "/v1/models")
    life.restart()
    answer = life.call("GET", "/v1/models")
    assert answer is not None
    assert answer.status_code == 429
    life.real += 60
    assert life.call("GET", "/v1/models").status_code == 200  # type: ignore[union-attr]
    life.fake.close()


def test_a_window_that_has_not_begun_begins_after_a_restart(tmp_path: Path) -> None:
    life = Life(tmp_path / "calls.ndjson", rate_limit="1/60")
    life.fake.rules.add(answers=[418])  # answers before anybody counts
    codes = []
    for _ in range(3):
        answer = life.call("GET", "/v1/models")
        assert answer is not None
        codes.append(answer.status_code)
        life.restart()
    assert codes == [418, 200, 429]
    life.fake.close()


def test_rules_of_the_settings_come_once_and_keep_their_counts_while_they_are_the_same(tmp_path: Path) -> None:
    scenario = tmp_path / "scenario.toml"
    scenario.write_text('[[rule]]\nmatch = { operation = "list" }\nanswers = [503, 502, 504]\n', "utf-8")
    life = Life(tmp_path / "calls.ndjson", scenario=scenario)

    def codes() -> list[int]:
        return [client(life.fake).get("/v1/models").status_code for _ in range(2)]

    assert codes() == [503, 502]
    life.restart()
    assert len(life.fake.rules) == 1
    assert codes() == [504, 200]
    scenario.write_text('[[rule]]\nmatch = { operation = "list" }\nanswers = [500]\n', "utf-8")
    life.restart()
    assert codes() == [500, 200]
    assert life.fake.rules.clear() == 1
    life.restart()
    assert len(life.fake.rules) == 0
    life.fake.close()


def test_no_token_is_in_the_file_wherever_it_was_planted(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    fake = MockRunComfy(journal=path, tokens=[TOKEN, "another-secret-token"])
    caller = client(fake)
    submit(caller, prompt=f"say {TOKEN} and another-secret-token", negative_prompt=TOKEN)
    escaped = "".join(f"\\u{ord(character):04x}" for character in TOKEN)
    body = f'{{"prompt": "{escaped}"}}'
    assert caller.post(SUBMIT, content=body, headers={"Content-Type": "application/json"}).status_code == 200
    caller.get(f"/v1/requests/{TOKEN}/status", params={"x": TOKEN})
    caller.post("/__mock__/rules", json={"match": {"account": TOKEN}, "answers": [429]})
    caller.post("/__mock__/rules", json={"name": TOKEN, "answers": [429]})
    caller.get("/v1/models")
    fake.close()
    written = path.read_text("utf-8")
    assert TOKEN not in written
    assert "another-secret-token" not in written
    again = MockRunComfy(journal=path, tokens=[TOKEN])
    assert len(again.requests) == 2
    again.close()


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"nonsense", "is no JSON"),
        (b"[1]", "no object"),
        (b"{}", "cannot be"),
        (b'{"kind": "unheard"}', "cannot be"),
        (b'{"kind": "read", "request_id": "unknown", "at": 1}', "not known at that time"),
        (b'{"kind": "submitted"}', "cannot be"),
        (b'{"kind": "clock", "account": null, "clock": {}}', "cannot be"),
        (b'{"kind": "rules_added", "rules": [{"id": "r1", "account": null, "rule": {"answers": []}}]}', "answers"),
        (b'{"kind": "call"}', "cannot be"),
    ],
)
def test_a_line_that_tells_nonsense_is_named(line: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    MockRunComfy(journal=path).close()
    with path.open("ab") as file:
        file.write(line + b"\n")
    with pytest.raises(JournalError, match=f"line 2: .*{reason}"):
        MockRunComfy(journal=path)


def test_a_file_that_is_no_journal_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text('{"some": "notes"}\n', "utf-8")
    with pytest.raises(JournalError, match=r"line 1: .*begins with its opening"):
        MockRunComfy(journal=path)
    path.write_bytes(orjson.dumps({"kind": "opened", "seed": 1, "format": 99}) + b"\n")
    with pytest.raises(JournalError, match="format 99"):
        MockRunComfy(journal=path)
    assert path.read_text("utf-8").count("\n") == 1


def test_a_model_that_is_gone_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "schemas" / "my" / "model"
    folder.mkdir(parents=True)
    (folder / "input.json").write_text('{"type": "object", "properties": {}}', "utf-8")
    path = tmp_path / "calls.ndjson"
    fake = MockRunComfy(journal=path, schemas=tmp_path / "schemas")
    assert client(fake).post("/v1/models/my/model", json={}).status_code == 200
    fake.close()
    with pytest.raises(JournalError, match="the model my/model is not known here"):
        MockRunComfy(journal=path)
