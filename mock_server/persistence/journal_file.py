"""The file itself: lines of JSON, appended one at a time, read from the beginning, held by one process."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path
from threading import Lock
from typing import Any

import orjson

try:
    import fcntl
except ImportError:  # a system without it: two fakes on one file are then not kept apart
    fcntl = None  # type: ignore[assignment]

log = logging.getLogger("runcomfy_mock")


BEGINNING = b'{"kind":"opened",'
"""The first bytes of every journal."""


class JournalError(ValueError):
    """A journal that cannot be continued; the text says where, and what to do."""


class JournalFile:
    """An open journal. A last line that was not finished is dropped; ``torn`` tells how many bytes that was."""

    def __init__(self, path: Path) -> None:
        """Open the file, a new one if there is none, and hold it. Raises `JournalError`."""
        self.path = path
        self.torn = 0
        self._lock = Lock()
        self._broken = False
        if path.exists() and not path.is_file():
            raise JournalError(f"the journal {path} is no regular file")
        try:
            self._file = path.open("a+b", buffering=0)
        except OSError as error:
            raise JournalError(f"the journal {path} cannot be opened: {error.strerror}") from None
        try:
            self._hold()
            self._check_beginning()
            self._drop_torn_line()
        except OSError as error:
            self._file.close()
            raise JournalError(f"the journal {path} cannot be read: {error.strerror}") from None
        except BaseException:
            self._file.close()
            raise

    @property
    def is_broken(self) -> bool:
        """Whether a line could not be written: what came after is not in the file."""
        return self._broken

    def lines(self) -> Iterator[tuple[int, dict[str, Any]]]:
        """Read the lines that are there, with their numbers from 1. Raises `JournalError` for one that is none."""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                try:
                    document = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise self.error(number, f"is no JSON: {error}") from None
                if not isinstance(document, dict):
                    raise self.error(number, "is no object of JSON")
                yield number, document

    def error(self, number: int, message: str) -> JournalError:
        """Say what is wrong with a line."""
        hint = "mend or remove the line, or give --journal another file"
        return JournalError(f"the journal {self.path}, line {number}: {message}; {hint}")

    def write(self, document: dict[str, Any]) -> None:
        """Append a line. Where that fails, it is logged once, and nothing more is written: no gap may look whole."""
        line = orjson.dumps(document) + b"\n"
        with self._lock:
            if self._broken or self._file.closed:
                return
            try:
                while line:
                    line = line[self._file.write(line) :]
            except OSError as error:
                self._broken = True
                log.error("the journal %s cannot be written any more: %s", self.path, error.strerror)  # noqa: TRY400

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._file.close()

    def __del__(self) -> None:
        """Let go of a file that nobody closed."""
        if hasattr(self, "_file"):
            self._file.close()

    def _hold(self) -> None:
        if fcntl is None:
            return
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise JournalError(f"the journal {self.path} is in use by another fake; give --journal another") from None

    def _check_beginning(self) -> None:
        """Raise `JournalError` for a file that is no journal, before anything in it is changed."""
        self._file.seek(0)
        begins = self._file.read(len(BEGINNING))
        if begins != BEGINNING[: len(begins)]:
            raise self.error(1, "a journal of this fake begins with its opening")

    def _drop_torn_line(self) -> None:
        size = self._file.seek(0, 2)
        end = size
        while end > 0:
            start = max(0, end - 65536)
            self._file.seek(start)
            block = self._file.read(end - start)
            newline = block.rfind(b"\n")
            if newline >= 0:
                end = start + newline + 1
                break
            end = start
        self._file.seek(end)
        if end < size and _is_whole(self._file.read(size - end)):  # all but its end of line
            self._file.write(b"\n")
            return
        self.torn = size - end
        if self.torn:
            self._file.truncate(end)


def _is_whole(line: bytes) -> bool:
    try:
        return isinstance(orjson.loads(line), dict)
    except orjson.JSONDecodeError:
        return False
