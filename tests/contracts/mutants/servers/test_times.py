from __future__ import annotations

import pytest

from contracts.mutants.servers.times import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

RESULT = "/result"
SIGNS = {
    "created-at-moves": at(RESULT, there="00:00:02", gone="00:00:00"),
    "created-at-start": at(RESULT, there='"created_at":"2026-01-01T00:00:02', gone='"created_at":"2026-01-01T00:00:00'),
    "created-at-missing": at(RESULT, gone="created_at"),
    "finished-at-moves": at(
        RESULT, there='"finished_at":"2026-01-01T00:01:06', gone='"finished_at":"2026-01-01T00:00:06'
    ),
    "finished-before-created": at(RESULT, there='"finished_at":"2025-12-31T23:59:59'),
    "finished-at-missing": at(RESULT, gone="finished_at"),
    "finished-at-early": at(RESULT, there="finished_at"),
    "times-as-numbers": at(RESULT, there='"created_at":1767225600.0'),
    "times-in-words": at(RESULT, there='"created_at":"Thu, 01 Jan 2026 00:00:00'),
    "times-local": at(RESULT, there='"created_at":"2026-01-01T08:00:00.000Z"'),
    "times-local-naive": at(RESULT, there='"created_at":"2026-01-01T08:00:00.000"'),
    "finished-at-is-created-at": at(RESULT, there='"finished_at":"2026-01-01T00:00:00'),
    "finished-at-is-start": at(RESULT, there='"finished_at":"2026-01-01T00:00:02', gone="00:00:06"),
    "cancelled-finished-in-future": at(RESULT, there='"finished_at":"2026-01-01T01:00:00'),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
