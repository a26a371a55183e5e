from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings

from contracts.strategies.answers import answers, applicable
from contracts.targets import CATALOGUE, Operation
from mock_server.trouble.effects import catalogue

QUICK = settings(deadline=None, database=None, max_examples=200, suppress_health_check=list(HealthCheck))
ALL = tuple(CATALOGUE)


@pytest.mark.parametrize("name", ALL)
def test_every_effect_is_drawn_as_it_is_read(name: str) -> None:
    @settings(QUICK, max_examples=30)
    @given(answers((name,), 1.0))
    def check(answer: Any) -> None:
        assert [effect.NAME for effect in catalogue.read(answer)] == [name]

    check()


@QUICK
@given(answers(ALL, 1.0))
def test_effects_that_are_drawn_together_go_together(answer: Any) -> None:
    together = catalogue.read(answer)
    names = [effect.NAME for effect in together]
    assert len(set(names)) == len(names) <= 3
    assert not isinstance(answer, list) or len(answer) > 1


def test_effects_come_together_sometimes() -> None:
    found = find(answers(ALL, 1.0), lambda answer: isinstance(answer, list), settings=QUICK)
    assert len(found) == 2


def test_what_applies_to_every_operation_of_a_group_is_applicable() -> None:
    reads = frozenset({Operation.STATUS, Operation.RESULT})
    assert applicable(reads, ["ok", "fail", "backwards", "no_output", "reset"]) == ("ok", "backwards", "reset")


@pytest.mark.parametrize(
    ("name", "simplest"),
    [("error", 503), ("fail", "fail"), ("http", {"effect": "http", "status": 503}), ("reset", "reset")],
)
def test_the_simplest_form_is_short(name: str, simplest: object) -> None:
    assert find(answers((name,), 1.0), lambda _: True, settings=QUICK) == simplest
