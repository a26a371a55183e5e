"""A model of the API: its record, its schemas as vendored and as normalised, and its prose rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.errors import Problem
from schemas.examples import plain_object
from schemas.semantics import SumRule


@dataclass(frozen=True, slots=True)
class Schema:
    """One schema twice: ``vendored`` exactly as published, ``normalised`` as JSON Schema 2020-12.

    ``defaults`` holds the default of each property of the root that has one.
    """

    vendored: Mapping[str, Any]
    normalised: dict[str, Any]
    defaults: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        properties = self.normalised.get("properties", {})
        defaults = {
            name: part["default"] for name, part in properties.items() if isinstance(part, dict) and "default" in part
        }
        object.__setattr__(self, "defaults", defaults)


@dataclass(frozen=True, slots=True)
class PriceTier:
    """A price in USD per unit, charged when the payload has these values: ``when`` holds (path, value) pairs."""

    when: tuple[tuple[tuple[str, ...], Any], ...]
    usd: float


@dataclass(frozen=True, slots=True)
class Model:
    """What the catalog knows of one model. Ledger: ``models.record``.

    ``price_unit`` is ``second`` or ``output``, ``base_price_usd`` a number of USD or ``None`` where nobody says.
    ``warnings`` are what lenient reading let pass.
    ``provenance`` is the vendored ``source.json``: where the schema came from, when, with which SHA-256; ``digests``
    are those of the files as they were read, by name.
    """

    model_id: str
    display_name: str
    categories: tuple[str, ...]
    base_price_usd: float | None
    price_unit: str
    pricing_note: str | None
    price_tiers: tuple[PriceTier, ...]
    input: Schema
    output: Schema | None
    rules: tuple[SumRule, ...]
    provenance: Mapping[str, Any]
    digests: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()
    kind: str = "model"

    def defaults(self) -> dict[str, Any]:
        """Return what the schema says of each property that a payload leaves out."""
        return dict(self.input.defaults)

    def complete(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """Return ``payload`` with the schema's default for each property that it leaves out."""
        return {**self.input.defaults, **payload}

    def example(self) -> dict[str, Any]:
        """Return a payload with the required properties alone, at their defaults or at the plainest allowed value.

        For the seed's model that is the example of its own page.
        """
        example: dict[str, Any] = plain_object(self.input.normalised, self.input.normalised)
        return example
