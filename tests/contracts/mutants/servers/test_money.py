from __future__ import annotations

import pytest

from contracts.mutants.servers.money import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show

RESULT = "/result"
SIGNS = {
    "cost-unasked": at(RESULT, there='"cost":0.84'),
    "cost-whatever-asked": at("include_cost=false", there='"cost":0.84'),
    "cost-missing": at("include_cost=true", gone='"cost"'),
    "cost-as-text": at("include_cost=true", there='"cost":"0.840"'),
    "cost-as-object": at("include_cost=true", there='"cost":{"amount":0.84'),
    "cost-in-cents": at("include_cost=true", there='"cost":84.0'),
    "failure-costs": at("include_cost=true", there='"cost":0.84', gone='"cost":0.0'),
    "cancel-costs": at("life: GET /v1/requests/*/result?include_cost=1", there='"cost":0.84', gone='"cost":0.0'),
    "nothing-given-back": at("poor: POST", there="400002", status=400),
    "price-without-sound": at("life: GET /v1/requests/*/result", there='"cost":0.56', gone='"cost":0.84'),
    "price-deaf-to-false": at("payloads: GET", there='"cost":0.84', gone='"cost":0.56'),
    "price-by-output": at("life: GET /v1/requests/*/result", there='"cost":0.168', gone='"cost":0.84'),
    "failure-not-given-back": at("poor: POST", there="400002", status=400),
    "invalid-payload-billed": at("poor: POST", there="400002", status=400),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
