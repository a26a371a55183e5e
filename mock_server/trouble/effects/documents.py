"""Trouble that is told, not done: an answer of the API whose JSON is not what the documentation promises."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import orjson

from mock_server.core.lifecycle import Status
from mock_server.trouble.call import JSON, READS, Call, Operation
from mock_server.trouble.domains import Choice, Names, Text, Whole
from mock_server.trouble.effects.base import Effect, Layer, Scene, parameter
from mock_server.trouble.parts import Reply

_OK = range(200, 300)
_RESULT = frozenset({Operation.RESULT})
_STATUS = frozenset({Operation.STATUS})

OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "submit": ("cancel_url",),
    "status": ("queue_position", "status_url", "result_url"),
    "result": ("output", "error", "finished_at", "model_id", "input", "cost"),
    "cancel": ("status",),
    "list": ("total",),
    "categories": (),
    "model": ("pricing_note", "base_price_usd", "price_unit", "output_schema"),
}
"""The fields of each answer that a client can do without."""


def changed(reply: Reply | None, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Reply | None:
    """Return the reply with its JSON object changed; one that is no success, or no object, stays."""
    if reply is None or reply.status not in _OK or reply.header(b"content-type") != b"application/json":
        return reply
    try:
        document = orjson.loads(reply.body)
    except orjson.JSONDecodeError:  # another effect was there before
        return reply
    if not isinstance(document, dict):
        return reply
    return Reply(reply.status, reply.headers, orjson.dumps(change(document)))


class _OfSuccess(Effect):
    """Happens to the answers about a request that has succeeded."""

    __slots__ = ()

    LAYER: ClassVar[Layer] = Layer.LIFECYCLE

    def applies(self, call: Call) -> bool:
        """Tell whether the request has succeeded."""
        return call.state() is Status.COMPLETED and not call.failed


@dataclass(frozen=True, slots=True)
class Backwards(Effect):
    """The status goes back to one that the request has left."""

    NAME: ClassVar[str] = "backwards"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = READS

    to: str = parameter("in_queue", Choice(("in_queue", "in_progress")), "the status that is told")

    def applies(self, call: Call) -> bool:
        """Tell whether the request has been there and gone."""
        state = call.state()
        return state is Status.COMPLETED or (state is Status.IN_PROGRESS and self.to == "in_queue")

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Tell the earlier status, and nothing that comes later."""

        def change(document: dict[str, Any]) -> dict[str, Any]:
            later = ("output", "error", "finished_at", "cost")
            kept = {name: value for name, value in document.items() if name not in later}
            position = {"queue_position": 1} if self.to == "in_queue" and scene.call.operation == "status" else {}
            return kept | {"status": self.to} | position

        return changed(reply, change)


@dataclass(frozen=True, slots=True)
class UnknownStatus(Effect):
    """The status is a word that no documentation has."""

    NAME: ClassVar[str] = "unknown_status"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = READS

    value: str = parameter("paused", Text(1000), "the word")

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Tell the word."""
        return changed(reply, lambda document: document | {"status": self.value})


@dataclass(frozen=True, slots=True)
class SwapWords(_OfSuccess):
    """``succeeded`` where ``completed`` is due (status), and the reverse (result)."""

    NAME: ClassVar[str] = "swap_words"
    OPERATIONS = READS

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Tell the other word."""
        word = "succeeded" if scene.call.operation == "status" else "completed"
        return changed(reply, lambda document: document | {"status": word})


@dataclass(frozen=True, slots=True)
class NoOutput(_OfSuccess):
    """A generation that succeeded has no output."""

    NAME: ClassVar[str] = "no_output"
    OPERATIONS = _RESULT

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Leave the output out."""
        return changed(reply, lambda document: _without(document, ("output",)))


@dataclass(frozen=True, slots=True)
class EmptyOutput(_OfSuccess):
    """A generation that succeeded has an empty output."""

    NAME: ClassVar[str] = "empty_output"
    OPERATIONS = _RESULT

    form: str = parameter("object", Choice(("object", "null", "text", "empty_values")), "what is in its place")

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Empty the output; ``empty_values`` keeps its names, with empty lists and texts behind them."""

        def change(document: dict[str, Any]) -> dict[str, Any]:
            output = document.get("output")
            hollow = {name: [] if isinstance(value, list) else "" for name, value in dict(output or {}).items()}
            empty = {"object": {}, "null": None, "text": "", "empty_values": hollow}
            return document | {"output": empty[self.form]}

        return changed(reply, change)


@dataclass(frozen=True, slots=True)
class FrozenPosition(Effect):
    """The queue position does not move."""

    NAME: ClassVar[str] = "frozen_position"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = _STATUS

    position: int = parameter(3, Whole(0, 1_000_000), "the position that is told")

    def applies(self, call: Call) -> bool:
        """Tell whether the request is queued."""
        return call.state() is Status.IN_QUEUE

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Tell the position."""
        return changed(reply, lambda document: document | {"queue_position": self.position})


@dataclass(frozen=True, slots=True)
class NullFields(Effect):
    """Fields that a client can do without are there, and null."""

    NAME: ClassVar[str] = "null_fields"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = JSON

    fields: tuple[str, ...] | None = parameter(None, Names(), "which; if not given, all that are optional and not told")

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Have them null; of fields that are not named, those that tell something are left."""

        def change(document: dict[str, Any]) -> dict[str, Any]:
            if self.fields is not None:
                return document | dict.fromkeys(self.fields)
            return dict.fromkeys(OPTIONAL[scene.call.operation]) | document

        return changed(reply, change)


@dataclass(frozen=True, slots=True)
class MissingFields(Effect):
    """Fields that a client can do without are missing."""

    NAME: ClassVar[str] = "missing_fields"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = JSON

    fields: tuple[str, ...] | None = parameter(
        None, Names(), "which; if not given, all optional ones but output, error"
    )

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Leave them out."""
        optional = tuple(name for name in OPTIONAL[scene.call.operation] if name not in ("output", "error"))
        return changed(reply, lambda document: _without(document, self.fields or optional))


@dataclass(frozen=True, slots=True)
class ExtraFields(Effect):
    """Fields that no documentation has are there too, flat and nested."""

    NAME: ClassVar[str] = "extra_fields"
    LAYER: ClassVar[Layer] = Layer.LIFECYCLE
    OPERATIONS = JSON

    fields: tuple[str, ...] = parameter(("x_trace", "x_region", "x_usage"), Names(), "their names")

    def reply(self, reply: Reply | None, scene: Scene) -> Reply | None:
        """Add them: a text, a list, an object, and so on; no field that is there is changed."""
        values: tuple[Any, ...] = (
            scene.draws.data("extra", 8).hex(),
            [1, None, {"a": []}],
            {"seconds": 1.5, "nested": {"ok": True}},
        )
        extra = {name: values[index % len(values)] for index, name in enumerate(self.fields)}
        return changed(reply, lambda document: extra | document)


def _without(document: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name not in names}
