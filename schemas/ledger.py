"""The ledger: every fact the product rests on, with its evidence and, where it is open, its switch.

Grades: S the seed page says it, D the public documentation says it, C a published official client relies on it,
O third-party clients were written to it or observed it, A assumed: nobody says.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Any

from schemas.variants import Variants

GRADES: Mapping[str, str] = {
    "S": "the seed page says it",
    "D": "the public documentation says it",
    "C": "a published official client relies on it",
    "O": "third-party clients were written to it or observed it",
    "A": "assumed: nobody says",
}


@dataclass(frozen=True, slots=True)
class Switch:
    """The setting that selects one of a fact's plausible ``variants`` (value to meaning)."""

    setting: str
    default: str
    variants: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact: a stable id, the letters of its grades, what it says, where it comes from, and its switch if any."""

    fact_id: str
    grades: tuple[str, ...]
    statement: str
    source: str
    switch: Switch | None


@functools.cache
def facts() -> tuple[Fact, ...]:
    """Return the facts of the packaged ledger, in the order in which it lists them."""
    document = json.loads(resources.files("schemas").joinpath("ledger.json").read_text("utf-8"))
    return tuple(_fact(entry) for entry in document["facts"])


def describe(variants: Variants) -> dict[str, Any]:
    """Return the ledger as JSON: ``{"grades", "facts"}``, each switch with the ``value`` that ``variants`` gives it."""
    return {"grades": dict(GRADES), "facts": [_describe(fact, variants) for fact in facts()]}


def _describe(fact: Fact, variants: Variants) -> dict[str, Any]:
    switch = fact.switch
    return {
        "id": fact.fact_id,
        "grades": list(fact.grades),
        "statement": fact.statement,
        "source": fact.source,
        "switch": switch
        and {
            "setting": switch.setting,
            "value": variants.value(switch.setting),
            "default": switch.default,
            "variants": dict(switch.variants),
        },
    }


def _fact(entry: Mapping[str, Any]) -> Fact:
    switch = entry.get("switch")
    return Fact(
        fact_id=entry["id"],
        grades=tuple(entry["grades"]),
        statement=entry["statement"],
        source=entry["source"],
        switch=switch
        and Switch(
            setting=switch["setting"],
            default=switch["default"],
            variants={variant["value"]: variant["meaning"] for variant in switch["variants"]},
        ),
    )
