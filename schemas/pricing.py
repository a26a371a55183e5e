"""What a generation costs: the model's unit price, chosen by the payload, times seconds or outputs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.model import Model
from schemas.pointers import values
from schemas.variants import Variants

_MOST = 1e9  # what an open schema lets through beyond that is no amount that anybody pays for
_COUNTS = ("num_images", "num_videos", "num_outputs", "number_of_images", "image_count", "n")


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
    units = _seconds(complete) if model.price_unit == "second" else float(_outputs(complete))
    return round(price * units, 6)


def outputs_asked(model: Model, payload: Mapping[str, Any]) -> int:
    """Return how many outputs the payload asks for: one, unless it has one of the usual count properties."""
    return _outputs(model.complete(payload))


def _unit_price(model: Model, complete: dict[str, Any]) -> float | None:
    for tier in model.price_tiers:
        for place, due in tier.when:
            if values(complete, place) != [due]:
                break
        else:
            return tier.usd
    return model.base_price_usd


def _outputs(complete: dict[str, Any]) -> int:
    for name in _COUNTS:
        count = _amount(complete.get(name))
        if count is not None:
            return max(1, int(count))
    return 1


def _seconds(complete: dict[str, Any]) -> float:
    seconds = _amount(complete.get("duration"))
    return 1.0 if seconds is None else seconds


def _amount(value: object) -> float | None:
    """Read a number, or a text that is one, bounded; ``None`` for all else, such as the "auto" of an enum."""
    if isinstance(value, str) and value.isascii():
        try:
            value = float(value)
        except ValueError:
            return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not value >= 0:
        return None
    return float(min(value, _MOST))
