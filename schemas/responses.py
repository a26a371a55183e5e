"""The responses of the OpenAPI document: each operation's success and its errors, with examples and ledger ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from schemas.answers import Shape, schema
from schemas.error_table import BAD_QUERY, RATE_LIMITED, TABLE, ErrorRow, rows_of
from schemas.variants import Variants

LEDGER = "x-ledger"
"""The extension that holds the ids of the facts that a part of the document rests on."""

COMPONENTS: Mapping[Shape, str] = {
    Shape.SUBMIT: "SubmitAnswer",
    Shape.STATUS: "StatusAnswer",
    Shape.RESULT: "ResultAnswer",
    Shape.CANCEL: "CancelAnswer",
    Shape.MODELS: "ModelList",
    Shape.CATEGORIES: "CategoryList",
    Shape.MODEL: "Model",
    Shape.ERROR: "Error",
}
"""The shapes by their names in the document."""

_SHAPES: Mapping[Shape, str] = {
    Shape.SUBMIT: "submit urls.absolute request-id.opaque request-id.format",
    Shape.STATUS: "status status.words queue-position.when queue-position.base urls.absolute request-id.opaque",
    Shape.RESULT: (
        "result result.words result.failed result.success-word result.early result.output result.error"
        " result.error-form result.timestamps result.timestamp-form result.finished-at result.cost"
        " result.cost-before-end result.unbilled-cost result.echo output.host request-id.opaque"
    ),
    Shape.CANCEL: "cancel cancel.outcome cancel.status request-id.opaque",
    Shape.MODELS: "models.list models.record seed.base-price",
    Shape.CATEGORIES: "models.categories models.categories-form",
    Shape.MODEL: "models.one models.record models.output-schema seed.base-price",
    Shape.ERROR: "error.body error.text-key error.422-code error.422-detail error.undocumented-codes",
}


def components(variants: Variants) -> dict[str, Any]:
    """Return the document's shared parts: the shapes of answers, the errors as examples, the gateway's response."""
    return {
        "schemas": {name: _embedded(shape) for shape, name in COMPONENTS.items()},
        "examples": {row.name: _example(row, variants) for row in TABLE if _is_possible(row, variants)},
        "headers": {"RetryAfter": _RETRY_AFTER},
        "responses": {"Gateway": _GATEWAY},
    }


def responses(
    operation: str,
    shape: Shape,
    variants: Variants,
    *,
    answers: Mapping[str, Any],
    links: Mapping[str, Any] | None = None,
    success: str = "200",
) -> dict[str, Any]:
    """Return every response of ``operation``, the ledger's name: the success, the errors by status, the gateway's."""
    shown = {name: {"value": value} for name, value in answers.items()}
    answer: dict[str, Any] = {"description": schema(shape)["title"], "content": _json(shape, shown)}
    if links:
        answer["links"] = dict(links)

    def status(row: ErrorRow) -> int:
        return row.status_in(variants)

    rows = sorted(rows_of(operation, variants), key=status)
    errors = {str(found): _error(list(group)) for found, group in groupby(rows, key=status)}
    return {success: answer} | errors | {"5XX": {"$ref": "#/components/responses/Gateway"}}


def _is_possible(row: ErrorRow, variants: Variants) -> bool:
    return row is not BAD_QUERY or variants.bad_query == "refused"


def _error(rows: Sequence[ErrorRow]) -> dict[str, Any]:
    """Describe one status of an operation, whatever errors come with it."""
    shown = {row.name: {"$ref": f"#/components/examples/{row.name}"} for row in rows}
    found: dict[str, Any] = {
        "description": "; ".join(f"{f'{row.code} ' if row.code else ''}{row.name}: {row.when}" for row in rows),
        "content": _json(Shape.ERROR, shown),
        LEDGER: list(dict.fromkeys(fact for row in rows for fact in row.ledger)),
    }
    if RATE_LIMITED in rows:
        found["headers"] = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    return found


def _example(row: ErrorRow, variants: Variants) -> dict[str, Any]:
    return {"summary": row.when, "value": row.body_in(variants), LEDGER: list(row.ledger)}


def _json(shape: Shape, examples: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{COMPONENTS[shape]}"}, "examples": examples}}


def _embedded(shape: Shape) -> dict[str, Any]:
    rest = {key: value for key, value in schema(shape).items() if key != "$schema"}
    return rest | {LEDGER: _SHAPES[shape].split()}


_RETRY_AFTER = {
    "description": "Seconds to wait, or the moment to come again.",
    "required": True,
    "schema": {"type": "string", "pattern": "^([0-9]+|[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT)$"},
    LEDGER: ["error.429"],
}
# No content: what a gateway answers need not be JSON, and is held against no shape.
_GATEWAY = {"description": "What a gateway answers in the API's place; it need not be JSON.", LEDGER: ["error.gateway"]}
