"""The hosts file, on a file of the test's own: what was there stays, to the byte."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.intercept.hosts_file import HostsFile, is_alive, without

HERE = "http://127.0.0.1:8787"
ENTRIES = ["127.0.0.1 model-api.runcomfy.net runcomfy.com", "::1 model-api.runcomfy.net"]
BEFORE = b"127.0.0.1 localhost\n# caf\xe9, not UTF-8\n10.0.0.1\tdb\n"
MARK = b"# >>> runcomfy-mock http://127.0.0.1:8787 pid %d\n" % os.getpid()
BLOCK = MARK + b"".join(e.encode() + b"\n" for e in ENTRIES)
WHOLE = BLOCK + b"# <<< runcomfy-mock\n"


@pytest.fixture(name="path")
def fixture_path(tmp_path: Path) -> Path:
    path = tmp_path / "hosts"
    path.write_bytes(BEFORE)
    return path


def test_lines_are_added_and_taken_away_in_place(path: Path) -> None:
    path.chmod(0o640)
    inode = path.stat().st_ino
    hosts = HostsFile(HERE, path)
    hosts.write(ENTRIES)
    assert path.read_bytes() == BEFORE + WHOLE
    hosts.remove()
    assert path.read_bytes() == BEFORE
    assert (path.stat().st_ino, path.stat().st_mode & 0o777) == (inode, 0o640)


@pytest.mark.parametrize("before", [b"", b"127.0.0.1 localhost", b"127.0.0.1 a\r\n127.0.0.1 b\r\n"])
def test_other_files_keep_their_lines_too(before: bytes, path: Path) -> None:
    path.write_bytes(before)
    hosts = HostsFile(HERE, path)
    hosts.write(ENTRIES)
    assert path.read_bytes().endswith(b"\n" + WHOLE) or before == b""
    hosts.remove()
    assert path.read_bytes().splitlines() == before.splitlines()


def by(url: str, pid: int | None) -> bytes:
    """Return the block of another fake; none of those before had a pid."""
    owner = url if pid is None else f"{url} pid {pid}"
    return WHOLE.replace(MARK, f"# >>> runcomfy-mock {owner}\n".encode())


@pytest.fixture(name="ended")
def fixture_ended() -> int:
    """Return the pid of a process that has ended."""
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


@pytest.fixture(name="alive")
def fixture_alive() -> Iterator[int]:
    """Return the pid of a process that lives as long as the test."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        yield process.pid
        process.kill()


def test_what_a_killed_run_left_is_removed_at_the_next_start(path: Path, ended: int) -> None:
    stale = [by("http://127.0.0.1:1", ended), by(HERE, ended), by(HERE, None), by(HERE, os.getpid())]
    path.write_bytes(path.read_bytes() + b"".join([*stale, by("http://127.0.0.1:2", os.getpid())]))
    HostsFile(HERE, path).write(ENTRIES)
    assert path.read_bytes() == BEFORE + WHOLE


def test_another_fake_that_lives_keeps_its_lines(path: Path, alive: int) -> None:
    for url in ("http://127.0.0.1:87", HERE):
        path.write_bytes(BEFORE + by(url, alive))
        hosts = HostsFile(HERE, path)
        hosts.write(ENTRIES)
        assert path.read_bytes() == BEFORE + by(url, alive) + WHOLE
        hosts.remove()
        assert path.read_bytes() == BEFORE + by(url, alive)


def test_two_fakes_of_one_process_keep_their_lines_too(path: Path) -> None:
    first, second = HostsFile(HERE, path), HostsFile("http://127.0.0.1:87", path)
    first.write(ENTRIES)
    second.write(ENTRIES)
    path.write_bytes(path.read_bytes() + b"10.0.0.2 added\n")
    first.remove()
    assert path.read_bytes() == BEFORE + by("http://127.0.0.1:87", os.getpid()) + b"10.0.0.2 added\n"
    second.remove()
    assert path.read_bytes() == BEFORE + b"10.0.0.2 added\n"


def test_a_process_without_a_proc_is_asked_for_elsewhere(
    tmp_path: Path, alive: int, ended: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (is_alive(alive), is_alive(ended)) == (True, False)
    monkeypatch.setattr("mock_server.intercept.hosts_file._PROCESSES", tmp_path)
    if shutil.which("ps") is not None:
        assert (is_alive(alive), is_alive(ended)) == (True, False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert is_alive(ended)


def test_a_process_that_nobody_has_asked_how_it_ended_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, state in (("self", "R"), ("7", "Z"), ("8", "S")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "stat").write_text(f"{name} (a ) Z) {state} 1 1")
    (tmp_path / "9" / "stat").mkdir(parents=True)
    monkeypatch.setattr("mock_server.intercept.hosts_file._PROCESSES", tmp_path)
    assert [is_alive(pid) for pid in (7, 8, 9, 10)] == [False, True, True, False]


WRITER = """
import sys
from pathlib import Path
from mock_server.intercept.hosts_file import HostsFile
for number in range(40):
    hosts = HostsFile(f"{sys.argv[2]}{number}", Path(sys.argv[1]))
    hosts.write(["127.0.0.1 runcomfy.net"])
    hosts.remove()
"""


def test_fakes_that_write_at_once_lose_nothing(path: Path) -> None:
    command = [sys.executable, "-c", WRITER, str(path)]
    with subprocess.Popen([*command, "a"]) as one, subprocess.Popen([*command, "b"]) as other:
        assert (one.wait(60), other.wait(60)) == (0, 0)
    assert path.read_bytes() == BEFORE


def test_whoever_writes_has_the_file_alone(path: Path) -> None:
    fcntl = pytest.importorskip("fcntl")
    with path.open("rb") as other:
        with HostsFile(HERE, path)._locked(), pytest.raises(BlockingIOError):
            fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize(
    ("content", "left"),
    [
        (BLOCK + b"10.0.0.1 db\n", b"10.0.0.1 db\n"),
        (BLOCK + b"10.0.0.1 db model-api.runcomfy.net\n", b"10.0.0.1 db model-api.runcomfy.net\n"),
        (BLOCK + b"# mine\n10.0.0.1 db\n# <<< runcomfy-mock\n", b"# mine\n10.0.0.1 db\n"),
        (BLOCK + WHOLE + BEFORE, BEFORE),
        (BLOCK[:-1], b""),
        (b"127.0.0.1 model-api.runcomfy.net\n", b"127.0.0.1 model-api.runcomfy.net\n"),
    ],
    ids=["no end", "no end, a mixed line", "written into", "twice", "cut off", "the user's own"],
)
def test_a_damaged_block_takes_nobody_elses_lines_with_it(content: bytes, left: bytes) -> None:
    assert without(content) == left


LINES = st.lists(st.sampled_from([*BEFORE.splitlines(), *WHOLE.splitlines(), b"", b"# x", b"\xff"]), max_size=12)


@given(LINES)
def test_no_line_that_is_not_of_this_package_ever_goes(lines: list[bytes]) -> None:
    ours = set(WHOLE.splitlines())
    left = without(b"\n".join(lines)).splitlines()
    assert [line for line in left if line not in ours] == [
        line for line in b"\n".join(lines).splitlines() if line not in ours
    ]
    assert not any(line.startswith(b"# >>> runcomfy-mock") for line in left)


def test_a_file_that_cannot_be_written_is_found_out_before(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        HostsFile(HERE, tmp_path / "missing").check()
    with pytest.raises(OSError, match=r"."):
        HostsFile(HERE, tmp_path).check()
    assert list(tmp_path.iterdir()) == []


def test_a_symbolic_link_is_written_through(path: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(path)
    HostsFile(HERE, link).write(ENTRIES)
    assert link.is_symlink()
    assert path.read_bytes() == BEFORE + WHOLE


def test_lines_that_somebody_puts_back_have_no_owner_any_more(path: Path) -> None:
    hosts = HostsFile(HERE, path)
    hosts.write(ENTRIES)
    kept = path.read_bytes()
    hosts.remove()
    path.write_bytes(kept)
    other = HostsFile("http://127.0.0.1:8788", path)
    other.write(ENTRIES)
    assert path.read_bytes() == BEFORE + WHOLE.replace(b":8787", b":8788")
    other.remove()
