from __future__ import annotations

import pytest

from contracts.mutants.servers.cancelling import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

RESULT = "/result"
STATUS = "/status"
CANCEL = "/cancel"
SIGNS = {
    "cancel-of-running": at(CANCEL, there='"cancelled","outcome":"cancelled"', gone='"in_progress"'),
    "cancel-of-completed": at(STATUS, there='"cancelled"', gone='"completed"'),
    "cancel-without-effect": at(STATUS, there='"in_queue"', gone='"cancelled"'),
    "cancel-of-queued-refused": at(CANCEL, there="not_cancellable", gone='"cancelled"'),
    "cancel-200": status(CANCEL, 200),
    "cancel-too-late-409": at(CANCEL, gone="not_cancellable", status=409),
    "cancel-again-409": at(CANCEL, gone='"cancelled"', status=409),
    "cancel-again-404": at(CANCEL, gone='"cancelled"', status=404),
    "cancel-again-not-cancellable": at(CANCEL, there='"cancelled","outcome":"not_cancellable"'),
    "cancel-claims-completed": at(CANCEL, there='"completed","outcome":"cancelled"'),
    "cancel-claims-running": at(CANCEL, there='"in_progress","outcome":"cancelled"'),
    "cancel-status-before": at(CANCEL, there='"in_queue","outcome":"cancelled"'),
    "cancel-without-outcome": at(CANCEL, gone="outcome"),
    "cancelled-on-status-alone": at(RESULT, there='"in_progress"', gone='"cancelled"'),
    "cancel-by-get": at("GET /v1/requests/*/cancel", there='"cancelled"', status=202),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
