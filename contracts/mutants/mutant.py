"""A wrong server: the fake with one mistake that a real server, or somebody's own fake, could have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from contracts.mutants.asgi import ASGIApp
from contracts.targets import App

Break = Callable[[App], ASGIApp]
"""Takes a fresh fake, which is used up by that, and returns the wrong server that it has become."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One mistake.

    ``name`` is in kebab case and stable, ``text`` says in one line what is wrong, ``ledger`` has the ids of the facts
    that it breaks. ``break_`` works on every fresh fake, whatever its options; what a wrong server remembers, it keeps
    with that fake, and its control plane is the fake's own. ``promised``: it is one of the ledger's variants, and wrong
    only on a server that promises another, as ``GET /__mock__/ledger`` of the fake does. ``needs`` is the option of
    ``serve`` that the fake must have for anybody to see it (empty: none).
    """

    name: str
    text: str
    ledger: tuple[str, ...]
    break_: Break
    promised: bool = False
    needs: str = ""


def by_name(*themes: tuple[Mutant, ...]) -> dict[str, Mutant]:
    """Put mutants together. Raises ``ValueError`` where two have one name."""
    mutants = [mutant for theme in themes for mutant in theme]
    found = {mutant.name: mutant for mutant in mutants}
    if len(found) < len(mutants):
        names = [mutant.name for mutant in mutants]
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"mutants have names of their own; given twice: {', '.join(twice)}")
    return found
