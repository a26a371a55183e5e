"""How much a run tries: three depths, by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from contracts.server.playing.exploring import Effort
from contracts.server.schema.size import DEFAULT, QUICK, Size


class Depth(StrEnum):
    """The names of the depths, the least first."""

    QUICK = "quick"
    DEFAULT = "default"
    DEEP = "deep"


@dataclass(frozen=True, slots=True)
class Extent:
    """What is tried in one round, and in how many seconds of real time all of it has to be over.

    ``again`` says that there are rounds with other seeds until the time is nearly up.
    """

    payloads: Effort
    lives: Effort
    schemathesis: Size
    deadline: float
    again: bool = False


EXTENTS: Mapping[Depth, Extent] = {
    Depth.QUICK: Extent(Effort(60), Effort(60), QUICK, deadline=60),
    Depth.DEFAULT: Extent(Effort(2000), Effort(400, steps=30), DEFAULT, deadline=300),
    Depth.DEEP: Extent(Effort(2000), Effort(400, steps=50), DEFAULT, deadline=600, again=True),
}
