"""The OpenAPI 3.1 document of a catalog: a path for each model, the lifecycle, the catalog, every error."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from schemas import __version__, answer_examples, ledger
from schemas.answers import Shape
from schemas.catalog import Catalog
from schemas.model import Model
from schemas.pointers import join
from schemas.responses import LEDGER, components, responses
from schemas.semantics import SumRule
from schemas.traversal import schemas_in
from schemas.validation import PayloadValidator
from schemas.variants import Variants

BASE_URL = "https://model-api.runcomfy.net"

_FACTS: Mapping[str, str] = {
    "submit": "submit submit.no-idempotency model-id.path body.json body.limit input.media payload.unknown-properties",
    "status": "status result.failed",
    "result": "result result.early result.poll-only",
    "cancel": "cancel cancel.outcome cancel.status",
    "list": "models.list",
    "categories": "models.categories",
    "model": "models.one model-id.path",
}
RULES = "x-sum-rules"
"""The extension that holds the prose rules of a model, which no schema can say: see `schemas.semantics`."""

_TAGS = {
    "requests": "The life of a request: submit, then poll the status or the result; cancel while it is queued.",
    "catalog": "The models there are.",
}


def document(catalog: Catalog, base_url: str = BASE_URL, variants: Variants | None = None) -> dict[str, Any]:
    """Build the document.

    ``base_url`` is the server it names; ``variants`` decide on statuses, codes and the examples. An operation's id is
    the ledger's name of the operation, for those of one model with ``:`` and the model's id behind it. ``x-ledger``
    lists the facts that a part rests on.
    """
    variants = variants or Variants()
    paths: dict[str, Any] = {
        f"/v1/models/{model.model_id}": {
            "post": _submit(model, base_url, variants),
            "get": _record(model, variants),
        }
        for model in catalog.values()
    }
    paths |= {
        "/v1/requests/{request_id}/status": {"get": _status(base_url, variants)},
        "/v1/requests/{request_id}/result": {"get": _result(catalog, variants)},
        "/v1/requests/{request_id}/cancel": {"post": _cancel(variants)},
        "/v1/models": {"get": _models(catalog, variants)},
        "/v1/models/categories": {"get": _categories(catalog, variants)},
    }
    return {
        "openapi": "3.1.0",
        "jsonSchemaDialect": "https://json-schema.org/draft/2020-12/schema",
        "info": {
            "title": "RunComfy Model API, as vendored",
            "version": __version__,
            "summary": "Made from the vendored model schemas and the ledger of runcomfy-mock; not the vendor's own.",
        },
        "servers": [{"url": base_url}],
        "security": [{"bearer": []}],
        "tags": [{"name": name, "description": text} for name, text in _TAGS.items()],
        "paths": paths,
        "components": {"securitySchemes": {"bearer": _BEARER}} | components(variants),
    }


def _submit(model: Model, base_url: str, variants: Variants) -> dict[str, Any]:
    facts = ["rules.multi-prompt", "rules.omitted-durations", "rules.no-durations"] if model.rules else []
    content: dict[str, Any] = {"schema": _input(model)}
    examples = _payloads(model, variants)
    if examples:
        content["examples"] = examples
    return {
        "operationId": f"submit:{model.model_id}",
        "summary": f"Submit a generation with {model.display_name}",
        **_about("submit", "requests", *facts),
        **({RULES: [_rule(rule) for rule in model.rules]} if model.rules else {}),
        "requestBody": {"required": True, "content": {"application/json": content}},
        "responses": responses(
            "submit", Shape.SUBMIT, variants, answers=answer_examples.submit(base_url), links=_links(_SUBMITTED)
        ),
    }


def _status(base_url: str, variants: Variants) -> dict[str, Any]:
    return {
        "operationId": "status",
        "summary": "Where a request stands",
        **_about("status", "requests"),
        "parameters": [_REQUEST_ID],
        "responses": responses(
            "status",
            Shape.STATUS,
            variants,
            answers=answer_examples.status(base_url, variants),
            links=_links(_SAME),
        ),
    }


def _result(catalog: Catalog, variants: Variants) -> dict[str, Any]:
    include_cost = _query("include_cost", {"type": "boolean", "default": False}, "result.cost")
    return {
        "operationId": "result",
        "summary": "What a request put out, or where it stands",
        **_about("result", "requests"),
        "parameters": [_REQUEST_ID, include_cost],
        "responses": responses(
            "result", Shape.RESULT, variants, answers=answer_examples.result(catalog, variants), links=_links(_SAME)
        ),
    }


def _cancel(variants: Variants) -> dict[str, Any]:
    return {
        "operationId": "cancel",
        "summary": "Cancel a request that is still queued",
        **_about("cancel", "requests"),
        "parameters": [_REQUEST_ID],
        "responses": responses(
            "cancel", Shape.CANCEL, variants, answers=answer_examples.cancel(), links=_links(_SAME), success="202"
        ),
    }


def _models(catalog: Catalog, variants: Variants) -> dict[str, Any]:
    texts = [_query(name, {"type": "string"}, "models.list") for name in ("search", "category", "kind")]
    numbers = [
        _query("include_schema", {"type": "boolean", "default": False}, "models.list"),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}, "models.list"),
        _query("offset", {"type": "integer", "minimum": 0, "default": 0}, "models.list"),
    ]
    return {
        "operationId": "list",
        "summary": "The models there are",
        **_about("list", "catalog"),
        "parameters": texts + numbers,
        "responses": responses("list", Shape.MODELS, variants, answers=answer_examples.models(catalog, variants)),
    }


def _categories(catalog: Catalog, variants: Variants) -> dict[str, Any]:
    answers = answer_examples.categories(catalog, variants)
    return {
        "operationId": "categories",
        "summary": "The categories there are",
        **_about("categories", "catalog"),
        "responses": responses("categories", Shape.CATEGORIES, variants, answers=answers),
    }


def _record(model: Model, variants: Variants) -> dict[str, Any]:
    answers = answer_examples.full_record(model, variants)
    return {
        "operationId": f"model:{model.model_id}",
        "summary": f"The record of {model.display_name}",
        **_about("model", "catalog"),
        "responses": responses("model", Shape.MODEL, variants, answers=answers),
    }


def _about(operation: str, tag: str, *more: str) -> dict[str, Any]:
    """Say what the ledger says of an operation: its first fact in words, all of them by their ids."""
    ids = [*_FACTS[operation].split(), *more]
    statement = next(fact.statement for fact in ledger.facts() if fact.fact_id == ids[0])
    return {"description": statement, "tags": [tag], LEDGER: ids}


_BEARER = {"type": "http", "scheme": "bearer", LEDGER: ["auth.bearer"]}
_REQUEST_ID = {
    "name": "request_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"},
    LEDGER: ["request-id.opaque"],
}

_SUBMITTED = "$response.body#/request_id"
_SAME = "$request.path.request_id"


def _links(request_id: str) -> dict[str, Any]:
    """Lead on with a request: to its status, again and again, to its result, and to its cancellation."""
    return {
        operation: {"operationId": operation, "parameters": {"request_id": request_id}}
        for operation in ("status", "result", "cancel")
    }


def _query(name: str, value: Mapping[str, Any], fact: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": dict(value), LEDGER: [fact]}


def _payloads(model: Model, variants: Variants) -> dict[str, Any]:
    """Return examples of a payload that the model takes: the least, and one with every default written out."""
    least = model.example()
    made = {"the required properties alone": least, "with every default": model.complete(least)}
    check = PayloadValidator(model, variants).check
    return {
        name: {"value": value}
        for name, value in made.items()
        if not check(value).findings and (value is least or value != least)
    }


def _rule(rule: SumRule) -> dict[str, str]:
    return {"id": rule.rule_id, "terms": rule.terms, "total": rule.total, "message": rule.message}


def _input(model: Model) -> dict[str, Any]:
    """Return the input schema, what refers to a part of itself referring to its place in the document."""
    schema = deepcopy({key: value for key, value in model.input.normalised.items() if key != "$schema"})
    place = join("#/paths", f"/v1/models/{model.model_id}", *_PLACE_OF_INPUT)
    for _, part in schemas_in(schema):
        if isinstance(part, dict) and "$ref" in part:
            part["$ref"] = place + part["$ref"].removeprefix("#")
    return schema


_PLACE_OF_INPUT = ("post", "requestBody", "content", "application/json", "schema")
