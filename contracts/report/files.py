"""Files that reports write: there whole or not at all, and refused before the run if they cannot be written."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Self


class WholeFile:
    """A text file, in UTF-8, that appears under its name at once; what stood there before is replaced.

    It is made as a part beside its place, so that a path that cannot be written raises ``OSError`` at the start and
    not after the run. A pipe or a device is written to as it is.
    """

    def __init__(self, path: Path) -> None:
        """Open the part."""
        self._place = Path(os.path.realpath(path))  # what a link leads to is replaced, not the link
        is_plain = self._place.is_file() or not self._place.exists()
        self._part = self._place.with_name(f".{self._place.name}.{os.getpid()}.part") if is_plain else self._place
        try:
            self._file = self._part.open("w", encoding="utf-8", errors="backslashreplace", newline="\n")
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(path)) from error

    def finish(self, text: str) -> None:
        """Write the whole of it, and put it in its place."""
        with self._file:
            self._file.write(text)
        if self._part != self._place:
            self._part.replace(self._place)

    def close(self) -> None:
        """Give up what was not finished; harmless afterwards."""
        if not self._file.closed:
            self._file.close()
            if self._part != self._place:
                self._part.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
