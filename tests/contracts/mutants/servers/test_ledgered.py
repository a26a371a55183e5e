from __future__ import annotations

import pytest

from contracts.mutants.servers.ledgered import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

RESULT = "/result"
STATUS = "/status"
SIGNS = {
    "result-completed": at(RESULT, there='"completed"', gone='"succeeded"'),
    "failure-as-text": at(RESULT, there='"error":"', gone='"error":{'),
    "times-naive": at(RESULT, there='"created_at":"2026-01-01T00:00:00.000000"'),
    "times-offset": at(RESULT, there='"created_at":"2026-01-01T00:00:00.000+00:00"'),
    "finished-at-null": at(RESULT, there='"finished_at":null'),
    "position-from-zero": at(STATUS, there='"queue_position":0', gone='"queue_position":1'),
    "cost-early": at("include_cost=true", there='"cost":0.84'),
    "cost-of-nothing-missing": at("include_cost=true", gone='"cost":0.0'),
    "categories-counted": at("catalog: GET /v1/models/categories", there='[{"category":"text-to-video","count":1}]'),
    "output-schema-missing": at("catalog: GET /v1/models/kling", gone='"output_schema"'),
    "base-price-of-defaults": at("catalog: GET /v1/models", there='"base_price_usd":0.168'),
    "bad-query-ignored": status("catalog: GET /v1/models?limit=x", 200),
    "error-text-as-message": at("places: GET /v1/models/nobody", there='"message":"', gone='"error_message":"'),
    "balance-402": at("poor: POST", status=402),
    "token-refused-400": status("doors: ", 400),
    "validation-code-000": at("payloads: too long", there="422000", gone="422001"),
    "rate-limit-code-000": at("limited: ", there="429000", gone="429001"),
    "detail-as-fastapi": at("payloads: too long", there='"loc":["body","duration"]'),
    "detail-as-text": at("payloads: too long", there='"detail":"/duration: '),
    "malformed-body-400": status("payloads: no JSON", 400),
    "media-type-422": at("payloads: POST", status=422),
    "too-large-400": at("payloads: POST", status=400),
    "unknown-properties-refused": at("payloads: undeclared", there="/undeclared", status=422),
    "omitted-durations-zero": status("payloads: parts by default", 422),
    "empty-sum-checked": status("payloads: no parts", 422),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
