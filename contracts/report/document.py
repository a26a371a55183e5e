"""The outcome of a run as one JSON document: on stdout, or in a file, which a later run can take as its baseline."""

from __future__ import annotations

import json
from pathlib import Path

from contracts.events import Event, RunFinished
from contracts.report.files import WholeFile
from schemas.terminal import emit


class Document:
    """A listener that prints `Outcome.as_json` at the end; into the file at ``path`` if there is one.

    Raises ``OSError`` at once for a path that cannot be written.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Take the place of the file, if it is to be one."""
        self._file = None if path is None else WholeFile(path)

    def __call__(self, event: Event) -> None:
        """Wait for the end."""
        if not isinstance(event, RunFinished):
            return
        if self._file is None:
            emit(event.outcome.as_json())
        else:
            self._file.finish(json.dumps(event.outcome.as_json(), indent=2) + "\n")

    def close(self) -> None:
        """Leave no part of a file behind."""
        if self._file is not None:
            self._file.close()
