"""How long requests wait and run: ``instant``, ``polls:Q,R``, ``time:Q,R`` or ``manual``."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Self

from mock_server.core.lifecycle import Held, Plan, Reads, Seconds

LONGEST = 1e9  # seconds; some thirty years

_FORMS = "instant, manual, polls:Q,R (whole numbers of reads) or time:Q,R (seconds), such as polls:1,2 or time:2,4"


class PaceError(ValueError):
    """A pace that is none; the text says what there is."""


@dataclass(frozen=True, slots=True)
class Pace:
    """The plan that each new request gets; ``name`` is the text that `Pace.parse` reads."""

    name: str
    plan: Plan

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a pace as the command line takes it. Raises `PaceError`."""
        match text.strip().split(":"):
            case ["instant"]:
                return cls("instant", Plan(Seconds(0), Seconds(0)))
            case ["manual"]:
                return cls("manual", Plan(Held(), Held()))
            case ["polls", numbers] if re.fullmatch(r"\d{1,9},\d{1,9}", numbers, re.ASCII):
                queue, run = map(int, numbers.split(","))
                return cls(f"polls:{queue},{run}", Plan(Reads(queue), Reads(run)))
            case ["time", numbers] if len(seconds := _seconds(numbers)) == 2:  # noqa: PLR2004 - queue and run
                return cls(
                    f"time:{_text(seconds[0])},{_text(seconds[1])}", Plan(Seconds(seconds[0]), Seconds(seconds[1]))
                )
            case _:
                raise PaceError(f"unknown pace {text!r}; a pace is {_FORMS}")

    def __str__(self) -> str:
        return self.name


def instant() -> Pace:
    """Every request is over as soon as it is submitted."""
    return Pace.parse("instant")


def polls(queue: int, run: int) -> Pace:
    """The first ``queue`` reads find a request queued, the next ``run`` reads find it running.

    A read is a status or a result call: some clients poll nothing but the result (ledger: ``result.poll-only``).
    """
    return Pace.parse(f"polls:{queue},{run}")


def timed(queue: float, run: float) -> Pace:
    """A request is queued for ``queue`` seconds and runs for ``run`` seconds of the fake's clock."""
    return Pace.parse(f"time:{queue},{run}")


def manual() -> Pace:
    """Requests move only by hand: ``fake.move`` or ``POST /__mock__/requests/{id}``."""
    return Pace.parse("manual")


def _text(seconds: float) -> str:
    return str(int(seconds)) if seconds.is_integer() else repr(seconds)


def _seconds(text: str) -> list[float]:
    try:
        numbers = [float(part) for part in text.split(",")]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) and 0 <= number <= LONGEST for number in numbers) else []
