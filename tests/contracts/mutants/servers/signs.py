"""What gives a mutant away on the tour: one change at one place, which shows that it is what it says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from contracts.mutants.mutant import Mutant
from tests.contracts.mutants.calling import Told
from tests.contracts.mutants.conftest import Tours


@dataclass(frozen=True, slots=True)
class Sign:
    """At a call with ``where`` in its name: another ``status``, a text that is ``there`` only, or ``gone``, or both."""

    where: str = ""
    there: str = ""
    gone: str = ""
    status: int = 0


def at(where: str, *, there: str = "", gone: str = "", status: int = 0) -> Sign:
    return Sign(where, there, gone, status)


def status(where: str, number: int) -> Sign:
    return Sign(where, status=number)


def show(tours: Tours, mutants: Iterable[Mutant], signs: Mapping[str, Sign], *, name: str) -> None:
    """Hold a mutant to its sign; every mutant of a theme has one."""
    assert {each.name for each in mutants} == set(signs)
    right, wrong = _keyed(tours.right), _keyed(tours.of(name))
    sign = signs[name]
    assert any(_is_shown(sign, right[key], wrong[key]) for key in right.keys() & wrong.keys() if sign.where in key[0])


def _keyed(record: list[tuple[str, Told]]) -> dict[tuple[str, int], Told]:
    """Name calls without the ids of requests, those of one name by their number."""
    counts: Counter[str] = Counter()
    keyed: dict[tuple[str, int], Told] = {}
    for name, told in record:
        plain = re.sub(r"/requests/[^/]+/", "/requests/*/", name)
        counts[plain] += 1
        keyed[plain, counts[plain]] = told
    return keyed


def _is_shown(sign: Sign, right: Told, wrong: Told) -> bool:
    before, after = (f"{told.headers} {told.body.decode(errors='replace')}" for told in (right, wrong))
    return (
        (not sign.status or (wrong.status == sign.status != right.status))
        and (not sign.there or (sign.there in after and sign.there not in before))
        and (not sign.gone or (sign.gone in before and sign.gone not in after))
    )
