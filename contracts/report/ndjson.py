"""The events of a run as lines of JSON, each on disk or in the pipe as soon as it is told."""

from __future__ import annotations

import json
from typing import TextIO

from contracts.events import Event, as_json


class Ndjson:
    """A listener that writes one JSON object a line to ``file``, which is its to close.

    In ASCII, so that no line depends on an encoding, and text that is no text (half a surrogate pair) comes through.
    """

    def __init__(self, file: TextIO) -> None:
        """Write to ``file``."""
        self._file = file

    def __call__(self, event: Event) -> None:
        """Write one event."""
        self._file.write(json.dumps(as_json(event)) + "\n")
        self._file.flush()

    def close(self) -> None:
        """Close the file."""
        self._file.close()
