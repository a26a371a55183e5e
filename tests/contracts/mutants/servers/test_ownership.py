from __future__ import annotations

import pytest

from contracts.mutants.servers.ownership import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

STATUS = "/status"
SIGNS = {
    "others-status-readable": at("/status", there="in_progress", gone="403001", status=200),
    "others-result-readable": at("/result", there="in_progress", gone="403001", status=200),
    "others-cancellable": at("/cancel", there='"outcome":"cancelled"', gone="403001", status=202),
    "others-not-cancellable": at("/cancel", there='"in_queue","outcome":"not_cancellable"', gone="403001", status=202),
    "others-unknown": at(STATUS, there="404001", gone="403001", status=404),
    "others-401": at(STATUS, there="400004", gone="403001", status=401),
    "account-leaks": at(STATUS, there='"account":'),
    "others-403-leaks": at("life: ", there="a paper boat"),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
