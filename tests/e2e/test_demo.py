"""``runcomfy-mock demo`` as a process."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from schemas.answers import Shape, faults
from schemas.terminal import Exit
from tests.e2e.media import is_playable_mp4
from tests.e2e.processes import run

FAST = ("demo", "--pace", "polls:1,1", "--interval", "0")
KLING = "kling/kling-3.0/pro/text-to-video"
NAME = "runcomfy-mock-demo.mp4"


def test_json_tells_the_whole_life_in_one_document(tmp_path: Path) -> None:
    ended = run(*FAST, "--json", cwd=tmp_path)
    assert ended.code == Exit.FINE
    story = ended.document
    assert list(story) == ["seed", "base_url", "model_id", "request_id", "statuses", "result", "file"]
    assert list(story["file"]) == ["path", "bytes", "content_type"]

    assert story["base_url"].startswith("http://127.0.0.1:")
    assert story["model_id"] == KLING
    assert story["statuses"] == ["in_queue", "in_progress", "completed"]
    assert faults(Shape.RESULT, story["result"]) == []
    assert story["result"]["request_id"] == story["request_id"]
    assert story["result"]["status"] == "succeeded"
    assert story["result"]["cost"] > 0

    file = Path(story["file"]["path"])
    assert file == (tmp_path / NAME).resolve()
    assert file.stat().st_size == story["file"]["bytes"]
    assert story["file"]["content_type"] == "video/mp4"
    assert is_playable_mp4(file.read_bytes())


def test_the_terminal_shows_each_exchange(tmp_path: Path) -> None:
    ended = run(*FAST, "--directory", tmp_path)
    assert (ended.code, ended.err) == (Exit.FINE, "")
    notes = [line for line in ended.out.splitlines() if line and not line.startswith(" ")]
    assert notes[:-1] == ["submit", "poll", "poll", "poll", "fetch the result", "download, without the token"]
    assert f"/v1/models/{KLING}\n" in ended.out
    assert "in_queue → in_progress → completed → succeeded" in notes[-1]
    assert str(tmp_path / NAME) in notes[-1]
    assert re.search(r", seed \d+$", notes[-1])
    assert "demo-token" not in ended.out


def test_a_second_run_replaces_the_file(tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("left from before")
    assert run(*FAST, "--directory", tmp_path).code == Exit.FINE
    assert is_playable_mp4((tmp_path / NAME).read_bytes())


def test_a_directory_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    ended = run(*FAST, "--directory", tmp_path / "missing")
    assert ended.code == Exit.USAGE
    assert "missing" in ended.clear_error


def test_a_file_that_cannot_be_written_is_told_with_its_path(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    ended = run(*FAST, "--json", "--directory", tmp_path)
    assert ended.code not in (Exit.FINE, Exit.BROKEN)
    assert NAME in ended.clear_error


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        (("--model", "no/such-model"), Exit.BAD_INPUT, ("no/such-model", KLING)),
        (("--pace", "manual"), Exit.USAGE, ("manual",)),
        (("--pace", "never"), Exit.USAGE, ("never",)),
        (("--interval", "-1"), Exit.USAGE, ("--interval",)),
        (("--interval", "nan"), Exit.USAGE, ("--interval",)),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) and str(value[0]).startswith("--") else "",
)
def test_what_it_cannot_do_is_told(
    options: tuple[str, ...], code: Exit, words: tuple[str, ...], tmp_path: Path
) -> None:
    ended = run("demo", *options, cwd=tmp_path)
    assert ended.code == code
    for word in words:
        assert word in ended.clear_error
    assert list(tmp_path.iterdir()) == []
