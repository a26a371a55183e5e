"""Amounts that add up: which terms there can be, and a total taken apart into so many of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from contracts.strategies.merging import likely_types
from contracts.strategies.numbers import Numbers, common_step, numbers

Pick = Callable[[int, int], int]
"""Choose an integer from the first to the second, both included."""

_MOST = 10_000  # steps of a bound that the schema leaves open
_DYADIC = (Fraction(1), Fraction(1, 2), Fraction(1, 8), Fraction(1, 64), Fraction(1, 1024))  # add up without rounding
_ENOUGH = 4


def lowest(low: int, _high: int) -> int:
    """Pick the plainest: nothing is drawn."""
    return low


@dataclass(frozen=True, slots=True)
class Amounts:
    """Multiples of ``step`` from ``low`` to ``high`` times it; of those, the ``few`` alone if there are such."""

    low: int
    high: int
    step: Fraction
    few: tuple[int, ...] = ()

    def number(self, index: int) -> int | float:
        """Return the number as JSON has it."""
        made = index * self.step
        return int(made) if made.denominator == 1 else float(made)

    def holds(self, amount: Fraction) -> bool:
        """Tell whether an amount is one of these."""
        index = amount / self.step
        return index.denominator == 1 and (index in self.few if self.few else self.low <= index <= self.high)


def amounts(schema: Mapping[str, Any]) -> Amounts | None:
    """Read the numbers that a schema allows; ``None`` where it is not about numbers alone."""
    kinds = likely_types(schema) if "type" in schema else []
    if "enum" in schema:
        given = schema["enum"]
        if not given or not all(type(value) in (int, float) for value in given):
            return None
        step = Fraction(1, math.lcm(*(Fraction(value).denominator for value in given)))
        few = tuple(sorted({int(Fraction(value) / step) for value in given}))
        return Amounts(few[0], few[-1], step, few)
    if kinds not in (["integer"], ["number"]):
        return None
    if kinds == ["integer"]:
        return _bounded(schema, numbers(schema, whole=True))
    for unit in _DYADIC:
        allowed = numbers(_stepped(schema, unit), whole=False)
        if allowed.last - allowed.first >= _ENOUGH or unit == _DYADIC[-1]:
            return _bounded(schema, allowed)
    return None


def _stepped(schema: Mapping[str, Any], unit: Fraction) -> dict[str, Any]:
    step = common_step(Fraction(str(schema["multipleOf"])), unit) if "multipleOf" in schema else unit
    return {**schema, "multipleOf": float(step or unit)}


def _bounded(schema: Mapping[str, Any], allowed: Numbers) -> Amounts | None:
    if allowed.is_empty or allowed.step is None:
        return None
    first, last = allowed.first, allowed.last
    if {"minimum", "exclusiveMinimum"}.isdisjoint(schema):
        first = max(first, min(0, last))
    if {"maximum", "exclusiveMaximum"}.isdisjoint(schema):
        last = min(last, first + _MOST)
    return Amounts(first, last, allowed.step)


def parts(terms: Amounts, totals: Amounts, count: int, counted: Fraction, pick: Pick) -> list[int] | None:
    """Choose a total, and take it apart into ``count`` terms, in steps of theirs; ``None`` if that cannot be.

    ``counted`` is what is in the total beside them.
    """
    offset = counted / terms.step
    if offset.denominator != 1:
        return None
    reach = _reach(terms, count)
    rest = _total(terms, totals, reach, int(offset), pick)
    if rest is None:
        return None
    rest -= int(offset)
    found = []
    for left in range(count - 1, -1, -1):
        if terms.few:
            possible = [term for term in terms.few if rest - term in reach[left]]
            term = possible[pick(0, len(possible) - 1)]
        else:
            term = pick(max(terms.low, rest - left * terms.high), min(terms.high, rest - left * terms.low))
        found.append(term)
        rest -= term
    return found


def _reach(terms: Amounts, count: int) -> list[frozenset[int]]:
    """Return what no term, one term, and so on can add up to, where terms are few."""
    reach = [frozenset([0])]
    for _ in range(count):
        reach.append(frozenset(total + term for total in reach[-1] for term in terms.few))
    return reach


def _total(terms: Amounts, totals: Amounts, reach: list[frozenset[int]], offset: int, pick: Pick) -> int | None:
    """Choose a total, in steps of the terms, that as many terms can add up to."""
    count, step = len(reach) - 1, terms.step
    least, most = count * terms.low + offset, count * terms.high + offset
    if terms.few or totals.few:
        of_totals = (index * totals.step / step for index in totals.few)
        candidates = list(of_totals) if totals.few else [Fraction(each + offset) for each in reach[count]]
        whole = sorted({int(each) for each in candidates if each.denominator == 1 and totals.holds(each * step)})
        fitting = [each for each in whole if (each - offset in reach[count] if terms.few else least <= each <= most)]
        return fitting[pick(0, len(fitting) - 1)] if fitting else None
    both = common_step(step, totals.step) or step
    first = math.ceil(max(totals.low * totals.step, least * step) / both)
    last = math.floor(min(totals.high * totals.step, most * step) / both)
    return int(pick(first, last) * both / step) if first <= last else None
