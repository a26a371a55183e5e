"""What a successful generation puts out: the ``output`` of its result."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from schemas import outputs
from schemas.examples import plainest
from schemas.model import Model

MEDIA_FILES: Mapping[str, str] = {"image": "image.png", "video": "video.mp4", "audio": "audio.wav"}

Address = Callable[[str], str]
"""Makes the absolute URL of an output out of its name, such as ``0.mp4``."""


def output(model: Model, payload: Mapping[str, Any], address: Address) -> dict[str, Any]:
    """Return the ``output`` of a result, as the model's output schema has it. Ledger: ``result.output``.

    Whatever the schema requires beside the media is filled with its plainest value.
    """
    place = outputs.place(model)
    suffix = MEDIA_FILES[place.kind].rpartition(".")[2]
    urls = [address(f"{index}.{suffix}") for index in range(outputs.count(model, payload))]
    declared = outputs.declared(model)
    filled = {name: plainest(declared.get(name)) for name in outputs.output_schema(model).get("required", ())}
    if place.name is not None:
        filled[place.name] = urls if place.is_list else urls[0]
    return filled
