from __future__ import annotations

import pytest

from contracts.mutants.servers.words import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

RESULT = "/result"
STATUS = "/status"
SIGNS = {
    "status-misspelt": at(STATUS, there='"canceled"', gone='"cancelled"'),
    "status-queued": at(STATUS, there='"queued"', gone='"in_queue"'),
    "status-processing": at(STATUS, there='"processing"', gone='"in_progress"'),
    "status-succeeded": at(STATUS, there='"succeeded"', gone='"completed"'),
    "status-failed": at(STATUS, there='"failed"', gone='"completed"'),
    "status-upper-case": at(STATUS, there='"IN_QUEUE"', gone='"in_queue"'),
    "result-hides-failure": at(RESULT, there='"succeeded"', gone='"failed"'),
    "result-calls-failure-completed": at(RESULT, there='"completed"', gone='"failed"'),
    "result-failed-without-error": at(RESULT, gone='"error"'),
    "result-error-list": at(RESULT, there='"error":[', gone='"error":{'),
    "result-behind-status": at(RESULT, there='"in_queue"', gone='"in_progress"'),
    "fail-error-empty": at(RESULT, there='"error":{}'),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
