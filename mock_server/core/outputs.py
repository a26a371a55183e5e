"""What a successful generation puts out: which media, how many, under which names of the output schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemas.examples import plainest
from schemas.model import Model
from schemas.pricing import outputs_asked

MEDIA_FILES: Mapping[str, str] = {"image": "image.png", "video": "video.mp4", "audio": "audio.wav"}

MOST_OUTPUTS = 100

Address = Callable[[str], str]
"""Makes the absolute URL of an output out of its name, such as ``0.mp4``."""


def output(model: Model, payload: Mapping[str, Any], address: Address) -> dict[str, Any]:
    """Return the ``output`` of a result, as the model's output schema has it. Ledger: ``result.output``.

    A model without one follows its category: the last word of ``text-to-video``. Of the names that a schema offers,
    one is used: that of the model's kind of media, the plural for images, as many as the payload asks for. Whatever
    else the schema requires is filled with its plainest value.
    """
    declared = _declared(model)
    kind = media_kind(model)
    singular, plural = kind, f"{kind}s"
    as_list = (
        (plural in declared or not declared) if kind == "image" else plural in declared and singular not in declared
    )
    suffix = MEDIA_FILES[kind].rpartition(".")[2]
    count = min(outputs_asked(model, payload), MOST_OUTPUTS) if as_list else 1
    urls = [address(f"{index}.{suffix}") for index in range(count)]
    required = _output_schema(model).get("required", ())
    filled: dict[str, Any] = {name: plainest(declared.get(name)) for name in required}
    if not declared or singular in declared or plural in declared:
        filled |= {plural: urls} if as_list else {singular: urls[0]}
    return filled


def media_kind(model: Model) -> str:
    """Return ``image``, ``video`` or ``audio``: by category, else by the output schema, else by the model's id."""
    tasks = [task.rpartition("-to-")[2] for task in (*model.categories, model.model_id) if "-to-" in task]
    hints = [*tasks, *model.categories, *_declared(model), model.model_id]
    for hint in hints:
        for kind, words in _WORDS.items():
            if any(word in hint.casefold() for word in words):
                return kind
    return "image"


_WORDS: Mapping[str, tuple[str, ...]] = {
    "video": ("video",),
    "image": ("image",),
    "audio": ("audio", "music", "speech", "voice", "sound"),
}


def _output_schema(model: Model) -> Mapping[str, Any]:
    schema = model.output.normalised if model.output else {}
    inner = schema.get("properties", {}).get("output", schema)
    return inner if isinstance(inner, Mapping) else {}


def _declared(model: Model) -> Mapping[str, Any]:
    declared: Mapping[str, Any] = _output_schema(model).get("properties", {})
    return declared
