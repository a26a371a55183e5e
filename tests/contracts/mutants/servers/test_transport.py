from __future__ import annotations

import pytest

from contracts.mutants.servers.transport import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

LIFE = "life: "
SUBMIT = "life: POST /v1/models/kling"
SIGNS = {
    "submit-201": status(SUBMIT, 201),
    "submit-202": status(SUBMIT, 202),
    "success-as-html": at(SUBMIT, there="text/html"),
    "success-as-text": at(SUBMIT, there="text/plain"),
    "charset-broken": at("catalog: GET /v1/models/kling", there="\N{REPLACEMENT CHARACTER}"),
    "byte-order-mark": at(SUBMIT, there="\N{ZERO WIDTH NO-BREAK SPACE}"),
    "body-cut": at(LIFE, gone="}"),
    "body-empty": status(LIFE, 204),
    "read-by-post": status("life: POST /v1/requests/*/status", 200),
    "unknown-path-200": status("places: GET /v1/nowhere", 200),
    "wrong-method-404": status("places: PUT /v1/models", 404),
    "list-redirects": at("catalog: GET /v1/models", there="(b'location', b'/v1/models/", status=307),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
