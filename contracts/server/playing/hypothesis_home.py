"""Where Hypothesis keeps what it keeps: not in the folder in which somebody happens to stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

from hypothesis.configuration import set_hypothesis_home_dir, storage_directory


@contextmanager
def no_folder_here() -> Iterator[None]:
    """Let Hypothesis write into a folder that goes away; without a database it still caches what it has read."""
    before = storage_directory(intent_to_write=False).home_directory
    with TemporaryDirectory(prefix="runcomfy-mock-") as folder:
        set_hypothesis_home_dir(folder)
        try:
            yield
        finally:
            set_hypothesis_home_dir(before)
