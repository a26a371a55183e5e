from __future__ import annotations

import pytest

from contracts.mutants.servers.limits import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

SIGNS = {
    "rate-limit-ignored": status("limited: GET", 200),
    "rate-limit-of-submits": status("limited: GET", 200),
    "429-without-retry-after": at("limited: ", gone="retry-after"),
    "429-retry-at-once": at("limited: ", there="(b'retry-after', b'0')"),
    "429-as-503": at("limited: ", there="503001", gone="429001", status=503),
    "balance-ignored": at("poor: POST", there="status_url", gone="400002", status=200),
    "balance-403": at("poor: POST", there="403001", gone="400002", status=403),
    "balance-429": at("poor: POST", there="429001", gone="400002", status=429),
    "rate-limit-shared": status("limited: GET /v1/models", 429),
    "rate-window-slides": status("limited: POST", 429),
    "balance-shared": at("poor: POST", there="400002", status=400),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
