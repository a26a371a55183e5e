"""What a model puts out: which kind of media, where in its output, and how many for a payload."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from schemas.amounts import amount
from schemas.model import Model

MOST_OUTPUTS = 100

COUNTS = (
    "num_images",
    "num_videos",
    "num_outputs",
    "num_samples",
    "number_of_images",
    "image_count",
    "batch_size",
    "n",
)
"""The properties by which a payload asks for several outputs; the first that holds a number counts."""

KINDS: Mapping[str, tuple[str, ...]] = {
    "video": ("video",),
    "image": ("image",),
    "audio": ("audio", "music", "speech", "voice", "sound"),
}
"""The kinds of media, and the words by which a category, a property or a model's id tells of each."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a model's media stand in its output: under ``name``, as a list or one alone.

    ``name`` is ``None`` where the output schema declares none for this ``kind``.
    """

    kind: str
    name: str | None
    is_list: bool


def place(model: Model) -> Place:
    """Tell where a model's media stand. Ledger: ``result.output``.

    Of the names that an output schema offers, one is used: that of the model's kind of media, the plural for images,
    the singular for the others. Without a schema, all of them are on offer.
    """
    kind = media_kind(model)
    singular, plural = kind, f"{kind}s"
    offered = declared(model) or {singular, plural}
    order = (plural, singular) if kind == "image" else (singular, plural)
    name = next((each for each in order if each in offered), None)
    return Place(kind, name, is_list=name == plural)


def count(model: Model, payload: Mapping[str, Any]) -> int:
    """Return how many outputs a generation has: one, unless they are a list and ``payload`` asks for several."""
    if place(model).is_list:
        complete = model.complete(payload)
        for name in COUNTS:
            asked = amount(complete.get(name))
            if asked is not None:
                return max(1, min(int(asked), MOST_OUTPUTS))
    return 1


def media_kind(model: Model) -> str:
    """Return ``image``, ``video`` or ``audio``: by category, else by the output schema, else by the model's id."""
    return next(_kinds(model), "image")


def tells_kind(model: Model) -> bool:
    """Whether anything tells of the model's kind of media, or ``image`` is only a guess."""
    return next(_kinds(model), None) is not None


def _kinds(model: Model) -> Iterator[str]:
    tasks = [task.rpartition("-to-")[2] for task in (*model.categories, model.model_id) if "-to-" in task]
    for hint in (*tasks, *model.categories, *declared(model), model.model_id):
        kind = kind_of(hint)
        if kind is not None:
            yield kind


def kind_of(hint: str) -> str | None:
    """Return the kind of media that a text speaks of, or ``None``."""
    folded = hint.casefold()
    return next((kind for kind, words in KINDS.items() if any(word in folded for word in words)), None)


def output_schema(model: Model) -> Mapping[str, Any]:
    """Return the normalised schema of the ``output`` object, without the name that the pages wrap it in."""
    schema = model.output.normalised if model.output else {}
    inner = schema.get("properties", {}).get("output", schema)
    return inner if isinstance(inner, Mapping) else {}


def declared(model: Model) -> Mapping[str, Any]:
    """Return the properties that the ``output`` object may have."""
    found: Mapping[str, Any] = output_schema(model).get("properties", {})
    return found
