from __future__ import annotations

import pytest

from contracts.mutants.servers.auth import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

SIGNS = {
    "submit-without-token": at("doors: POST /v1/models", there="status_url", gone="400004"),
    "status-without-token": at("doors: GET /v1/requests/*/status", there="in_queue", gone="400004"),
    "result-without-token": at("doors: GET /v1/requests/*/result", there="in_queue", gone="400004"),
    "cancel-without-token": at("doors: POST /v1/requests/*/cancel", there="outcome", gone="400004"),
    "list-without-token": at("doors: GET /v1/models", there='"total"', gone="400004"),
    "model-without-token": at("doors: GET /v1/models/kling", there="display_name", gone="400004"),
    "categories-without-token": at("open_door: GET /v1/models/categories", there="categories", gone="400004"),
    "token-missing-accepted": at("open_door: GET /v1/models/categories", there="categories", gone="400004"),
    "token-empty-accepted": at("open_door: GET /v1/models/categories", there="categories", gone="400004"),
    "scheme-ignored": at("open_door: GET /v1/models/categories", there="categories", gone="400004"),
    "scheme-optional": at("open_door: GET /v1/models/categories", there="categories", gone="400004"),
    "token-unlisted-accepted": at("doors: GET /v1/models/categories", there="categories", gone="400004"),
    "token-case-ignored": at("doors: GET /v1/requests/*/status", there="in_queue", gone="400004"),
    "token-refused-403": at("doors: ", there="403001", gone="400004", status=403),
    "token-refused-404": at("doors: ", there="404001", gone="400004", status=404),
    "token-refused-500": at("doors: ", there="500001", gone="400004", status=500),
    "token-prefix-accepted": at("doors: GET /v1/requests/*/status", there="in_queue", gone="400004"),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
