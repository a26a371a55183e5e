"""The demo's story, told against fakes of many kinds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server import MockRunComfy, environment, timed
from mock_server.demo import TOKEN, Exchange, NeverOver, Patience, Story, follow
from schemas.terminal import Exit
from tests.e2e.processes import run
from tests.inprocess import KLING

EAGER = Patience(interval=0, timeout=60)


@pytest.fixture(name="told")
def fixture_told() -> list[Exchange]:
    return []


def play(
    fake: MockRunComfy,
    directory: Path,
    told: list[Exchange],
    model_id: str = KLING,
    patience: Patience = EAGER,
) -> Story:
    with fake.serve() as url:
        return follow(url, fake.app.service.catalog[model_id], directory, patience, told.append)


def write_model(root: Path, record: dict[str, Any], *, required: dict[str, Any] | None = None) -> str:
    folder = root / "maker" / "model"
    folder.mkdir(parents=True)
    properties = required or {"prompt": {"type": "string", "default": "a paper boat"}}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    (folder / "input.json").write_text(json.dumps(schema))
    (folder / "model.json").write_text(json.dumps(record))
    return "maker/model"


def test_each_exchange_is_told_as_it_was(tmp_path: Path, told: list[Exchange]) -> None:
    fake = MockRunComfy(pace="polls:1,1", seed=4)
    story = play(fake, tmp_path, told)
    assert [each.note for each in told] == ["submit", *["poll"] * 3, "fetch the result", "download, without the token"]
    assert [(each.method, each.status) for each in told] == [(e.method, e.http_status) for e in fake.journal]
    assert told[0].sent == fake.app.service.catalog[KLING].example()
    assert [each.sent for each in told[1:]] == [None] * 5
    assert all(each.url.startswith(story.base_url) for each in told)
    assert story.result == told[-2].document
    assert Path(story.file["path"]).read_bytes() == told[-1].body
    assert story.as_json()["request_id"] == fake.requests[0].request.request_id


def test_the_token_goes_to_the_api_and_not_to_the_media(tmp_path: Path, told: list[Exchange]) -> None:
    fake = MockRunComfy(pace="instant", tokens=[TOKEN])
    play(fake, tmp_path, told)
    assert [(each.operation, each.http_status, each.token_sent_to_media) for each in fake.journal] == [
        ("submit", 200, False),
        ("status", 200, False),
        ("result", 200, False),
        ("media", 200, False),
    ]


def test_it_polls_every_interval_until_it_is_over(
    tmp_path: Path, told: list[Exchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    fake = MockRunComfy(pace=timed(60, 240))
    fake.clock.freeze()
    monkeypatch.setattr(environment, "wait", fake.clock.advance)
    story = play(fake, tmp_path, told, patience=Patience(interval=30, timeout=600))
    assert story.statuses == ["in_queue", "in_progress", "completed"]
    assert [each.note for each in told].count("poll") == 300 / 30 + 1


@pytest.mark.parametrize(
    ("category", "suffix", "magic"),
    [("text-to-image", "png", b"\x89PNG"), ("text-to-audio", "wav", b"RIFF"), ("image-to-video", "mp4", b"\0\0\0")],
)
def test_the_file_is_of_the_models_kind(
    category: str, suffix: str, magic: bytes, tmp_path: Path, told: list[Exchange]
) -> None:
    model_id = write_model(tmp_path / "schemas", {"categories": [category]})
    fake = MockRunComfy(pace="instant", schemas=[tmp_path / "schemas"])
    story = play(fake, tmp_path, told, model_id)
    file = Path(story.file["path"])
    assert file.name == f"runcomfy-mock-demo.{suffix}"
    assert file.read_bytes().startswith(magic)
    assert story.file == {"path": str(file), "bytes": file.stat().st_size, "content_type": told[-1].content_type}


def test_a_request_that_never_ends_is_given_up_in_time(
    tmp_path: Path, told: list[Exchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [1e9]
    monkeypatch.setattr(environment, "wall_clock", lambda: now[0])
    monkeypatch.setattr(environment, "wait", lambda seconds: now.append(now.pop() + seconds))
    with pytest.raises(NeverOver, match=r"still in_queue after 60 seconds; .*--timeout"):
        play(MockRunComfy(pace="manual"), tmp_path, told, patience=Patience(interval=25, timeout=60))
    assert [each.note for each in told] == ["submit", *["poll"] * 3]  # after 0, 25 and 50 seconds
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_that_it_gave_up(tmp_path: Path) -> None:
    ended = run("demo", "--pace", "time:100000,1", "--timeout", "0", "--json", cwd=tmp_path)
    assert ended.code == Exit.TRY_LATER
    assert "--timeout" in ended.clear_error
    assert list(tmp_path.iterdir()) == []


def test_a_model_whose_example_is_refused_is_told_with_the_answer(tmp_path: Path) -> None:
    required = {"code": {"type": "string", "pattern": "^[0-9]{8}$"}}
    model_id = write_model(tmp_path / "schemas", {}, required=required)
    ended = run("demo", "--schemas", tmp_path / "schemas", "--model", model_id, "--json", cwd=tmp_path)
    assert ended.code not in (0, 1)
    assert "/code" in ended.clear_error


def test_the_file_is_the_media_and_not_what_else_the_output_has(tmp_path: Path) -> None:
    model_id = write_model(tmp_path / "schemas", {"categories": ["text-to-image"]})
    output = {"seed": {"type": "integer"}, "image": {"type": "string", "format": "uri"}}
    (tmp_path / "schemas" / model_id / "output.json").write_text(
        json.dumps({"type": "object", "properties": output, "required": ["seed"]})
    )
    demo = ("demo", "--schemas", tmp_path / "schemas", "--model", model_id, "--pace", "instant", "--json")
    assert run(*demo, cwd=tmp_path).document["file"]["content_type"] == "image/png"


def test_a_model_that_puts_out_no_file_is_told(tmp_path: Path) -> None:
    model_id = write_model(tmp_path / "schemas", {"categories": ["text-to-text"]})
    output = {"type": "object", "properties": {"text": {"type": "string"}}, "required": ["text"]}
    (tmp_path / "schemas" / model_id / "output.json").write_text(json.dumps(output))
    ended = run(
        *("demo", "--schemas", tmp_path / "schemas", "--model", model_id, "--pace", "instant", "--json"), cwd=tmp_path
    )
    assert ended.code == Exit.BAD_INPUT
    assert "no file" in ended.clear_error


def test_a_model_with_a_folder_of_its_own_can_be_run(tmp_path: Path) -> None:
    model_id = write_model(tmp_path / "schemas", {"categories": ["text-to-image"]})
    story = run(
        *("demo", "--schemas", tmp_path / "schemas", "--model", model_id, "--pace", "instant", "--json"), cwd=tmp_path
    ).document
    assert (story["model_id"], story["statuses"]) == (model_id, ["completed"])
    assert Path(story["file"]["path"]).parent == tmp_path.resolve()
