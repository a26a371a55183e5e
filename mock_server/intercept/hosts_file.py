"""The hosts file, edited in place: in a container it is a mount of its own, which nothing can be renamed over."""

from __future__ import annotations

import contextlib
import multiprocessing
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from io import FileIO
from pathlib import Path

from mock_server.vendor_names import is_vendor

try:
    import fcntl
except ModuleNotFoundError:
    fcntl = None  # type: ignore[assignment]

PATH = Path("C:/Windows/System32/drivers/etc/hosts" if sys.platform == "win32" else "/etc/hosts")
_BEGIN = b"# >>> runcomfy-mock "
_END = b"# <<< runcomfy-mock"
_OWNER = re.compile(rb" pid ([0-9]{1,10})$")
_OURS: set[bytes] = set()  # the markers of this process
_PROCESSES = Path("/proc")
_ENDED = (b"Z", b"X")  # a process that has ended, though nobody has asked how


class HostsFile:
    """One fake's lines in the hosts file, between two marker lines; the first names the fake and its process."""

    def __init__(self, owner: str, path: Path = PATH) -> None:
        """Take the name of the fake, one line such as its URL; nothing is read or written yet."""
        self._marker = b"%s%s pid %d" % (_BEGIN, owner.encode(), _own_pid())
        self.path = path

    def check(self) -> None:
        """Raise ``OSError`` unless the file can be written."""
        with self.path.open("r+b"):
            pass

    def write(self, entries: Sequence[str]) -> None:
        """Add ``entries`` at the end, and remove what earlier runs left that were killed. Raises ``OSError``."""
        lines = [self._marker, *(entry.encode() for entry in entries), _END]
        with self._locked() as file:
            before = file.read()
            kept = without(before, lambda marker: marker == self._marker or not _has_owner(marker))
            if kept and not kept.endswith(b"\n"):
                kept += b"\n"
            _replace(file, before, kept + b"".join(line + b"\n" for line in lines))
        _OURS.add(self._marker)

    def remove(self) -> None:
        """Take this fake's lines away; others', and what was added meanwhile, stay. Raises ``OSError``."""
        _OURS.discard(self._marker)
        with self._locked() as file:
            before = file.read()
            _replace(file, before, without(before, lambda marker: marker == self._marker))

    @contextlib.contextmanager
    def _locked(self) -> Iterator[FileIO]:
        """Open the file; whoever else opens it so waits until this is over."""
        with self.path.open("r+b", buffering=0) as file:
            if fcntl is not None:
                fcntl.flock(file, fcntl.LOCK_EX)  # it goes as the file is closed
            yield file


def _replace(file: FileIO, before: bytes, after: bytes) -> None:
    """Write what differs, from the first byte that does to the end."""
    if before == after:
        return
    same = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        same += 1
    file.seek(same)
    rest = memoryview(after)[same:]
    while rest:
        rest = rest[file.write(rest) :]
    file.truncate(len(after))


def _own_pid() -> int:
    return multiprocessing.current_process().pid or 0


def _has_owner(marker: bytes) -> bool:
    """Tell whether the process that a marker names is alive, and not this one, which knows its own markers."""
    match = _OWNER.search(marker)
    if match is None:  # the process of an earlier version
        return False
    pid = int(match[1])
    return marker in _OURS if pid == _own_pid() else is_alive(pid)


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; where nobody can say, it does."""
    if (_PROCESSES / "self").exists():
        try:
            state = (_PROCESSES / str(pid) / "stat").read_bytes().rpartition(b")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        except OSError:
            return True
        return state not in _ENDED
    try:
        return subprocess.run(["ps", "-p", str(pid)], capture_output=True, check=False).returncode == 0  # noqa: S603, S607
    except OSError:
        return True


def without(content: bytes, goes: Callable[[bytes], bool] = lambda _: True) -> bytes:
    """Return a hosts file without the blocks of which the first line ``goes``.

    In a block that has lost its end, or that somebody has written into, nothing goes but lines that name the vendor's
    hosts alone.
    """
    kept: list[bytes] = []
    is_inside = False
    for line in content.splitlines(keepends=True):
        text = line.strip()
        if text.startswith(_BEGIN):
            is_inside = goes(text)
            if is_inside:
                continue
        elif is_inside and text == _END:
            is_inside = False
            continue
        elif is_inside and _is_entry(text):
            continue
        kept.append(line)
    return b"".join(kept)


def _is_entry(line: bytes) -> bool:
    _, *names = line.decode("latin-1").split() or [""]
    return bool(names) and all(is_vendor(name) for name in names)
