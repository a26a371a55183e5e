"""The hosts file, edited in place: in a container it is a mount of its own, which nothing can be renamed over."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from mock_server.vendor_names import is_vendor

PATH = Path("C:/Windows/System32/drivers/etc/hosts" if sys.platform == "win32" else "/etc/hosts")
_BEGIN = b"# >>> runcomfy-mock "
_END = b"# <<< runcomfy-mock"


class HostsFile:
    """One fake's lines in the hosts file, between two marker lines of which the first names the fake."""

    def __init__(self, owner: str, path: Path = PATH) -> None:
        """Take the name of the fake, one line such as its URL; nothing is read or written yet."""
        self._marker = _BEGIN + owner.encode()
        self.path = path

    def check(self) -> None:
        """Raise ``OSError`` unless the file can be written."""
        with self.path.open("r+b"):
            pass

    def write(self, entries: Sequence[str]) -> None:
        """Add ``entries`` at the end, and remove what earlier runs left that were killed. Raises ``OSError``."""
        lines = [self._marker, *(entry.encode() for entry in entries), _END]
        before = self.path.read_bytes()
        kept = without(before)
        if kept and not kept.endswith(b"\n"):
            kept += b"\n"
        self._replace(before, kept + b"".join(line + b"\n" for line in lines))

    def remove(self) -> None:
        """Take this fake's lines away; others', and what was added meanwhile, stay. Raises ``OSError``."""
        before = self.path.read_bytes()
        self._replace(before, without(before, self._marker))

    def _replace(self, before: bytes, after: bytes) -> None:
        """Write what differs, from the first byte that does to the end."""
        if before == after:
            return
        same = 0
        for one, other in zip(before, after, strict=False):
            if one != other:
                break
            same += 1
        with self.path.open("r+b", buffering=0) as file:
            file.seek(same)
            rest = memoryview(after)[same:]
            while rest:
                rest = rest[file.write(rest) :]
            file.truncate(len(after))


def without(content: bytes, marker: bytes = _BEGIN) -> bytes:
    """Return a hosts file without the blocks whose first line begins with ``marker``.

    In a block that has lost its end, or that somebody has written into, nothing goes but lines that name the vendor's
    hosts alone.
    """
    kept: list[bytes] = []
    is_inside = False
    for line in content.splitlines(keepends=True):
        text = line.strip()
        if text.startswith(_BEGIN):
            is_inside = marker in (text, _BEGIN)
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
