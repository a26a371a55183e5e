"""Servers that are a function, and a tour of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.exchange import Answer
from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.target import FakeTarget
from contracts.server.judging.collector import Collector
from contracts.server.playing.tour import Tour
from tests.contracts.server.scripted import BASE, stage

Answering = Callable[[str, str, bytes | None], Answer]
"""Answers a method, a path and a body."""


@dataclass
class Function:
    """A connection to a function."""

    answering: Answering
    base_url: str = BASE

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        return self.answering(method, path, body)

    def close(self) -> None:
        """There is nothing to let go of."""


class Only(FakeTarget):
    """A target with one stage."""

    def staged(self, *options: str, more: object = ()) -> Any:
        return None


def tour_of(answering: Answering, *, only_first: bool = False, limits: Limits | None = None, seed: int = 1) -> Tour:
    """Return a tour of a server without a control plane."""
    made = replace(stage(), connection=Function(answering))
    meter = Meter(limits or Limits(deadline=1e9))
    return Tour(Only(1), made, meter, Collector(only_first=only_first), seed, patience=0.1, wait=lambda _: None)


def tour_of_fake(limits: Limits | None = None, only_first: bool = False, seed: int = 1, **given: Any) -> Tour:  # noqa: FBT001, FBT002
    """Return a tour of the fake, or of what is made of it."""
    target = FakeTarget(seed, **given)
    meter = Meter(limits or Limits(deadline=1e9))
    return Tour(target, target.open(), meter, Collector(only_first=only_first), seed, wait=lambda _: None)
