"""Numbers within the bounds of a schema: drawn, at the bounds, and beyond them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

MOST_EXACT = 2**53 - 1  # beyond that, JSON readers do not agree on integers
_MOST = 1e15
_TINY = 1e-9
_FAR = 1_000_000
_NEAR = Fraction(1, 100)
_TRIES = 64  # steps to the side until a multiple is one by every way of dividing


@dataclass(frozen=True, slots=True)
class Numbers:
    """The numbers that a schema allows, apart from any enum.

    With a ``step``, they are its multiples from ``first`` to ``last`` times the step; without, all from ``low`` to
    ``high``. What the schema leaves open is bounded by what JSON can carry safely.
    """

    low: float
    high: float
    step: Fraction | None
    first: int = 0
    last: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is none."""
        return self.low > self.high if self.step is None else self.first > self.last

    def at(self, index: int) -> int | float:
        """Return a multiple of the step; for a step that no float can hold the nearest that all agree on."""
        assert self.step is not None
        number = self.step * index
        return int(number) if number.denominator == 1 else float(number)

    def edges(self) -> list[tuple[str, Any]]:
        """Return ``(name, number)`` for each end, and for what lies just inside it."""
        if self.step is None:
            low, high = _plain(self.low), _plain(self.high)
            inside = [max(self.low, _above(self.low)), min(self.high, _below(self.high))]
            ends = [("least", low), ("greatest", high)]
            ends += [("just inside", number) for number in inside if self.low < number < self.high]
            whole = [(name, float(end)) for name, end in ends[:2] if type(end) is int]
            return [*ends, *((f"{name}, as a fraction", end) for name, end in whole)]
        inner = [self.first, self.last, self.first + 1, self.last - 1]
        names = ("least", "greatest", "just inside", "just inside")
        found = {self.at(index): name for name, index in zip(names, inner, strict=True) if self._holds(index)}
        return [(name, number) for number, name in found.items()]

    def _holds(self, index: int) -> bool:
        return self.first <= index <= self.last and self._is_multiple(index)

    def _is_multiple(self, index: int) -> bool:
        """Tell whether dividing by the step as floats agrees that a multiple is one."""
        assert self.step is not None
        return self.step.denominator == 1 or (self.at(index) / float(self.step)).is_integer()

    def _agreed(self, index: int) -> int:
        sides = (index + side * sign for side in range(_TRIES) for sign in (-1, 1))
        return next((each for each in sides if self._holds(each)), index)

    def strategy(self, favourites: tuple[Any, ...] = (), *, integral_floats: bool = False) -> st.SearchStrategy[Any]:
        """Draw one of them, the ``favourites`` and the ends more often than the rest."""
        if self.step is not None:
            near = st.integers(self.first, self.last)
            if self.step == 1 and not integral_floats:
                return near
            made = near.map(self.at if self.step.denominator == 1 else lambda index: self.at(self._agreed(index)))
            if not integral_floats:
                return made
            return st.one_of(*[made] * 7, near.map(self.at).map(float).filter(self._carries))
        zero = (0,) if self.low <= 0 <= self.high else ()
        named = list(
            {repr(each): each for each in (*zero, *(number for _, number in self.edges()), *favourites)}.values()
        )
        return st.one_of(st.sampled_from(named), st.floats(self.low, self.high, allow_subnormal=False))

    def _carries(self, number: float) -> bool:
        return abs(number) <= MOST_EXACT

    def beyond(self, schema: Mapping[str, Any], *, whole: bool) -> dict[str, list[Any]]:
        """Return for each bound of ``schema`` (by its keyword) numbers just beyond it, and far beyond."""
        near: Fraction | int = 1 if whole else _NEAR
        found: dict[str, list[Any]] = {}
        for keyword, sign in (("minimum", -1), ("maximum", 1), ("exclusiveMinimum", -1), ("exclusiveMaximum", 1)):
            if keyword in schema:
                bound = Fraction(schema[keyword])
                bare = [bound] if keyword.startswith("exclusive") else []
                numbers = [*bare, bound + sign * near, bound + sign * _FAR]
                if whole:
                    numbers = [Fraction((math.floor if sign < 0 else math.ceil)(number)) for number in numbers]
                found[keyword] = [_plain(float(number)) for number in numbers]
        if "multipleOf" in schema:
            step = Fraction(str(schema["multipleOf"]))
            index = min(max(self.first, 0), self.last)  # of those allowed, the one next to nothing
            off = [index * step + part * step for part in (Fraction(1, 2), Fraction(1, 4), Fraction(-1, 2))]
            if whole:
                off = [Fraction(index * step + part) for part in (1, -1)]
            found["multipleOf"] = [_plain(float(number)) for number in off if number % step]
        return found


def numbers(schema: Mapping[str, Any], *, whole: bool) -> Numbers:
    """Read the bounds of a schema; ``whole`` if only integers are meant."""
    lows = [Fraction(schema[key]) for key in ("minimum", "exclusiveMinimum") if key in schema]
    highs = [Fraction(schema[key]) for key in ("maximum", "exclusiveMaximum") if key in schema]
    low, high = max(lows, default=None), min(highs, default=None)
    low_open = low is not None and Fraction(schema.get("exclusiveMinimum", low - 1)) == low
    high_open = high is not None and Fraction(schema.get("exclusiveMaximum", high + 1)) == high
    steps = [Fraction(str(schema["multipleOf"]))] if "multipleOf" in schema else []
    step = common_step(*steps, *([Fraction(1)] if whole else []))
    if step is None:
        return Numbers(_end(low, high, low_open, -1), _end(high, low, high_open, 1), None)
    reach = max(1, int(MOST_EXACT / step))
    first = math.floor(low / step) + 1 if low_open and low is not None else math.ceil((low or 0) / step)
    last = math.ceil(high / step) - 1 if high_open and high is not None else math.floor((high or 0) / step)
    first = first if low is not None else min(-reach, last if high is not None else 0)
    last = last if high is not None else max(reach, first)
    return Numbers(0.0, 0.0, step, first, last)


def common_step(*steps: Fraction) -> Fraction | None:
    """Return the least step whose multiples are multiples of each of ``steps``; ``None`` for none."""
    found: Fraction | None = None
    for step in steps:
        found = step if found is None else _least_multiple(found, step)
    return found


def _least_multiple(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(math.lcm(one.numerator, other.numerator), math.gcd(one.denominator, other.denominator))


def _end(bound: Fraction | None, opposite: Fraction | None, is_open: bool, sign: int) -> float:  # noqa: FBT001
    if bound is None:
        return sign * _MOST if opposite is None else max(_MOST, 2 * abs(float(opposite))) * sign
    number = float(bound)
    if not is_open:
        return number
    return math.nextafter(number, -sign * math.inf) if number else -sign * _TINY


def _plain(number: float) -> int | float:
    return int(number) if number.is_integer() else number


def _above(number: float) -> float:
    return math.nextafter(number, math.inf) if number else _TINY


def _below(number: float) -> float:
    return math.nextafter(number, -math.inf) if number else -_TINY
