from __future__ import annotations

import pytest

from contracts.mutants.servers.lifecycle import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

LIFE = "life: "
RESULT = "/result"
STATUS = "/status"
SIGNS = {
    "job-lost": at(STATUS, gone='"in_queue"', status=404),
    "first-read-404": at(STATUS, gone='"in_queue"', status=404),
    "forgotten-after-result": at(RESULT, gone='"succeeded"', status=404),
    "forgotten-after-cancel": at(STATUS, gone='"cancelled"', status=404),
    "runs-again": at(LIFE, there='"in_progress"', gone='"succeeded"'),
    "cancelled-runs-again": at(LIFE, there='"in_progress"', gone='"cancelled"'),
    "end-flips": at(LIFE, there='"cancelled"', gone='"succeeded"'),
    "never-ends": at(STATUS, there='"in_progress"', gone='"completed"'),
    "status-cached": at(STATUS, there='"queue_position":2', gone='"queue_position":1'),
    "result-ahead-of-status": at(RESULT, there='"in_progress"', gone='"in_queue"'),
    "results-expire-in-an-hour": at(RESULT, gone='"succeeded"', status=404),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
