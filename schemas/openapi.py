"""The OpenAPI 3.1 document of a catalog: a path for each model, the lifecycle, the catalog, every error."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from schemas import __version__
from schemas.answers import Shape, schema
from schemas.catalog import Catalog
from schemas.model import Model
from schemas.pointers import join
from schemas.traversal import schemas_in
from schemas.variants import Variants

BASE_URL = "https://model-api.runcomfy.net"

_COMPONENTS: Mapping[Shape, str] = {
    Shape.SUBMIT: "SubmitAnswer",
    Shape.STATUS: "StatusAnswer",
    Shape.RESULT: "ResultAnswer",
    Shape.CANCEL: "CancelAnswer",
    Shape.MODELS: "ModelList",
    Shape.CATEGORIES: "CategoryList",
    Shape.MODEL: "Model",
    Shape.ERROR: "Error",
}

_ERRORS: Mapping[str, str] = {
    "400": "400001 InvalidResourceIdentifier, or 400002 InsufficientResources",
    "401": "400004 UserAccountError: token missing, expired or revoked",
    "402": "400002 InsufficientResources: no balance left",
    "403": "403001 PermissionDeniedError: the request belongs to another account",
    "404": "404001 ResourceNotFound: unknown, deleted or expired request_id",
    "413": "the body is too large",
    "415": "the body is not application/json",
    "422": "the body does not match the model's input schema, or a query value is out of range",
    "429": "too many calls",
    "500": "unexpected error",
}


def document(catalog: Catalog, base_url: str = BASE_URL, variants: Variants | None = None) -> dict[str, Any]:
    """Build the document. ``base_url`` is the server it names; ``variants`` decide on HTTP statuses."""
    variants = variants or Variants()
    paths: dict[str, Any] = {
        f"/v1/models/{model.model_id}": {"post": _submit(model, variants), "get": _record(model, variants)}
        for model in catalog.values()
    }
    paths |= {
        "/v1/requests/{request_id}/status": {"get": _status(variants)},
        "/v1/requests/{request_id}/result": {"get": _result(variants)},
        "/v1/requests/{request_id}/cancel": {"post": _cancel(variants)},
        "/v1/models": {"get": _models(variants)},
        "/v1/models/categories": {"get": _categories(variants)},
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
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
            "schemas": {name: _component(shape) for shape, name in _COMPONENTS.items()},
        },
    }


def _submit(model: Model, variants: Variants) -> dict[str, Any]:
    return {
        "operationId": f"submit:{model.model_id}",
        "summary": f"Submit a generation with {model.display_name}",
        "tags": ["requests"],
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {
                    "schema": _input(model),
                    "examples": {"page": {"summary": "the required properties alone", "value": model.example()}},
                }
            },
        },
        "responses": _responses(Shape.SUBMIT, variants, "400", "401", "402", "413", "415", "422", "429", links=_LINKS),
    }


def _status(variants: Variants) -> dict[str, Any]:
    return {
        "operationId": "status",
        "summary": "Where a request stands",
        "tags": ["requests"],
        "parameters": [_REQUEST_ID],
        "responses": _responses(Shape.STATUS, variants, "401", "403", "404", "429"),
    }


def _result(variants: Variants) -> dict[str, Any]:
    include_cost = {"name": "include_cost", "in": "query", "required": False, "schema": {"type": "boolean"}}
    return {
        "operationId": "result",
        "summary": "What a request put out, or where it stands",
        "tags": ["requests"],
        "parameters": [_REQUEST_ID, include_cost],
        "responses": _responses(Shape.RESULT, variants, "401", "403", "404", "422", "429"),
    }


def _cancel(variants: Variants) -> dict[str, Any]:
    return {
        "operationId": "cancel",
        "summary": "Cancel a request that is still queued",
        "tags": ["requests"],
        "parameters": [_REQUEST_ID],
        "responses": _responses(Shape.CANCEL, variants, "401", "403", "404", "429", success="202"),
    }


def _models(variants: Variants) -> dict[str, Any]:
    texts = [_query(name, {"type": "string"}) for name in ("search", "category", "kind")]
    numbers = [
        _query("include_schema", {"type": "boolean", "default": False}),
        _query("limit", {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}),
        _query("offset", {"type": "integer", "minimum": 0, "default": 0}),
    ]
    return {
        "operationId": "list",
        "summary": "The models there are",
        "tags": ["catalog"],
        "parameters": texts + numbers,
        "responses": _responses(Shape.MODELS, variants, "401", "422", "429"),
    }


def _categories(variants: Variants) -> dict[str, Any]:
    return {
        "operationId": "categories",
        "summary": "The categories there are",
        "tags": ["catalog"],
        "responses": _responses(Shape.CATEGORIES, variants, "401", "429"),
    }


def _record(model: Model, variants: Variants) -> dict[str, Any]:
    return {
        "operationId": f"model:{model.model_id}",
        "summary": f"The record of {model.display_name}",
        "tags": ["catalog"],
        "responses": _responses(Shape.MODEL, variants, "401", "429"),
    }


_REQUEST_ID = {
    "name": "request_id",
    "in": "path",
    "required": True,
    "schema": {"type": "string", "pattern": "^[A-Za-z0-9_-]{1,128}$"},
}

_LINKS = {
    operation: {"operationId": operation, "parameters": {"request_id": "$response.body#/request_id"}}
    for operation in ("status", "result", "cancel")
}


def _query(name: str, value: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": False, "schema": dict(value)}


def _responses(
    shape: Shape, variants: Variants, *errors: str, success: str = "200", links: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """List the success, the errors of this operation under the HTTP status they come with, and 500."""
    moved = {
        "401": variants.auth_status,
        "402": variants.balance_status,
        "413": variants.too_large_status,
        "415": variants.media_type_status,
    }
    statuses = sorted({moved.get(status, status) for status in (*errors, "500")})
    answer: dict[str, Any] = {"description": schema(shape)["title"], "content": _json(_COMPONENTS[shape])}
    if links:
        answer["links"] = dict(links)
    return {success: answer} | {
        status: {"description": _ERRORS[status], "content": _json(_COMPONENTS[Shape.ERROR])} for status in statuses
    }


def _json(component: str) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{component}"}}}


def _component(shape: Shape) -> dict[str, Any]:
    return _embedded(schema(shape))


def _input(model: Model) -> dict[str, Any]:
    """Return the input schema, what refers to a part of itself referring to its place in the document."""
    schema = deepcopy(_embedded(model.input.normalised))
    place = join("#/paths", f"/v1/models/{model.model_id}", *_PLACE_OF_INPUT)
    for _, part in schemas_in(schema):
        if isinstance(part, dict) and "$ref" in part:
            part["$ref"] = place + part["$ref"].removeprefix("#")
    return schema


_PLACE_OF_INPUT = ("post", "requestBody", "content", "application/json", "schema")


def _embedded(document: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in document.items() if key != "$schema"}
