"""The shapes of the API's answers, as JSON Schemas that admit every plausible variant of the ledger."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from enum import StrEnum
from importlib import resources
from typing import Any

import jsonschema_rs

from schemas.pointers import from_path
from schemas.undeclared import declared, undeclared


class Shape(StrEnum):
    """The answers there are; the names of the files in ``schemas/wire/``."""

    SUBMIT = "submit"
    STATUS = "status"
    RESULT = "result"
    CANCEL = "cancel"
    MODELS = "models"
    CATEGORIES = "categories"
    MODEL = "model"
    ERROR = "error"


@functools.cache
def schema(shape: Shape) -> Mapping[str, Any]:
    """Return the JSON Schema (2020-12) of one answer."""
    document: Mapping[str, Any] = json.loads(
        resources.files("schemas").joinpath("wire", f"{shape}.json").read_text("utf-8")
    )
    return document


@functools.cache
def _validator(shape: Shape) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(dict(schema(shape)), validate_formats=True)


def faults(shape: Shape, answer: object) -> list[str]:
    """Say what is wrong with ``answer``, one text ``pointer: reason`` for each fault; none means that it fits.

    A property that the shape does not name is a fault too: the API may grow one, the fake may not make one up.
    """
    found = [
        f"{from_path(error.instance_path) or '/'}: {error.message}" for error in _validator(shape).iter_errors(answer)
    ]
    found += [f"{pointer}: is not a property of this answer" for pointer in undeclared(answer, declared(schema(shape)))]
    return found
