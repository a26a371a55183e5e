"""Plans of faults: documents of rules as scenario files hold them, drawn from everything that can go wrong."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import Any

from hypothesis import strategies as st

from contracts.strategies.answers import answers, applicable
from contracts.strategies.matches import matches
from contracts.strategies.values import seldom, short_text, sparse
from contracts.targets import CATALOGUE, Operation

Plan = dict[str, Any]

MOST_ANSWERS = 4
_FEW = 3  # operations of a rule, unless it is about all of them


def fault_plans(
    *,
    operations: Iterable[str] | None = None,
    effects: Iterable[str] | None = None,
    accounts: Iterable[str] = (),
    max_rules: int = 4,
    longest_seconds: float = 0.05,
) -> st.SearchStrategy[Plan]:
    """Draw ``{"rule": [...]}`` with one rule or more, which the fake accepts, and JSON and TOML can write.

    ``operations`` and ``effects`` (both by name) narrow what happens to what; ``ok`` is drawn within a sequence all the
    same, since it is no trouble. With ``accounts`` (tokens or fingerprints) some rules are about one of them alone. No
    single wait is longer than ``longest_seconds``, and no generation; a ``stall`` ends when the client gives up.

    It shrinks to one rule with one answer for one operation, and with no condition that does not matter. Raises
    ``ValueError`` for a name that there is not, and where no effect applies to any operation.
    """
    names = _known("effect", effects, CATALOGUE)
    meant = [Operation(name) for name in _known("operation", operations, list(Operation))]
    if max_rules < 1 or longest_seconds < 0:
        raise ValueError("a plan has one rule or more, and waits no negative time")
    groups = [
        frozenset(several)
        for size in sorted({*range(1, min(len(meant), _FEW) + 1), len(meant)})
        for several in combinations(meant, size)
        if applicable(frozenset(several), names)
    ]
    if not groups:
        raise ValueError(f"none of {', '.join(names)} applies to {', '.join(meant)}")
    single = [group for group in groups if len(group) == 1]
    rules = st.one_of(*[st.sampled_from(single)] * 2, st.sampled_from(groups)).flatmap(
        lambda group: _rules(group, names, tuple(accounts), longest_seconds, may_omit=operations is None)
    )
    several = st.lists(st.one_of(st.none(), rules, rules.map(_same)), min_size=1, max_size=max_rules)
    calm = {"match": {} if operations is None else {"operation": meant[0].value}, "answers": ["ok"]}
    return several.map(lambda drawn: {"rule": _some(drawn) or [calm]})


def _some(drawn: Sequence[Any]) -> list[Any]:
    """Leave out the nothings: what turns into one shrinks away more easily than what has to be cut out of a list."""
    return [each for each in drawn if each is not None]


def _same(drawn: Any) -> Any:
    return drawn


def _known(what: str, given: Iterable[str] | None, known: Iterable[str]) -> tuple[str, ...]:
    """Return the names given, in the order of those known. Raises ``ValueError`` for another one, and for none."""
    wanted = set(known if given is None else given)
    if not wanted or not wanted <= set(known):
        raise ValueError(
            f"expected names of {what}s out of {', '.join(known)}, not {', '.join(sorted(wanted)) or 'none'}"
        )
    return tuple(name for name in known if name in wanted)


@functools.lru_cache(maxsize=1024)
def _rules(
    group: frozenset[Operation],
    names: tuple[str, ...],
    accounts: tuple[str, ...],
    longest_seconds: float,
    *,
    may_omit: bool,
) -> st.SearchStrategy[dict[str, Any]]:
    answer = answers(applicable(group, names), longest_seconds)
    one = st.one_of(st.none(), st.just("ok"), answer, *[answer.map(_same) for _ in range(3)])
    sequence = st.lists(one, min_size=1, max_size=MOST_ANSWERS).map(lambda drawn: _some(drawn) or ["ok"])
    return sparse(
        {
            "match": matches(group, accounts, may_omit=may_omit),
            "answers": sequence,
            "times": seldom(2, 3),
            "then": seldom("repeat_last", "error", "ok"),
        },
        {"name": short_text(10)},
    )
