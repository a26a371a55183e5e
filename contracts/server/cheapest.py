"""The cheapest thing that can be asked for: what a submit is where somebody may have to pay for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs

from schemas.catalog import Catalog
from schemas.model import Model
from schemas.outputs import COUNTS
from schemas.pricing import cost

_WORDS = "a paper boat"


def cheapest(catalog: Catalog) -> tuple[Model, dict[str, Any], float]:
    """Return the model, the payload and the price in USD of the cheapest submit that the catalog's schemas allow.

    A model without a price could cost anything: it comes last, and its price is infinite.
    """
    offers = [(model, *_cheapest(model)) for model in catalog.values()]
    return min(offers, key=lambda offer: (offer[2], offer[0].model_id))


def _cheapest(model: Model) -> tuple[dict[str, Any], float]:
    payload = _in_few_words(model)
    if model.base_price_usd is None:
        return payload, float("inf")
    validator = jsonschema_rs.validator_for(model.input.normalised)
    for name, value in _savings(model):
        tried = payload | {name: value}
        if validator.is_valid(tried) and cost(model, tried) < cost(model, payload):
            payload = tried
    return payload, cost(model, payload)


def _in_few_words(model: Model) -> dict[str, Any]:
    """Return the model's example, long texts replaced by a short one where the schema allows it: people read it."""
    payload = model.example()
    validator = jsonschema_rs.validator_for(model.input.normalised)
    for name, value in payload.items():
        shorter = payload | {name: _WORDS}
        if isinstance(value, str) and len(value) > len(_WORDS) and validator.is_valid(shorter):
            payload = shorter
    return payload


def _savings(model: Model) -> Iterator[tuple[str, object]]:
    """Yield the properties that prices depend on, with values that may be cheaper."""
    properties: Mapping[str, Any] = model.input.normalised.get("properties", {})
    told = {path[0]: value for tier in model.price_tiers for path, value in tier.when if len(path) == 1}
    for tier in model.price_tiers:
        for path, value in tier.when:
            if len(path) == 1:
                yield path[0], value
    for name in ("duration", *COUNTS, *told):
        part = properties.get(name, {})
        for value in (
            part.get("minimum"),
            *part.get("enum", ()),
            *((False, True) if part.get("type") == "boolean" else ()),
        ):
            if value is not None:
                yield name, value
