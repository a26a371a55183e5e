"""An answer of each kind that each operation may give, as the variants have it: the examples of the document."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from schemas import outputs
from schemas.catalog import Catalog
from schemas.examples import plainest
from schemas.model import Model
from schemas.pricing import base_price, cost
from schemas.variants import Variants

REQUEST_ID = "3f2b8c1e-5d4a-4b6f-9c7e-0a1b2c3d4e5f"
OUTPUT_URL = "https://playgrounds-storage-public.runcomfy.net/outputs"

Answers = Mapping[str, Any]
"""The answers by what they show."""


def submit(base_url: str) -> Answers:
    """Ledger: ``submit``, ``urls.absolute``."""
    return {"accepted": {"request_id": REQUEST_ID} | _urls(base_url, "status", "result", "cancel")}


def status(base_url: str, variants: Variants) -> Answers:
    """Ledger: ``status.words``, ``queue-position.when``, ``queue-position.base``."""
    urls = _urls(base_url, "status", "result")
    first = {"queue_position": int(variants.queue_position_base)}
    return {
        word: {"request_id": REQUEST_ID, "status": word} | (first if word == "in_queue" else {}) | urls
        for word in ("in_queue", "in_progress", "completed", "cancelled")
    }


def result(catalog: Catalog, variants: Variants) -> Answers:
    """Ledger: ``result`` and all under it. The first model stands for all."""
    begun = {"created_at": _moment(variants, "09:00:00")}
    over = begun | {"finished_at": _moment(variants, "09:01:30")}
    early = begun | ({"finished_at": None} if variants.finished_at_before_end == "null" else {})
    failure: object = {"error_code": 500001, "error_message": "the generation failed"}
    if variants.failure_error == "string":
        failure = "the generation failed"
    model = next(iter(catalog.values()), None)
    succeeded = {"output": {} if model is None else _output(model)}
    echo: dict[str, Any] = {}
    if model is not None and variants.result_echo == "present":
        echo = {"model_id": model.model_id, "input": model.example()}
    price = {} if model is None else {"cost": cost(model, model.example())}

    def answer(word: str, rest: Mapping[str, Any]) -> dict[str, Any]:
        return {"request_id": REQUEST_ID, "status": word, **echo, **rest}

    return {
        "in_queue": answer("in_queue", early),
        "in_progress": answer("in_progress", early),
        "succeeded": answer(variants.result_success_word, succeeded | over),
        "failed": answer("failed", {"error": failure} | over),
        "cancelled": answer("cancelled", over),
        "with include_cost=true": answer(variants.result_success_word, succeeded | over | price),
    }


def cancel() -> Answers:
    """Ledger: ``cancel.outcome``, ``cancel.status``."""
    ends = {"cancelled": "cancelled", "in_progress": "not_cancellable", "completed": "not_cancellable"}
    return {word: {"request_id": REQUEST_ID, "status": word, "outcome": outcome} for word, outcome in ends.items()}


def models(catalog: Catalog, variants: Variants) -> Answers:
    """Ledger: ``models.list``. A page of one."""
    page = [record(model, variants) for model in list(catalog.values())[:1]]
    return {"first page": {"models": page, "total": len(catalog)}}


def categories(catalog: Catalog, variants: Variants) -> Answers:
    """Ledger: ``models.categories``, ``models.categories-form``."""
    counts = catalog.categories()
    named: list[Any] = list(counts)
    if variants.categories_form == "objects":
        named = [{"category": name, "count": count} for name, count in counts.items()]
    return {"all": {"categories": named}}


def record(model: Model, variants: Variants) -> dict[str, Any]:
    """Write a model's record as a list shows it, without its schemas. Ledger: ``models.record``."""
    price = base_price(model, variants)
    found: dict[str, Any] = {
        "model_id": model.model_id,
        "display_name": model.display_name,
        "kind": model.kind,
        "categories": list(model.categories),
    }
    if price is not None:
        found |= {"base_price_usd": price, "price_unit": model.price_unit}
    if model.pricing_note is not None:
        found["pricing_note"] = model.pricing_note
    return found


def full_record(model: Model, variants: Variants) -> Answers:
    """Write a model's record with its schemas as vendored. Ledger: ``models.one``, ``models.output-schema``."""
    found = record(model, variants) | {"input_schema": model.input.vendored}
    if model.output is not None and variants.record_output_schema == "present":
        found["output_schema"] = model.output.vendored
    return {"record": found}


def _urls(base_url: str, *operations: str) -> dict[str, str]:
    return {f"{name}_url": f"{base_url}/v1/requests/{REQUEST_ID}/{name}" for name in operations}


def _moment(variants: Variants, time: str) -> str:
    endings = {"z": ".000Z", "offset": ".000+00:00", "naive": ".000000"}
    return f"2026-01-01T{time}{endings[variants.timestamps]}"


def _output(model: Model) -> dict[str, Any]:
    place = outputs.place(model)
    declared = outputs.declared(model)
    filled = {name: plainest(declared.get(name)) for name in outputs.output_schema(model).get("required", ())}
    if place.name is not None:
        url = f"{OUTPUT_URL}/{REQUEST_ID}/0.{_SUFFIXES[place.kind]}"
        filled[place.name] = [url] if place.is_list else url
    return filled


_SUFFIXES: Mapping[str, str] = {"video": "mp4", "image": "png", "audio": "wav"}
