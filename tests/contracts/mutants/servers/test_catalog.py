from __future__ import annotations

import pytest

from contracts.mutants.servers.catalog import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

SIGNS = {
    "offset-ignored": at("catalog: GET /v1/models?offset=9", gone='"models":[]'),
    "pages-overlap": at("catalog: GET /v1/models?limit=1&offset=1", gone='"models":[]'),
    "offset-in-pages": at("catalog: GET /v1/models?limit=2&offset=1", gone='"kling/'),
    "limit-ignored": status("catalog: GET /v1/models?limit=101", 200),
    "limit-plus-one": at("catalog: GET /v1/models?limit=1", there='"kling/'),
    "limit-uncapped": status("catalog: GET /v1/models?limit=101", 200),
    "limit-zero": at("catalog: GET /v1/models?limit=0", there='"models":[]', status=200),
    "offset-beyond-404": status("catalog: GET /v1/models?offset=9", 404),
    "order-turns": at("catalog: GET /v1/models?kind=model", there='{"models":[{"model_id":"zeta/'),
    "total-of-page": at("catalog: GET /v1/models?limit=1", there='"total":1', gone='"total":3'),
    "total-missing": at("catalog: GET /v1/models", gone='"total"'),
    "search-ignored": at("catalog: GET /v1/models?search=nothing", gone='"models":[]'),
    "category-ignored": at("catalog: GET /v1/models?category=nothing", gone='"models":[]'),
    "kind-ignored": at("catalog: GET /v1/models?kind=nothing", gone='"models":[]'),
    "schemas-never-listed": at("catalog: GET /v1/models?include_schema=true", gone='"input_schema"'),
    "schemas-always-listed": at("catalog: GET /v1/models?include_schema=false", there='"input_schema"'),
    "list-price-differs": at("catalog: GET /v1/models", there='"base_price_usd":0.11,', gone='"base_price_usd":0.112'),
    "record-without-schema": at("catalog: GET /v1/models/kling", gone='"input_schema"'),
    "record-normalised": at("catalog: GET /v1/models/kling", there='"number"', gone='"float"'),
    "record-price-text": at("catalog: GET /v1/models/kling", there='"base_price_usd":"0.112"'),
    "record-one-category": at("catalog: GET /v1/models/kling", there='"category":"text-to-video"'),
    "category-without-models": at("catalog: GET /v1/models/categories", there="video-to-audio"),
    "category-missing": at("catalog: GET /v1/models/categories", there='{"categories":[]}'),
    "category-twice": at("catalog: GET /v1/models/categories", there='["text-to-video","text-to-video"]'),
    "offset-ignored-with-search": at("catalog: GET /v1/models?search=kling&offset=1", gone='"models":[]'),
    "filter-after-paging": at("catalog: GET /v1/models?search=kling&limit=1", there='"models":[]'),
    "model-id-case-ignored": at("places: GET /v1/models/Kling", there="display_name", gone="400001", status=200),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
