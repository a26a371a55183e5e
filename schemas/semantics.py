"""Rules that a model's page states only in prose, declared as data in ``rules.json`` beside its schema.

One kind of rule exists so far, ``sum_equals``: the numbers at ``terms`` (a pointer pattern) add up to the number at
``total``. A number that the payload omits takes the schema's default, counts as 0, or leaves the rule without effect
(ledger: ``rules.omitted-durations``). Where the list of the terms is missing, so is the rule; where it is empty, the
ledger has a switch (``rules.no-durations``).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeGuard

from schemas.errors import Problem, SchemaError
from schemas.findings import Finding, shorten
from schemas.pointers import split, values

Omitted = Literal["default", "skip", "zero"]
Empty = Literal["exempt", "checked"]

_FIELDS = frozenset({"id", "kind", "terms", "total", "prose", "message"})


@dataclass(frozen=True, slots=True)
class SumRule:
    """``terms`` add up to ``total``; ``prose`` points at the words of the page (in ``input.json``) that say so."""

    rule_id: str
    terms: str
    total: str
    prose: str
    message: str

    def bind(self, schema: Mapping[str, object], omitted: Omitted, empty: Empty = "exempt") -> BoundSum:
        """Prepare the rule for one model: ``schema`` is its normalised input schema, which knows the defaults."""
        *holders, name = split(self.terms)
        defaults = {"default": _default(schema, self.terms), "skip": None, "zero": 0}
        return BoundSum(
            rule=self,
            holders=tuple(holders),
            name=name,
            term_default=defaults[omitted],
            total=tuple(split(self.total)),
            total_default=None if omitted == "skip" else _default(schema, self.total),
            empty_list=tuple(split(self.terms.split("/*", 1)[0])) if empty == "checked" else None,
        )


@dataclass(frozen=True, slots=True)
class BoundSum:
    """A `SumRule` with its pointers taken apart and its defaults looked up.

    ``empty_list`` is where the list of the terms stands, if an empty one is checked.
    """

    rule: SumRule
    holders: tuple[str, ...]
    name: str
    term_default: object
    total: tuple[str, ...]
    total_default: object
    empty_list: tuple[str, ...] | None

    def check(self, payload: object) -> Finding | None:
        """Return the finding if ``payload`` breaks the rule, else ``None``.

        A value that is no number is the schema's to refuse, not this rule's.
        """
        terms = self._terms(payload)
        if not terms and (self.empty_list is None or values(payload, self.empty_list) != [[]]):
            return None
        total = next(iter(values(payload, self.total)), self.total_default)
        if not _is_number(total) or not _are_numbers(terms):
            return None
        added = _sum(terms)
        if added == total or (isinstance(added, float) and _is_close(added, total)):
            return None
        return Finding(
            pointer=self.rule.terms.split("/*", 1)[0],
            keyword=self.rule.rule_id,
            limit=total,
            value=shorten(added),
            message=f"{self.rule.message}: they add up to {shorten(added)}, not {shorten(total)}",
        )

    def _terms(self, payload: object) -> list[object]:
        """Return the terms; one that an object leaves out at its default, as far as it has one."""
        if self.name == "*":
            return values(payload, (*self.holders, "*"))
        holders = [item for item in values(payload, self.holders) if isinstance(item, dict)]
        return [item.get(self.name, self.term_default) for item in holders]


def _default(schema: Mapping[str, object], pattern: str) -> object:
    place: object = schema
    for part in split(pattern):
        if not isinstance(place, Mapping):
            return None
        properties = place.get("properties")
        place = place.get("items") if part == "*" else isinstance(properties, Mapping) and properties.get(part)
    return place.get("default") if isinstance(place, Mapping) else None


def parse_rules(document: object, *, file: str) -> tuple[SumRule, ...]:
    """Read a parsed ``rules.json``: ``{"rules": [{id, kind, terms, total, prose, message}]}``.

    Raises `SchemaError` naming the place of whatever is wrong.
    """
    rules = document.get("rules") if isinstance(document, Mapping) else None
    if not isinstance(rules, Sequence) or isinstance(rules, str):
        raise SchemaError(Problem(file, "", "rules", 'expected an object {"rules": [...]}'))
    return tuple(_parse_rule(rule, f"/rules/{index}", file) for index, rule in enumerate(rules))


def _parse_rule(rule: object, pointer: str, file: str) -> SumRule:
    if not isinstance(rule, Mapping) or rule.keys() != _FIELDS or not all(isinstance(v, str) for v in rule.values()):
        fields = ", ".join(sorted(_FIELDS))
        raise SchemaError(Problem(file, pointer, "", f"a rule is an object with the texts {fields}, and no others"))
    if rule["kind"] != "sum_equals":
        raise SchemaError(
            Problem(file, f"{pointer}/kind", "kind", f"unknown kind {rule['kind']!r}; known is sum_equals")
        )
    for name in ("terms", "total", "prose"):
        if not rule[name].startswith("/"):
            raise SchemaError(Problem(file, f"{pointer}/{name}", name, "expected a JSON pointer, starting with '/'"))
    return SumRule(rule["id"], rule["terms"], rule["total"], rule["prose"], rule["message"])


def _sum(terms: list[int | float]) -> int | float:
    try:
        return sum(terms)
    except OverflowError:  # a fraction beside an integer that no float can hold
        return math.inf


def _is_close(added: float, total: float) -> bool:
    """Compare sums of fractions; an integer that no float can hold is close to none."""
    try:
        return math.isclose(added, total)
    except OverflowError:
        return False


_NUMBERS = frozenset({int, float})  # parsed JSON has no other; a boolean is none


def _is_number(value: object) -> TypeGuard[int | float]:
    return type(value) in _NUMBERS


def _are_numbers(found: list[object]) -> TypeGuard[list[int | float]]:
    return _NUMBERS.issuperset(map(type, found))
