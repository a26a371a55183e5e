"""Which shape the answer to an operation has."""

from __future__ import annotations

from schemas.answers import Shape

SHAPES = {
    "submit": Shape.SUBMIT,
    "status": Shape.STATUS,
    "result": Shape.RESULT,
    "cancel": Shape.CANCEL,
    "list": Shape.MODELS,
    "categories": Shape.CATEGORIES,
    "model": Shape.MODEL,
}
