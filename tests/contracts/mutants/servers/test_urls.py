from __future__ import annotations

import pytest

from contracts.mutants.servers.urls import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

STATUS = "/status"
SUBMIT = "life: POST /v1/models/kling"
SIGNS = {
    "urls-inside": at(SUBMIT, there='"http://model-api.internal:8080/v1/requests/', gone="fake.test"),
    "status-urls-inside": at(STATUS, there='"http://model-api.internal:8080/v1/requests/', gone="fake.test"),
    "urls-relative": at(SUBMIT, there='"status_url":"/v1/requests/'),
    "urls-scheme-swapped": at(SUBMIT, there='"status_url":"https://fake.test:8787/'),
    "urls-without-port": at(SUBMIT, there='"status_url":"http://fake.test/'),
    "urls-without-version": at(SUBMIT, there='"status_url":"http://fake.test:8787/requests/'),
    "urls-with-token": at(SUBMIT, there="?token=first-token-of-two"),
    "status-url-of-another": at(SUBMIT),
    "result-url-of-status": at(SUBMIT, gone="/result"),
    "cancel-url-missing": at(SUBMIT, gone="cancel_url"),
    "result-url-missing": at(STATUS, gone="result_url"),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
