"""Every program started here talks to this machine alone, and is told nothing by the caller's environment."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package", autouse=True)
def _plain_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("RUNCOMFY_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        yield
