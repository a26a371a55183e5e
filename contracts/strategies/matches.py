"""Which calls a rule of a plan is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from contracts.strategies.values import seldom, sparse
from contracts.targets import OF_REQUEST, Operation, Status
from schemas import catalog

_WITH_MODEL = OF_REQUEST | {Operation.SUBMIT, Operation.MODEL}
_WITH_PAYLOAD = OF_REQUEST | {Operation.SUBMIT}
_MOST_NTH = 4


def matches(
    group: frozenset[Operation], accounts: Sequence[str], *, may_omit: bool
) -> st.SearchStrategy[dict[str, Any]]:
    """Draw a match for the operations of ``group``, with the conditions that calls of all of them can meet."""
    operations: list[str] = [each.value for each in Operation if each in group]
    named = st.just(operations[0] if len(operations) == 1 else operations)
    short: dict[str, st.SearchStrategy[Any]] = {"nth": seldom(*range(2, _MOST_NTH + 1))}
    conditions: dict[str, st.SearchStrategy[Any]] = {}
    if may_omit:
        conditions["operation"] = named
    if group <= _WITH_MODEL:
        conditions["model"] = _models()
    if group <= _WITH_PAYLOAD:
        conditions["payload"] = _payloads()
    if group <= OF_REQUEST:
        short["state"] = seldom(*(each.value for each in Status))
    conditions["header"] = _headers()
    if accounts:
        short["account"] = seldom(*accounts)
    return sparse(short if may_omit else {"operation": named, **short}, conditions)


def _models() -> st.SearchStrategy[str]:
    known = list(catalog.load())
    families = {f"{name.partition('/')[0]}/*" for name in known}
    kinds = {f"*/{name.rpartition('/')[2]}" for name in known}
    return st.sampled_from(["*", *sorted(families), *sorted(kinds), *known, "nobody/*", "*?"])


def _payloads() -> st.SearchStrategy[dict[str, Any]]:
    return sparse(
        {},
        {
            "/prompt": st.sampled_from(["*", "*a*", "?*", "*kitten*"]),
            "/duration": st.integers(3, 15),
            "/sound": st.booleans(),
            "/multi_prompt/*/duration": st.integers(1, 9),
        },
    )


def _headers() -> st.SearchStrategy[dict[str, str]]:
    return sparse(
        {},
        {
            "user-agent": st.sampled_from(["*", "python*", "nobody/*"]),
            "accept": st.sampled_from(["*", "*json*"]),
            "X-Client": st.sampled_from(["*", "a*"]),
        },
    )
