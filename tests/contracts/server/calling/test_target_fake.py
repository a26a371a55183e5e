from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any

import click
import pytest

from contracts.exchange import Call
from contracts.server.calling.in_process import Application
from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.session import Session, answered
from contracts.server.calling.stage import Pace, Stage
from contracts.server.calling.target import FakeTarget, Target
from contracts.server.judging.collector import Collector
from contracts.server.playing.crowd import MADE_UP, write_crowd
from contracts.targets import fake

MODEL = "kling/kling-3.0/pro/text-to-video"


def session(stage: Stage) -> Session:
    return Session(stage, Collector(), Meter(Limits()))


def request_id(stage: Stage) -> str:
    return str(answered(session(stage).submit_raw(MODEL, b'{"prompt": "x"}'), 200)["request_id"])


def test_it_is_open_to_everybody_and_tells_of_itself() -> None:
    target: Target = FakeTarget(1)
    stage = target.open()
    assert (target.name, target.live, stage.live, stage.tokens.made_up) == ("fake", False, False, True)
    assert stage.pace == Pace(2, 4)
    assert stage.promises is not None
    assert stage.promises.slots == 1
    target.close()


def test_a_seed_is_a_fake() -> None:
    ids = [request_id(FakeTarget(seed).open()) for seed in (1, 1, 2)]
    assert ids[0] == ids[1] != ids[2]


def test_each_stage_is_a_fake_of_its_own() -> None:
    target = FakeTarget(1)
    first, second = target.open(), target.open()
    made = request_id(first)
    assert session(first).status(made).answer is not None
    assert answered(session(second).status(made), 404)["error_code"] == 404001


def test_more_models_are_there_and_in_the_catalog() -> None:
    target = FakeTarget(1)
    stage = target.staged(more=[MADE_UP])
    made_up = [name for name in stage.catalog if name.startswith("made-up/")]
    assert made_up
    found = session(stage).call(Call("model", "GET", f"/v1/models/{made_up[0]}"))
    assert answered(found, 200)["model_id"] == made_up[0]
    assert not [name for name in target.open().catalog if name.startswith("made-up/")]


def test_models_of_its_own_are_on_every_stage() -> None:
    target = FakeTarget(1, [MADE_UP])
    for stage in (target.open(), target.staged("--pace", "polls:1,1")):
        assert [name for name in stage.catalog if name.startswith("made-up/")]
    assert target.staged("--pace", "polls:1,1").pace is None


@pytest.mark.parametrize("tokens", [("one-token",), ("one-token", "two-token"), ("one-token", "two-token", "three")])
def test_tokens_that_are_listed_are_the_accounts(tokens: tuple[str, ...]) -> None:
    stage = FakeTarget(1).staged(*(part for each in tokens for part in ("--token", each)))
    assert (stage.tokens.first, stage.tokens.second) == (tokens[0], tokens[1] if len(tokens) > 1 else None)
    assert not stage.tokens.made_up
    assert session(stage).list().answer is not None
    export, serve = stage.scene.setup.splitlines()
    assert export == " ".join(
        ["export", f"RUNCOMFY_TOKEN={tokens[0]}", *(f"RUNCOMFY_OTHER_TOKEN={each}" for each in tokens[1:2])]
    )
    assert all(f"--token {token}" in serve for token in tokens)


def test_the_setup_is_a_command_that_sets_up_the_same(tmp_path: Path) -> None:
    folder = tmp_path / "two words; 'n more"
    write_crowd(folder)
    stage = FakeTarget(7).staged("--pace", "time:2,4", more=[folder])
    *_, serve = stage.scene.setup.splitlines()
    name, command, *options, background = shlex.split(serve)
    assert (name, command, background) == ("runcomfy-mock", "serve", "&")
    assert fake(options).service.settings.seed == 7
    assert str(folder) in options


def test_an_option_that_there_is_not_is_the_callers_error() -> None:
    with pytest.raises(click.UsageError):
        FakeTarget(1).staged("--nonsense")


def test_a_change_stands_before_every_fake() -> None:
    def mute(app: Application) -> Application:
        async def changed(scope: Any, receive: Any, send: Any) -> None:
            body = json.dumps({"changed": scope["path"]}).encode()
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": body})

        return changed

    target = FakeTarget(1, change=mute, name="mute")
    for stage in (target.open(), target.staged("--pace", "polls:1,1")):
        assert answered(session(stage).list())["changed"] == "/v1/models"
        assert stage.promises is None
    assert target.name == "mute"
