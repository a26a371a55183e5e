"""Payloads that a model must refuse, each for one reason that is named."""

from __future__ import annotations

import copy
import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from contracts.strategies.judge import Broken
from contracts.strategies.nodes import lengths_between
from contracts.strategies.payloads import Plan, Same, find_model, plan
from contracts.strategies.spoiling import Spoiler, judged, spoilers
from schemas.catalog import Catalog
from schemas.variants import Variants


@dataclass(frozen=True, slots=True)
class InvalidPayload:
    """A payload that breaks one named thing.

    ``pointer`` is the JSON pointer of the offending value (of the object, where a property is missing or too much; of
    the list, for a prose rule), ``keyword`` the schema's keyword or the id of the prose rule, ``property`` the name
    that an answer has to tell. ``also`` are the keywords that cannot but be broken with it, elsewhere or there: a text
    that is no number is not in an enum of numbers either. Most often there are none.
    """

    payload: dict[str, Any]
    pointer: str
    keyword: str
    property: str
    also: tuple[str, ...] = ()


def invalid_payloads(
    model_id: str, *, models: Catalog | None = None, variants: Variants | None = None
) -> st.SearchStrategy[InvalidPayload]:
    """Draw a valid payload with one place spoilt. Ledger: ``error.422``, ``rules.*``.

    It is invalid under every variant of the ledger's switches; with ``variants``, under those, and what only they
    refuse is drawn as well: bad URIs (``dialect.uri-format``) and the lack of undeclared properties
    (``dialect.undeclared-required-effect``). Undeclared properties are no violation, unless the schema forbids them.

    Raises ``KeyError`` for a model that there is not, and ``ValueError`` where nothing valid, or nothing invalid,
    could be made.
    """
    spoiling = _spoiling(Same(find_model(model_id, models)), variants)
    if not spoiling.listed:
        raise ValueError(f"{model_id} takes every object: there is nothing to break")
    return spoiling.strategy


def violation_cases(
    model_id: str, *, models: Catalog | None = None, variants: Variants | None = None
) -> list[InvalidPayload]:
    """Return each violation once, on the plainest payload, in the order of the page; the list may be changed.

    Raises ``KeyError`` for a model that there is not, `CannotGenerateError` where nothing valid could be made.
    """
    return copy.deepcopy(_spoiling(Same(find_model(model_id, models)), variants).listed)


@dataclass(frozen=True, slots=True)
class _Spoiling:
    listed: list[InvalidPayload]
    strategy: st.SearchStrategy[InvalidPayload]


@functools.lru_cache(maxsize=256)
def _spoiling(key: Same, variants: Variants | None) -> _Spoiling:
    made_plan = plan(key.model, variants)
    found = spoilers(made_plan)
    cases = [[_invalid(spoiler, *each) for each in made] for spoiler, made in found]
    listed = {repr(case): case for several in cases for case in several}
    kinds = tuple((spoiler, case) for (spoiler, _), several in zip(found, cases, strict=True) for case in several[:1])
    strategy = _invalid_payloads(made_plan, st.sampled_from(kinds)) if kinds else st.nothing()
    return _Spoiling(list(listed.values()), strategy)


@st.composite
def _invalid_payloads(
    draw: st.DrawFn, made_plan: Plan, kinds: st.SearchStrategy[tuple[Spoiler, InvalidPayload]]
) -> InvalidPayload:
    spoiler, example = draw(kinds)
    base = draw(made_plan.strategy)
    spoilt = judged(
        made_plan, spoiler, base, lambda low, high: low if low == high else draw(lengths_between(low, high))
    )
    return copy.deepcopy(example) if spoilt is None else _invalid(spoiler, *spoilt)


def _invalid(spoiler: Spoiler, payload: dict[str, Any], pointer: str, rest: Iterable[Broken]) -> InvalidPayload:
    also = tuple(dict.fromkeys(keyword for _, keyword in rest))
    return InvalidPayload(payload, pointer, spoiler.keyword, spoiler.named, also)
