from __future__ import annotations

import pytest

from contracts.mutants.mutant import Mutant, by_name


def _mutant(name: str) -> Mutant:
    return Mutant(name, "is wrong", ("status",), lambda app: app)


def test_themes_are_put_together_in_their_order() -> None:
    one, two, three = map(_mutant, ("one", "two", "three"))
    assert list(by_name((one, two), (), (three,)).items()) == [("one", one), ("two", two), ("three", three)]


def test_two_mutants_of_one_name_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"given twice: one, two$"):
        by_name((_mutant("two"), _mutant("one"), _mutant("three")), (_mutant("one"), _mutant("two")))
