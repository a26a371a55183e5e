"""Chance that can be repeated: every draw comes from the seed and the name of what it is for."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mock_server.core.ids import digest

_WORD = 8
_STATES = float(1 << 53)
_BLOCK = 64


@dataclass(frozen=True, slots=True)
class Draws:
    """The draws of one occasion, such as the third time that a rule fires for an account."""

    seed: int
    occasion: tuple[str | int, ...]

    def uniform(self, name: str) -> float:
        """Return a number in [0, 1); the same one whenever it is asked for under that name."""
        word = int.from_bytes(digest(self.seed, *self.occasion, name, size=_WORD), "big")
        return (word >> 11) / _STATES

    def normal(self, name: str) -> float:
        """Return a number of the standard normal distribution (Box and Muller's transform)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.uniform(f"{name}.radius")))
        return radius * math.cos(2.0 * math.pi * self.uniform(f"{name}.angle"))

    def data(self, name: str, size: int) -> bytes:
        """Return ``size`` bytes."""
        blocks = range(0, size, _BLOCK)
        return b"".join(digest(self.seed, *self.occasion, name, block, size=_BLOCK) for block in blocks)[:size]
