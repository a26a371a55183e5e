"""The file that tells of readiness: whole, once the socket listens, and this fake's own."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mock_server.ready_file import ReadyFile

URL = "http://127.0.0.1:1"
OTHER = "http://127.0.0.1:2"


def test_it_is_there_only_whole_and_once_it_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "ready"
    target.write_text("what an earlier run left", "utf-8")
    seen: list[bool] = []
    original = Path.write_text

    def watched(self: Path, *args: Any, **kwargs: Any) -> int:
        written = original(self, *args, **kwargs)
        seen.append(target.exists() and target.read_text("utf-8") != "what an earlier run left")
        return written

    monkeypatch.setattr(Path, "write_text", watched)
    ready = ReadyFile(target, URL)
    assert list(tmp_path.iterdir()) == []
    ready.write()
    assert seen == [False, False]
    assert target.read_text("utf-8") == URL
    assert list(tmp_path.iterdir()) == [target]
    ready.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [OTHER.encode(), b"\xff", b""])
def test_what_somebody_else_wrote_is_left(tmp_path: Path, content: bytes) -> None:
    target = tmp_path / "ready"
    ready = ReadyFile(target, URL)
    ready.write()
    target.write_bytes(content)
    ready.remove()
    assert target.read_bytes() == content


def test_a_file_that_is_gone_is_no_trouble(tmp_path: Path) -> None:
    ready = ReadyFile(tmp_path / "ready", URL)
    ready.write()
    (tmp_path / "ready").unlink()
    ready.remove()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this platform")
def test_what_is_no_regular_file_is_left_alone(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "ready")
    for target in (tmp_path / "ready", tmp_path, Path(os.devnull)):
        with pytest.raises(OSError, match="no regular file"):
            ReadyFile(target, URL)
        assert target.exists()


def test_a_place_that_cannot_be_written_is_told_before_anybody_waits(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="missing"):
        ReadyFile(tmp_path / "missing" / "ready", URL)
