from __future__ import annotations

import pytest

from contracts.mutants.servers.identity import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

STATUS = "/status"
SUBMIT = "life: POST /v1/models/kling"
SIGNS = {
    "id-reused": at(SUBMIT),
    "id-reused-while-running": at(SUBMIT),
    "id-collides": at(SUBMIT, there='"request_id":"req-1"'),
    "id-alien": at(SUBMIT, there="~1/status"),
    "id-too-long": at(SUBMIT, there="0" * 93 + "/status"),
    "id-case": at(STATUS),
    "id-renamed": at(SUBMIT, there='"id":', gone='"request_id"'),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
