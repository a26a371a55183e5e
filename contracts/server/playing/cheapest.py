"""The cheapest thing that can be asked for: what a submit is where somebody may have to pay for it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from contracts.strategies.judge import Judge
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
    judge = Judge(model, None)
    example = _in_few_words(model, judge)
    if model.base_price_usd is None:
        return example, float("inf")
    required = model.input.normalised.get("required", ())
    # What the example says beside what it must may hold it to more, by a rule of the page's prose.
    bare = {name: value for name, value in example.items() if name in required}
    starts = [example, *([bare] if judge.is_valid(bare) else [])]
    payload = min((_cheaper(model, judge, start) for start in starts), key=lambda made: cost(model, made))
    return payload, cost(model, payload)


def _in_few_words(model: Model, judge: Judge) -> dict[str, Any]:
    """Return the model's example, long texts replaced by a short one where the schema allows it: people read it."""
    payload = model.example()
    for name, value in payload.items():
        shorter = payload | {name: _WORDS}
        if isinstance(value, str) and len(value) > len(_WORDS) and judge.is_valid(shorter):
            payload = shorter
    return payload


def _cheaper(model: Model, judge: Judge, payload: dict[str, Any]) -> dict[str, Any]:
    for saving in _savings(model):
        tried = payload | saving
        if cost(model, tried) < cost(model, payload) and judge.is_valid(tried):
            payload = tried
    return payload


def _savings(model: Model) -> Iterator[dict[str, object]]:
    """Yield properties that prices depend on, with values that may be cheaper."""
    properties: Mapping[str, Any] = model.input.normalised.get("properties", {})
    told = {path[0]: value for tier in model.price_tiers for path, value in tier.when if len(path) == 1}
    for tier in model.price_tiers:
        yield {path[0]: value for path, value in tier.when if len(path) == 1}
    for name in ("duration", *COUNTS, *told):
        part = properties.get(name, {})
        for value in (
            *_least(part),
            part.get("const"),
            *part.get("enum", ()),
            *((False, True) if part.get("type") == "boolean" else ()),
        ):
            if value is not None:
                yield {name: value}


def _least(part: Mapping[str, Any]) -> Iterator[float]:
    """Yield numbers that may be the least that a schema allows."""
    bounds = [
        part[keyword] for keyword in ("minimum", "exclusiveMinimum") if isinstance(part.get(keyword), (int, float))
    ]
    step = part.get("multipleOf", 1)
    for bound in bounds:
        if bound is None:
            continue
        yield bound
        yield math.ceil(bound / step) * step
        yield (math.floor(bound / step) + 1) * step
