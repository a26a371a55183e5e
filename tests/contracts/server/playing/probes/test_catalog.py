from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from contracts.server.playing.probes.catalog import catalog
from tests.contracts.server.touring import Edit, found, live_tour, run, spoiled


def _listed(change: Callable[[dict[str, Any]], dict[str, Any]], path: str = "/v1/models") -> Edit:
    return lambda _, asked, status, document: (
        (200, {**document, **change(document)}) if status == 200 and asked == path else None
    )


def _each(**more: Any) -> Edit:
    return _listed(lambda document: {"models": [{**each, **more} for each in document["models"]]})


KLING = "/v1/models/kling/kling-3.0/pro/text-to-video"


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        (_listed(lambda document: {"total": document["total"] + 1}), "list.total"),
        (_listed(lambda document: {"models": document["models"][:1]}), "list.pages"),
        (_listed(lambda document: {"models": document["models"] * 2}), "list.pages"),
        (_listed(lambda document: {"models": document["models"][::-1]}), "list.pages"),
        (_listed(lambda _: {"models": [], "total": 0}), "list.filters"),
        (_each(input_schema={}), "list.schemas"),
        (_each(display_name="Another"), "catalog.record"),
        (_listed(lambda _: {"input_schema": {"type": "object"}}, KLING), "catalog.schema"),
        (_listed(lambda _: {"base_price_usd": 0.5}, KLING), "catalog.price"),
        (_listed(lambda _: {"price_unit": "output"}, KLING), "catalog.price"),
        (_listed(lambda _: {"base_price_usd": [0.112]}, KLING), "catalog.price"),
        (_listed(lambda _: {"categories": []}, "/v1/models/categories"), "catalog.categories"),
        (_listed(lambda _: {"categories": ["of-none"]}, "/v1/models/categories"), "catalog.categories"),
        (
            _listed(lambda document: {"categories": document["categories"] * 2}, "/v1/models/categories"),
            "catalog.categories",
        ),
    ],
)
def test_a_catalog_that_is_wrong_is_found(edit: Edit, check: str) -> None:
    assert check in found(run(spoiled(edit)))


def test_all_of_it_is_free_and_right_on_a_live_target() -> None:
    tour, session = live_tour()
    catalog(tour, session)
    assert {each.call.method for each in session.trace} == {"GET"}
    assert tour.collector.broken == {}
    assert tour.collector.times["catalog.price"]


@pytest.mark.parametrize("junk", [None, 1, True, "text", [], [[]], [None], {}, [{}], {"a": [1]}, 10**400])
@pytest.mark.parametrize("name", ["models", "total", "categories", "input_schema", "base_price_usd", "model_id"])
def test_junk_is_found_and_not_stumbled_over(name: str, junk: Any) -> None:
    def edit(_: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        if not path.startswith("/v1/models") or status != 200 or name not in document:
            return _inside(document) if path == "/v1/models" and status == 200 else None
        return 200, {**document, name: junk}

    def _inside(document: Any) -> tuple[int, Any]:
        return 200, {**document, "models": [{**each, name: junk} for each in document["models"]]}

    tour, session = live_tour(spoiled(edit))
    catalog(tour, session)
    assert tour.collector.times["list.pages"] or tour.collector.broken
