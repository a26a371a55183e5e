"""The hosts file, on a file of the test's own: what was there stays, to the byte."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.intercept.hosts_file import HostsFile, without

HERE = "http://127.0.0.1:8787"
ENTRIES = ["127.0.0.1 model-api.runcomfy.net runcomfy.com", "::1 model-api.runcomfy.net"]
BEFORE = b"127.0.0.1 localhost\n# caf\xe9, not UTF-8\n10.0.0.1\tdb\n"
BLOCK = b"# >>> runcomfy-mock http://127.0.0.1:8787\n" + b"".join(e.encode() + b"\n" for e in ENTRIES)
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


def test_what_a_killed_run_left_is_removed_at_the_next_start(path: Path) -> None:
    for stale in ("http://127.0.0.1:1", "http://127.0.0.1:2", HERE):
        path.write_bytes(path.read_bytes() + WHOLE.replace(HERE.encode(), stale.encode()))
    hosts = HostsFile(HERE, path)
    hosts.write(ENTRIES)
    assert path.read_bytes() == BEFORE + WHOLE


def test_another_fakes_lines_and_what_was_added_meanwhile_stay_at_the_end(path: Path) -> None:
    first, second = HostsFile(HERE, path), HostsFile("http://127.0.0.1:87", path)
    first.write(ENTRIES)
    other = WHOLE.replace(HERE.encode(), b"http://127.0.0.1:87")
    path.write_bytes(path.read_bytes() + other + b"10.0.0.2 added\n")
    first.remove()
    assert path.read_bytes() == BEFORE + other + b"10.0.0.2 added\n"
    second.remove()
    assert path.read_bytes() == BEFORE + b"10.0.0.2 added\n"


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
