"""Every program started here talks to this machine alone, and is told nothing by the caller's environment."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.e2e.effects import Rig, rigged


@pytest.fixture(scope="package", autouse=True)
def _plain_environment() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith("RUNCOMFY_") or name.lower().endswith("_proxy"):
                patch.delenv(name)
        yield


@pytest.fixture
def rig() -> Iterator[Rig]:
    """A fake on a socket, for one test."""
    with rigged() as served:
        yield served
