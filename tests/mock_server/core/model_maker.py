"""Models for tests, read by the same dialect as those that are vendored."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas.dialect import normalise
from schemas.model import Model, Schema


def make_schema(vendored: Mapping[str, Any]) -> Schema:
    """Normalise a schema that has no quirk unknown."""
    normalised, problems = normalise(vendored, file="a test")
    assert not problems
    return Schema(vendored, normalised)


def make_model(
    properties: Mapping[str, Any] | None = None,
    *,
    model_id: str = "maker/model",
    categories: tuple[str, ...] = (),
    output: Mapping[str, Any] | None = None,
    price: float | None = None,
    unit: str = "output",
) -> Model:
    """Make a model that takes ``properties`` and puts out what ``output`` says."""
    return Model(
        model_id=model_id,
        display_name="A model",
        categories=categories,
        base_price_usd=price,
        price_unit=unit,
        pricing_note=None,
        price_tiers=(),
        input=make_schema({"type": "object", "properties": dict(properties or {})}),
        output=None if output is None else make_schema(output),
        rules=(),
        provenance={},
    )
