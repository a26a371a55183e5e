"""Valid payloads at the edges of what a model takes: bounds, lengths, the values of an enum, all and nothing."""

from __future__ import annotations

import copy
import functools
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hypothesis import strategies as st

from contracts.strategies.amounts import lowest
from contracts.strategies.payloads import Payload, Plan, Same, find_model, plan, settle
from schemas.catalog import Catalog
from schemas.variants import Variants

_MOST = 2000
_TOGETHER = 3


@dataclass(frozen=True, slots=True)
class BoundaryCase:
    """A valid payload; ``label`` says what of it is at which edge: ``/duration: least``."""

    payload: dict[str, Any]
    label: str


def boundary_cases(
    model_id: str, *, models: Catalog | None = None, variants: Variants | None = None
) -> list[BoundaryCase]:
    """Return each edge once, all else plain, in the order of the page; the list may be changed.

    Where a prose rule is about the edge, the rest follows the rule, and what it leaves no room for is not there. Raises
    ``KeyError`` for a model that there is not, `CannotGenerateError` where nothing valid could be made.
    """
    return copy.deepcopy(_edges(Same(find_model(model_id, models)), variants)[0])


def boundary_payloads(
    model_id: str, *, models: Catalog | None = None, variants: Variants | None = None
) -> st.SearchStrategy[Payload]:
    """Draw a payload of `boundary_cases`, or several edges in one. Raises as that does."""
    return _edges(Same(find_model(model_id, models)), variants)[1]


@functools.lru_cache(maxsize=256)
def _edges(key: Same, variants: Variants | None) -> tuple[list[BoundaryCase], st.SearchStrategy[Payload]]:
    made = plan(key.model, variants)
    cases = _cases(made)
    return cases, _combined(made, st.lists(st.sampled_from(cases), min_size=1, max_size=_TOGETHER))


def _cases(made: Plan) -> list[BoundaryCase]:
    found: dict[str, BoundaryCase] = {}
    for pointer, words, payload in islice(made.root.edges(), _MOST):
        payload = copy.deepcopy(payload)  # noqa: PLW2901 - the nodes keep theirs
        if settle(made.sums, payload, lowest, keep=True) and made.judge.is_valid(payload):
            payload = made.ordered(payload)  # noqa: PLW2901
            found.setdefault(repr(payload), BoundaryCase(payload, f"{pointer or '/'}: {words}"))
    return list(found.values())


@st.composite
def _combined(draw: st.DrawFn, made: Plan, several: st.SearchStrategy[list[BoundaryCase]]) -> Payload:
    payload: Payload = {}
    for case in draw(several):
        joined = copy.deepcopy({**payload, **case.payload})
        if settle(made.sums, joined, lowest, keep=True) and made.judge.is_valid(joined):
            payload = joined
        elif not payload:
            payload = copy.deepcopy(case.payload)
    return made.ordered(payload)
