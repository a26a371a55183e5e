"""What independent validators say of payloads: the jsonschema package, and adding up by hand."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from jsonschema import Draft202012Validator

from schemas.catalog import Catalog
from schemas.model import Model
from schemas.pointers import from_path
from tests.schemas.build import kling, model, sum_rule
from tests.schemas.reading import FORMATS

QUICK = settings(deadline=None, database=None, max_examples=100)
LONG = settings(QUICK, max_examples=800, derandomize=True, suppress_health_check=list(HealthCheck))
"""For what is looked for, and for tests that build a model an example."""

MODEL = kling()
KLING = MODEL.model_id
RULE = "multi-prompt-durations"
SHOTS = {
    "type": "object",
    "required": ["seconds"],
    "properties": {
        "shots": {
            "type": "array",
            "maxItems": 3,
            "items": {"type": "object", "required": ["seconds"], "properties": {"seconds": {"enum": [2, 5]}}},
        },
        "seconds": {"type": "number", "minimum": 4, "exclusiveMaximum": 12, "multipleOf": 0.5},
    },
}
IMAGES = {
    "type": "object",
    "required": ["prompt", "image_urls"],
    "properties": {
        "prompt": {"type": "string", "minLength": 2, "maxLength": 40},
        "num_images": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1},
        "images": {"format": "image_uris", "maxItems": 3, "minItems": 1, "uniqueItems": True},
        "mask": {"format": "image_uri"},
        "duration": {"type": "string", "enum": ["auto", "5", "10"], "default": "auto"},
        "strength": {"type": "float", "exclusiveMinimum": 0, "maximum": 1},
        "width": {"type": "integer", "multipleOf": 8, "minimum": 64, "maximum": 1024},
        "scale": {"type": "float", "multipleOf": 0.1, "minimum": 0.1, "maximum": 2},
        "seed": {"type": ["integer", "null"]},
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]+$"},
        "style": {"const": "plain"},
    },
}
NESTED = {
    "type": "object",
    "properties": {
        "tree": {"$ref": "#/$defs/tree"},
        "size": {
            "anyOf": [
                {"type": "string", "enum": ["small", "large"]},
                {
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["width"],
                    "properties": {"width": {"type": "integer", "minimum": 1}},
                },
            ]
        },
        "speed": {"allOf": [{"type": "float", "minimum": 0}, {"maximum": 5}]},
        "one": {"oneOf": [{"type": "integer", "multipleOf": 2}, {"type": "integer", "multipleOf": 3}]},
    },
    "$defs": {
        "tree": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "minLength": 1},
                "children": {"type": "array", "maxItems": 2, "items": {"$ref": "#/$defs/tree"}},
            },
        }
    },
}
MODELS: Mapping[str, Model] = {
    "kling": MODEL,
    "shots": model(SHOTS, model_id="acme/shots", rules=[sum_rule()]),
    "images": model(IMAGES, model_id="acme/images"),
    "nested": model(NESTED, model_id="acme/nested"),
    "bare": model({"prompt": {"type": "string"}}, model_id="acme/bare"),
}
CATALOG = Catalog(MODELS.values())


def errors(made: Model, payload: object, *, formats: bool = True) -> list[tuple[str, str]]:
    """Return ``(pointer, keyword)`` of all that jsonschema finds."""
    oracle = Draft202012Validator(made.input.normalised, format_checker=FORMATS if formats else None)
    return [(from_path(error.absolute_path), str(error.validator)) for error in oracle.iter_errors(payload)]


def adds_up(
    payload: Mapping[str, Any], names: tuple[str, str, str], default: int | None, omitted: str, empty: str
) -> bool:
    """Judge the rule of a list, its terms and the total (``names``), both of one ``default``, by adding up."""
    listed, term, total = names
    if omitted == "skip":
        default = None
    term_default, total_default = 0 if omitted == "zero" else default, default
    items = payload.get(listed)
    if not isinstance(items, list) or (not items and empty == "exempt"):
        return True
    terms = [item.get(term, term_default) for item in items if isinstance(item, dict)]
    if items and not terms:
        return True
    numbers = [payload.get(total, total_default), *terms]
    if not all(type(each) in (int, float) for each in numbers):
        return True
    return sum(map(Fraction, numbers[1:])) == Fraction(numbers[0])


SUMMED = {"kling": ("multi_prompt", "duration", "duration"), "shots": ("shots", "seconds", "seconds")}
WAYS = [(omitted, empty) for omitted in ("default", "skip", "zero") for empty in ("exempt", "checked")]


def rule_verdicts(name: str, payload: Mapping[str, Any]) -> list[bool]:
    """Return whether the prose rule of that model holds, under each of its variants."""
    return (
        [adds_up(payload, SUMMED[name], 5 if name == "kling" else None, *way) for way in WAYS]
        if name in SUMMED
        else [True]
    )
