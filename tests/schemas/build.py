"""Small models and small folders of models, made for one test each."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from schemas import catalog
from schemas.dialect import normalise
from schemas.model import Model, PriceTier, Schema
from schemas.semantics import SumRule

MODEL_ID = "acme/one"
KLING = "kling/kling-3.0/pro/text-to-video"


def kling() -> Model:
    """Return the packaged model of the seed page."""
    return catalog.load()[KLING]


def schema(vendored: Mapping[str, Any]) -> Schema:
    """Read a vendored document; a problem in it is a mistake of the test."""
    normalised, problems = normalise(vendored)
    assert problems == ()
    return Schema(vendored, normalised)


def model(
    document: Mapping[str, Any] | None = None,
    *,
    model_id: str = MODEL_ID,
    output: Mapping[str, Any] | None = None,
    rules: Sequence[SumRule] = (),
    tiers: Sequence[PriceTier] = (),
    price: float | None = None,
    unit: str = "output",
) -> Model:
    """Return a model with the given input schema, and with nothing else that is not given."""
    return Model(
        model_id=model_id,
        display_name="One",
        categories=("text-to-image",),
        base_price_usd=price,
        price_unit=unit,
        pricing_note=None,
        price_tiers=tuple(tiers),
        input=schema({"type": "object"} if document is None else document),
        output=None if output is None else schema(output),
        rules=tuple(rules),
        provenance={},
    )


def properties(**parts: Any) -> dict[str, Any]:
    """Return an object schema with these properties."""
    return {"type": "object", "properties": parts}


def sum_rule(terms: str = "/shots/*/seconds", total: str = "/seconds", prose: str = "/description") -> SumRule:
    """Return a rule by which ``terms`` add up to ``total``."""
    return SumRule("shots-add-up", terms, total, prose, "the shots must add up")


def write(root: Path, model_id: str = MODEL_ID, /, **files: Any) -> Path:
    """Write ``<root>/<model_id>/<name>.json`` for each name; bytes as they are, all else as JSON. Return the folder."""
    folder = root / model_id
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        (folder / f"{name}.json").write_bytes(data)
    return folder
