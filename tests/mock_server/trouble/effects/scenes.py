"""A call and its answer, for effects to act on."""

from __future__ import annotations

from typing import Any

from mock_server.core.draws import Draws
from mock_server.trouble.call import Call, Operation
from mock_server.trouble.effects import catalogue
from mock_server.trouble.effects.base import Effect, ErrorLook, Scene
from mock_server.trouble.parts import Part, Reply, plain

JSON = ((b"content-type", b"application/json"),)
REPLY = Reply(200, JSON, b'{"status":"x"}')


def scene(operation: Operation = Operation.LIST, **call: Any) -> Scene:
    """Return the scene of a call."""
    return Scene(Call(operation, **call), 1e9, "http://127.0.0.1:80", "/v1/models", Draws(7, ("it",)), error)


def error(look: ErrorLook) -> Reply:
    """Write an error that tells how it was to look."""
    return Reply(look.status or 400, JSON, b"{}")


def effect(name: str, **parameters: Any) -> Effect:
    """Read one effect."""
    (found,) = catalogue.read({"effect": name, **parameters})
    return found


def parts_of(made: Effect, reply: Reply = REPLY, operation: Operation = Operation.LIST) -> list[Part]:
    """Return the parts of an answer under an effect."""
    return list(made.parts(plain(reply), scene(operation)))
