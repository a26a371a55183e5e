"""Numbers that have to add up, made so from the start: how many, what they can be, and what the total can be."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any, Literal

from contracts.strategies.amounts import Amounts, Pick, amounts, lowest, parts
from contracts.strategies.merging import Schema, forms
from schemas.pointers import split, values
from schemas.semantics import SumRule
from schemas.variants import Variants

_MOST_TERMS = 50
_VOID: Literal["void"] = "void"
Counted = Fraction | Literal["void"] | None
"""What a number that is left out counts: as itself, as nothing that could be wrong, or (``None``) nobody knows."""


@dataclass(frozen=True, slots=True)
class Summing:
    """A `SumRule` made ready for drawing: where things stand, what they may be, and what they count if left out.

    ``holder`` is the path of the list, ``name`` the term within an item (empty: the item is the term). The list has
    ``fewest`` to ``most`` items; more than ``most`` are too many for the total. ``empty_is_free`` where the rule says
    nothing of an empty list.
    """

    rule: SumRule
    holder: tuple[str, ...]
    name: tuple[str, ...]
    total: tuple[str, ...]
    terms: Amounts
    totals: Amounts
    term_required: bool
    total_required: bool
    term_omitted: Counted
    total_omitted: Counted
    empty_is_free: bool
    fewest: int = 0
    most: int = 0

    def settle(self, payload: dict[str, Any], pick: Pick, *, keep: bool = False) -> bool:
        """Set the terms and the total of a payload so that the rule holds; tell whether that could be done.

        With ``keep``, terms that are there stay, if the total can be their sum.
        """
        found = values(payload, self.holder)
        if not found or not isinstance(found[0], list):
            return True
        items = found[0]
        if not items:
            return self._settle_empty(payload, pick)
        if keep and self.agree(payload, pick):
            return True
        voids = self.term_omitted == _VOID and not self.term_required
        if voids and pick(0, 1):
            self._omit(items[0])
            return True
        omitted = [item for item in items if self._may_omit(item) and pick(0, 1)]
        counted = self.term_omitted * len(omitted) if isinstance(self.term_omitted, Fraction) else Fraction(0)
        made = parts(self.terms, self.totals, len(items) - len(omitted), counted, pick)
        if made is None and omitted:
            omitted, counted = [], Fraction(0)
            made = parts(self.terms, self.totals, len(items), counted, pick)
        if made is None:
            return False
        rest = iter(made)
        for index, item in enumerate(items):
            if any(item is each for each in omitted):
                self._omit(item)
            else:
                _put(items, (index, *self.name), self.terms.number(next(rest)))
        return self._set_total(payload, counted + sum(made) * self.terms.step, pick)

    def agree(self, payload: dict[str, Any], pick: Pick) -> bool:
        """Set the total alone to what the terms add up to; tell whether that could be done."""
        found = values(payload, self.holder)
        items = found[0] if found and isinstance(found[0], list) else []
        return self._set_total(payload, self._sum(items), pick)

    def sum_of(self, payload: dict[str, Any]) -> Fraction | None:
        """Return what the terms add up to; ``None`` if there are none, or not all are numbers that are given."""
        found = values(payload, self.holder)
        return self._sum(found[0]) if found and isinstance(found[0], list) and found[0] else None

    def put(self, payload: dict[str, Any], path: Sequence[str], value: object) -> bool:
        """Set a value within a payload, a number as JSON has it; tell whether that could be done."""
        if isinstance(value, Fraction):
            value = int(value) if value.denominator == 1 else float(value)
        _put(payload, path, value)
        return values(payload, path) == [value]

    def at(self, payload: dict[str, Any], path: Sequence[str]) -> Fraction | None:
        """Return the number at a path, if there is one."""
        found = next(iter(values(payload, path)), None)
        return _fraction(found)

    def _may_omit(self, item: object) -> bool:
        return bool(self.name) and not self.term_required and isinstance(self.term_omitted, Fraction)

    def _omit(self, item: Any) -> None:
        holder = values([item], ("0", *self.name[:-1]))
        if holder and isinstance(holder[0], dict) and self.name:
            holder[0].pop(self.name[-1], None)

    def _sum(self, items: Sequence[object]) -> Fraction | None:
        added = Fraction(0)
        for item in items:
            if self.name and not isinstance(item, dict):
                continue  # it has no term, and the schema refuses it
            term = next(iter(values([item], ("0", *self.name))), None)
            number = _fraction(term)
            if number is None:
                return None
            added += number
        return added

    def _settle_empty(self, payload: dict[str, Any], pick: Pick) -> bool:
        return self.empty_is_free or self._set_total(payload, Fraction(0), pick)

    def _set_total(self, payload: dict[str, Any], amount: Fraction | None, pick: Pick) -> bool:
        if amount is None:
            return False
        may_omit = not self.total_required and self.total_omitted in (_VOID, amount)
        if may_omit and pick(0, 1) == 0 and (self.total_omitted == amount or not values(payload, self.total)):
            for holder in values(payload, self.total[:-1]):
                if isinstance(holder, dict):
                    holder.pop(self.total[-1], None)
            return True
        if not self.totals.holds(amount):
            return False
        _put(payload, self.total, int(amount) if amount.denominator == 1 else float(amount))
        return True

    def can_have(self, count: int) -> bool:
        """Tell whether so many terms can add up to some total."""
        return parts(self.terms, self.totals, count, Fraction(0), lowest) is not None


def _put(document: Any, path: Sequence[str | int], value: object) -> None:
    """Set what stands at a path; objects on the way are made, lists are not."""
    for number, step in enumerate(path):
        key: Any = int(step) if isinstance(document, list) else step
        if number == len(path) - 1:
            document[key] = value
        elif isinstance(document, dict) and key not in document:
            document[key] = {}
        document = document[key]


def summing(rule: SumRule, root: Schema, variants: Variants | None) -> Summing | None:
    """Make a rule ready for drawing; ``None`` where it is not of the shape that is made by construction.

    That shape is one list, reached through properties alone, whose items are terms or have one each, and numbers that
    a schema of one form allows. Without ``variants``, what is drawn is valid under each of them.
    """
    steps, total = split(rule.terms), tuple(split(rule.total))
    if steps.count("*") != 1 or "*" in total:
        return None
    star = steps.index("*")
    holder, name = tuple(steps[:star]), tuple(steps[star + 1 :])
    found = [_place(root, path) for path in ((*holder, "*", *name), total)]
    if any(each is None for each in found):
        return None
    (term_schema, term_required), (total_schema, total_required) = (each for each in found if each is not None)
    terms, totals = amounts(term_schema), amounts(total_schema)
    listing = _place(root, holder)
    if terms is None or totals is None or listing is None:
        return None
    made = Summing(
        rule=rule,
        holder=holder,
        name=name,
        total=total,
        terms=terms,
        totals=totals,
        term_required=term_required,
        total_required=total_required,
        term_omitted=_omitted(variants, term_schema.get("default"), name),
        total_omitted=_omitted_total(variants, total_schema.get("default")),
        empty_is_free=variants is not None and variants.empty_sum == "exempt",
    )
    return _counted(made, listing[0])


def _counted(made: Summing, listing: Schema) -> Summing:
    """Find how many items the list may have so that the rule can hold."""
    least, most = math.ceil(listing.get("minItems", 0)), int(min(listing.get("maxItems", _MOST_TERMS), _MOST_TERMS))
    zero_fits = made.totals.holds(Fraction(0)) or (not made.total_required and made.total_omitted in (_VOID, 0))
    may_be_empty = least == 0 and (made.empty_is_free or zero_fits)
    fits = [count for count in range(max(least, 1), most + 1) if made.can_have(count)]
    if not fits:
        return replace(made, fewest=0 if may_be_empty else 1, most=0)
    longest = next(count for count in fits if count + 1 not in fits)
    return replace(made, fewest=0 if may_be_empty else fits[0], most=longest)


def _omitted(variants: Variants | None, default: object, name: tuple[str, ...]) -> Counted:
    if not name:
        return None
    number = _fraction(default)
    if variants is None:
        return Fraction(0) if not number else None
    if variants.omitted_durations == "zero":
        return Fraction(0)
    return _VOID if variants.omitted_durations == "skip" or number is None else number


def _omitted_total(variants: Variants | None, default: object) -> Counted:
    number = _fraction(default)
    is_void = number is None or (variants is not None and variants.omitted_durations == "skip")
    return _VOID if is_void else number


def _place(root: Schema, path: Sequence[str]) -> tuple[Schema, bool] | None:
    """Return the plain schema of a place, and whether it is required; ``None`` if it is of several forms."""
    schema: object = root
    required = False
    for step in [*path, ""]:
        found = forms(schema, root)
        if len(found) != 1:
            return None
        plain = found[0].schema
        if step == "":
            return plain, required
        properties = plain.get("properties", {})
        schema = plain.get("items") if step == "*" else properties.get(step)
        required = step in plain.get("required", ())
        if schema is None:
            return None
    return None


def _fraction(value: object) -> Fraction | None:
    """Return a number of JSON exactly; ``None`` for all else."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return Fraction(value)
