"""Payloads that a model takes, whatever its schema, with what only its prose says."""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from contracts.strategies.amounts import Pick, lowest
from contracts.strategies.judge import Judge
from contracts.strategies.nodes import Node, lengths_between
from contracts.strategies.schema_values import CannotGenerateError, Compiler
from contracts.strategies.sums import Summing, summing
from schemas import catalog
from schemas.catalog import Catalog
from schemas.model import Model
from schemas.pointers import from_path
from schemas.variants import Variants

Payload = dict[str, Any]


def payloads(
    model_id: str, *, models: Catalog | None = None, variants: Variants | None = None, integral_floats: bool = False
) -> st.SearchStrategy[Payload]:
    """Draw valid payloads of a model: objects of JSON values, of declared properties alone.

    They are valid under every variant of the ledger's switches; with ``variants``, under those, and more is drawn: what
    ``rules.omitted-durations``, ``rules.no-durations`` and ``dialect.undeclared-required-effect`` leave open.
    (A property that the page requires and does not declare is drawn; where such ones are refused, nothing is valid.)
    With ``integral_floats``, integers are seldom written as ``5.0``, which JSON Schema allows. ``models`` are the
    packaged ones if not given.

    Raises ``KeyError`` for a model that there is not, and `CannotGenerateError` (a ``ValueError``) where nothing
    valid could be made.
    """
    return plan(find_model(model_id, models), variants, integral_floats=integral_floats).strategy


@dataclass(frozen=True, slots=True)
class Plan:
    """All that is known about making payloads of one model."""

    model: Model
    variants: Variants | None
    root: Node
    sums: tuple[Summing, ...]
    judge: Judge
    strategy: st.SearchStrategy[Payload]

    def plain(self) -> Payload:
        """Return a new plain payload."""
        return self.ordered(plainest(self.root, self.sums))

    def ordered(self, payload: Payload) -> Payload:
        """Return a payload with its properties in the order of the page."""
        return in_order(payload, self.judge.names)


def find_model(model_id: str, models: Catalog | None) -> Model:
    """Look up a model, in the packaged catalog if none is given. Raises ``KeyError`` naming those that there are."""
    known = _packaged() if models is None else models
    if model_id not in known:
        raise KeyError(f"no model {model_id!r}; there are {', '.join(known) or 'none'}")
    return known[model_id]


@functools.cache
def _packaged() -> Catalog:
    return catalog.load()


class Same:
    """A model as a key: models are compared by what they are, which takes long."""

    __slots__ = ("model",)

    def __init__(self, model: Model) -> None:
        """Take the model."""
        self.model = model

    def __hash__(self) -> int:
        return id(self.model)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.model is other.model


def plan(model: Model, variants: Variants | None = None, *, integral_floats: bool = False) -> Plan:
    """Return the plan of a model, made once. Raises `CannotGenerateError`."""
    return _plan(Same(model), variants, integral_floats)


@functools.lru_cache(maxsize=256)
def _plan(key: Same, variants: Variants | None, integral_floats: bool) -> Plan:  # noqa: FBT001
    model = key.model
    judge = Judge(model, variants)
    taken: set[tuple[str, ...]] = set()
    sums: list[Summing] = []
    for rule in model.rules:
        made = summing(rule, judge.schema, variants)
        if made is not None and taken.isdisjoint({made.holder, made.total}):
            sums.append(made)
            taken |= {made.holder, made.total}
    compiler = Compiler(
        judge.schema,
        frozenset(from_path([*each.holder, "*", *each.name]) for each in sums),
        {from_path(each.holder): (each.fewest, each.most) for each in sums},
        integral_floats,
    )
    root = compiler.node(judge.schema, only="object")
    made_plan = Plan(model, variants, root, tuple(sums), judge, _payloads(root, tuple(sums), judge))
    if not judge.is_valid(made_plan.plain()):
        raise CannotGenerateError("", f"the plainest payload of {model.model_id} breaks one of its rules")
    return made_plan


@st.composite
def _payloads(draw: st.DrawFn, root: Node, sums: tuple[Summing, ...], judge: Judge) -> Payload:
    payload: Payload = root.draw(draw)
    pick: Pick = lambda low, high: low if low == high else draw(lengths_between(low, high))  # noqa: E731
    if not settle(sums, payload, pick) or not judge.is_valid(payload):
        for rule in judge.rules:  # of a shape that is not made by construction: without the list, there is no rule
            payload.pop(rule.terms.split("/")[1], None)
        if not judge.is_valid(payload):
            payload = plainest(root, sums)
    return in_order(payload, judge.names)


def in_order(payload: Payload, names: Iterable[str]) -> Payload:
    """Return a payload with those of its properties first that are named, in that order."""
    return {name: payload[name] for name in dict.fromkeys([*names, *payload]) if name in payload}


def plainest(root: Node, sums: tuple[Summing, ...]) -> Payload:
    """Make a new plain payload; that it is valid is looked at once, when the plan is made."""
    payload: Payload = root.plain()
    settle(sums, payload, lowest)
    return payload


def settle(sums: tuple[Summing, ...], payload: Payload, pick: Pick, *, keep: bool = False) -> bool:
    """Make the prose rules hold for a payload; tell whether that could be done."""
    settled = [each.settle(payload, pick, keep=keep) for each in sums]
    return all(settled)
