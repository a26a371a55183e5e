"""The file that tells that a fake listens: there with its URL as long as it does, and never seen half written."""

from __future__ import annotations

import errno
from pathlib import Path


class ReadyFile:
    """One fake's file. Another fake may be given the same path: what it wrote is then left to it."""

    def __init__(self, path: Path, url: str) -> None:
        """Make sure that the file can be written, and remove what an earlier run left. Raises ``OSError``.

        The file itself is not there for a moment: whoever waits for it takes its being there for the sign.
        """
        self._path = path
        self._partial = path.with_name(f"{path.name}.partial")
        self._url = url
        if path.exists() and not path.is_file():
            raise OSError(errno.EINVAL, "it is there and no regular file")
        self._partial.write_text("", "utf-8")
        self._partial.unlink()
        path.unlink(missing_ok=True)

    def write(self) -> None:
        """Tell the URL. Raises ``OSError``."""
        self._partial.write_text(self._url, "utf-8")
        self._partial.replace(self._path)

    def remove(self) -> None:
        """Take the file away, if it is still this fake's."""
        try:
            if self._path.read_text("utf-8") == self._url:
                self._path.unlink()
        except (OSError, UnicodeDecodeError):  # it is gone, or somebody else's
            return
