from __future__ import annotations

import pytest

from contracts.mutants.servers.queueing import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

STATUS = "/status"
SIGNS = {
    "position-starts-at-two": at(STATUS, there='"queue_position":2', gone='"queue_position":1'),
    "position-missing": at(STATUS, gone="queue_position"),
    "position-while-running": at(STATUS, there='"queue_position":0'),
    "position-null": at(STATUS, there='"queue_position":null'),
    "position-as-text": at(STATUS, there='"queue_position":"1"'),
    "position-from-the-end": at(STATUS, there='"queue_position":5', gone='"queue_position":1'),
    "position-frozen": at(STATUS, there='"queue_position":2', gone='"queue_position":1'),
    "position-deaf-to-cancels": at(STATUS, there='"queue_position":3', gone='"queue_position":2'),
    "capacity-ignored": at(STATUS, there='"in_progress"', gone='"queue_position":3'),
    "capacity-plus-one": at(STATUS, there='"in_progress"', gone='"queue_position":1'),
    "last-in-first-out": at(STATUS, there='"in_progress"', gone='"queue_position":4'),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
