from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from contracts.report.files import WholeFile


def test_a_file_is_there_when_it_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    path.write_text("old")
    with WholeFile(path) as file:
        assert path.read_text() == "old"
        file.finish("new é \ud83d\n")
        assert path.read_bytes() == "new é \\ud83d\n".encode()
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_not_finished_leaves_nothing(tmp_path: Path) -> None:
    path = tmp_path / "report.xml"
    with WholeFile(path):
        assert not path.exists()
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_is_refused_at_the_start(tmp_path: Path) -> None:
    path = tmp_path / "nowhere" / "report.xml"
    with pytest.raises(FileNotFoundError, match="nowhere") as caught:
        WholeFile(path)
    assert caught.value.filename == str(path)
    with pytest.raises(IsADirectoryError):
        WholeFile(tmp_path)


def test_what_a_link_leads_to_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    target, link = tmp_path / "there" / "real.xml", tmp_path / "link.xml"
    target.write_text("old")
    link.symlink_to(target)
    with WholeFile(link) as file:
        file.finish("new")
    assert link.is_symlink()
    assert target.read_text() == "new"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    path = tmp_path / "pipe"
    os.mkfifo(path)
    read: list[str] = []
    reader = threading.Thread(target=lambda: read.append(path.read_text()))
    reader.start()
    with WholeFile(path) as file:
        file.finish("through")
    reader.join(10)
    assert read == ["through"]
    assert path.is_fifo()
