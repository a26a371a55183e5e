"""What a generation costs: the model's unit price, chosen by the payload, times seconds or outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import outputs
from schemas.amounts import amount
from schemas.model import Model
from schemas.pointers import values
from schemas.variants import Variants


def base_price(model: Model, variants: Variants) -> float | None:
    """Return ``base_price_usd`` as a model's record shows it. Ledger: ``seed.base-price``."""
    if variants.base_price == "defaults":
        return unit_price(model, {})
    return model.base_price_usd


def unit_price(model: Model, payload: Mapping[str, Any]) -> float | None:
    """Return the USD a unit that ``payload`` pays: the first tier it meets, its omissions filled with defaults."""
    return _unit_price(model, model.complete(payload))


def cost(model: Model, payload: Mapping[str, Any]) -> float:
    """Return the price in USD of one successful generation; 0 where the model has no price. Ledger: ``seed.price``."""
    complete = model.complete(payload)
    price = _unit_price(model, complete)
    if price is None:
        return 0.0
    units = _seconds(complete) if model.price_unit == "second" else float(outputs.count(model, payload))
    return round(price * units, 6)


def _unit_price(model: Model, complete: dict[str, Any]) -> float | None:
    for tier in model.price_tiers:
        for place, due in tier.when:
            if values(complete, place) != [due]:
                break
        else:
            return tier.usd
    return model.base_price_usd


def _seconds(complete: dict[str, Any]) -> float:
    seconds = amount(complete.get("duration"))
    return 1.0 if seconds is None else seconds
