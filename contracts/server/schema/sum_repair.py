"""Payloads of a general generator made to keep the rules that a page states only in prose."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from schemas.openapi import RULES
from schemas.pointers import split, values
from schemas.semantics import SumRule


def rules_of(operation: Mapping[str, Any]) -> list[SumRule]:
    """Read the sum rules of one operation of the OpenAPI document."""
    return [
        SumRule(rule["id"], rule["terms"], rule["total"], prose="", message=rule["message"])
        for rule in operation.get(RULES, ())
    ]


def repaired(payload: Mapping[str, Any], schema: Mapping[str, Any], rules: Iterable[SumRule]) -> dict[str, Any]:
    """Return a payload that keeps ``rules``, as much of ``payload`` as can be kept.

    ``payload`` matches ``schema``, the normalised input schema. Every number that counts is written out, so that the
    outcome keeps the rules whatever an omission means (ledger: ``rules.omitted-durations``). A list whose numbers
    cannot add up to an allowed total is shortened, at last to nothing, and then left out (``rules.no-durations``).
    """
    made = deepcopy(dict(payload))
    for rule in rules:
        _repair(made, schema, rule)
    return made


def _repair(payload: dict[str, Any], schema: Mapping[str, Any], rule: SumRule) -> None:
    place, _, below = rule.terms.partition("/*")
    *parents, name = split(place)
    term, total = split(below), split(rule.total)
    holder: Any = next(iter(values(payload, parents)), None)
    items = holder.get(name) if isinstance(holder, dict) else None
    if not isinstance(items, list) or len(term) != 1 or len(total) != 1:
        return  # no list, no rule; and a rule of another make is left to the server
    wanted = _bounds(schema, total)
    default = _at(schema, [*split(place), "*", *term]).get("default")
    kept: list[Any] = []
    added = 0.0
    for item in items:
        number = item.get(term[0], default) if isinstance(item, dict) else None
        if isinstance(number, bool) or not isinstance(number, int | float) or added + number > wanted[1]:
            continue
        kept.append({**item, term[0]: number})
        added += number
    fewest = _at(schema, split(place)).get("minItems", 0)
    if kept and len(kept) >= fewest and added >= wanted[0]:
        holder[name] = kept
        payload[total[0]] = int(added) if added.is_integer() else added
    else:
        del holder[name]


def _bounds(schema: Mapping[str, Any], path: list[str]) -> tuple[float, float]:
    part = _at(schema, path)
    return part.get("minimum", float("-inf")), part.get("maximum", float("inf"))


def _at(schema: Mapping[str, Any], path: list[str]) -> Mapping[str, Any]:
    found: Any = schema
    for step in path:
        found = found.get("items", {}) if step == "*" else found.get("properties", {}).get(step, {})
    return found if isinstance(found, Mapping) else {}
