"""Every effect by its name, and how one is read out of a document."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import MISSING
from typing import Any

from mock_server.trouble.effects import api, documents, gateway, lifecycle, media, socket
from mock_server.trouble.effects.base import Effect, Layer
from schemas.findings import shorten

_CLASSES: tuple[type[Effect], ...] = (
    api.Ok,
    api.Error,
    api.Redirect,
    lifecycle.Fail,
    lifecycle.Stuck,
    lifecycle.Slow,
    lifecycle.LongId,
    lifecycle.Forget,
    lifecycle.Expire,
    lifecycle.CancelRace,
    documents.Backwards,
    documents.UnknownStatus,
    documents.SwapWords,
    documents.NoOutput,
    documents.EmptyOutput,
    documents.FrozenPosition,
    documents.NullFields,
    documents.MissingFields,
    documents.ExtraFields,
    gateway.Http,
    gateway.WrongType,
    gateway.CutJson,
    gateway.Garbage,
    gateway.Gzip,
    gateway.Chunked,
    gateway.Bom,
    gateway.Huge,
    socket.Latency,
    socket.Dribble,
    socket.ResetConnection,
    socket.HangUpConnection,
    socket.StallConnection,
    socket.Truncate,
    media.ExpiredUrl,
    media.NoFile,
    media.WrongLength,
)

CATALOGUE: Mapping[str, type[Effect]] = {each.NAME: each for each in _CLASSES}


def read(value: Any) -> tuple[Effect, ...]:
    """Read one answer of a rule: a number, ``"ok"``, ``{"effect": …}``, or a list of those that happen together.

    Raises ``ValueError``.
    """
    if not isinstance(value, list):
        return (_one(value),)
    if not value:
        raise ValueError("a list of effects that happen together has one or more")
    together = tuple(map(_one, value))
    if len(together) > 1:
        _check_together(together)
    return together


def _one(value: Any) -> Effect:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return api.number(value)
    if isinstance(value, str):
        value = {"effect": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("effect"), str):
        raise ValueError(
            f'expected a number such as 429, "ok", or an object such as {{"effect": "latency", "seconds": 2}}, '
            f"not {shorten(value)}"
        )
    name = value["effect"]
    if name not in CATALOGUE:
        close = difflib.get_close_matches(name, CATALOGUE, n=1)
        hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(CATALOGUE)}"
        raise ValueError(f"unknown effect {shorten(name)}; {hint}")
    return CATALOGUE[name].read({key: item for key, item in value.items() if key != "effect"})


def _check_together(together: tuple[Effect, ...]) -> None:
    """Raise ``ValueError`` for effects that contradict each other."""
    for alone in together:
        if isinstance(alone, api.Ok):
            raise ValueError("ok stands alone: it means that nothing happens")
    unserved = next((each for each in together if each.replaces), None)
    moot = next((each for each in together if each.LAYER is Layer.LIFECYCLE), None)
    if unserved is not None and moot is not None:
        raise ValueError(f"{unserved.NAME} keeps the call from being served, so that {moot.NAME} cannot happen")
    for kind, members in (
        ("replace the answer", [each for each in together if each.REPLIES]),
        ("say how the answer is sent", [each for each in together if each.ENDS]),
    ):
        if len(members) > 1:
            raise ValueError(f"{' and '.join(each.NAME for each in members)} both {kind}; one of them can")


def describe(effect: Effect) -> dict[str, Any]:
    """Write an effect as it is read, with what differs from the defaults."""
    document: dict[str, Any] = {"effect": effect.NAME}
    for each in effect.parameters():
        value = getattr(effect, each.name)
        default = each.default_factory() if each.default_factory is not MISSING else each.default
        if value != default:
            document[effect.called(each)] = list(value) if isinstance(value, tuple) else value
    return document
