from __future__ import annotations

import pytest

from contracts.mutants.servers.errors import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

SIGNS = {
    "invalid-400": at("payloads: too long", there="400000", status=400),
    "invalid-500": at("payloads: too long", there="500001", status=500),
    "invalid-200": status("payloads: too long", 200),
    "detail-first-alone": at("payloads: two wrong", gone="/cfg_scale"),
    "detail-of-parent": at("payloads: too long", there='"pointer":""', gone='"pointer":"/duration"'),
    "detail-of-another": at("payloads: too long", there='"pointer":"/prompt"', gone='"pointer":"/duration"'),
    "detail-without-limit": at("payloads: too long", there='"limit":null', gone='"limit":15'),
    "detail-missing": at("payloads: too long", gone='"detail"'),
    "error-code-text": at("payloads: too long", there='"error_code":"422001"'),
    "error-code-name": at("payloads: too long", there='"error_code":"ERR_REFUSED"'),
    "error-code-status": at("payloads: too long", there='"error_code":422,'),
    "error-code-alien": at("payloads: too long", there='"error_code":500001'),
    "error-code-missing": at("payloads: too long", gone='"error_code"'),
    "error-text-empty": at("payloads: too long", there='"error_message":""'),
    "error-text-missing": at("payloads: too long", gone='"error_message"'),
    "error-framed": at("payloads: too long", there='{"detail":"', gone='"error_code"'),
    "error-nested": at("payloads: too long", there='{"error":{"error_code"'),
    "error-page": at("payloads: too long", there="text/html"),
    "error-line": at("payloads: too long", there="text/plain"),
    "unknown-model-404": status("places: POST /v1/models/nobody/knows", 404),
    "unknown-model-422": status("places: POST /v1/models/nobody/knows", 422),
    "unknown-request-400": status("places: GET /v1/requests/*/status", 400),
    "unknown-request-410": status("places: GET /v1/requests/*/status", 410),
    "alien-id-500": status("places: GET /v1/requests/*/status", 500),
    "malformed-body-500": status("payloads: no JSON", 500),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
