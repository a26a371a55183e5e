"""A model's ``model.json``: what is known of it beside its schemas."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs

from schemas.errors import Problem, SchemaError
from schemas.files import read_object
from schemas.findings import cut
from schemas.pointers import from_path

MOST_USD = 1_000_000  # a price beyond that is a slip

_RECORD_PROPERTIES: Mapping[str, Any] = {
    "display_name": {"type": "string"},
    "categories": {"type": "array", "items": {"type": "string"}},
    "base_price_usd": {"type": "number", "minimum": 0, "maximum": MOST_USD},
    "price_unit": {"enum": ["second", "output"]},
    "pricing_note": {"type": "string"},
    "price_tiers": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {
                "when": {"type": "object", "propertyNames": {"pattern": "^/"}},
                "usd": {"type": "number", "minimum": 0, "maximum": MOST_USD},
            },
            "required": ["when", "usd"],
            "additionalProperties": False,
        },
    },
}
_RECORD = jsonschema_rs.validator_for(
    {"type": "object", "properties": dict(_RECORD_PROPERTIES), "additionalProperties": False}
)


def read_record(file: Path) -> dict[str, Any]:
    """Read a record. Raises `SchemaError` with all that is wrong, and what is allowed."""
    record = read_object(file)
    problems = [
        Problem(str(file), from_path(error.instance_path), "", _record_message(error))
        for error in _RECORD.iter_errors(record)
    ]
    if problems:
        raise SchemaError(*problems)
    return record


def _record_message(error: jsonschema_rs.ValidationError) -> str:
    """Say what is wrong with a record; where the schema's own words would puzzle its author, what is allowed."""
    match error.kind:
        case jsonschema_rs.ValidationErrorKind.AdditionalProperties():
            place = [step for step in error.schema_path if isinstance(step, str)]
            known = ("when", "usd") if "price_tiers" in place else tuple(_RECORD_PROPERTIES)
            return f"{cut(error.message)}; known are {', '.join(known)}"
        case jsonschema_rs.ValidationErrorKind.PropertyNames():
            return f"{cut(error.message)}; each name in 'when' is a JSON pointer into the payload, such as \"/sound\""
        case _:
            return error.message
