from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, settings

from contracts.strategies.matches import matches
from contracts.targets import Operation
from mock_server.trouble import scenario

QUICK = settings(deadline=None, database=None, max_examples=200, suppress_health_check=list(HealthCheck))
LIST, SUBMIT, STATUS = Operation.LIST, Operation.SUBMIT, Operation.STATUS


@pytest.mark.parametrize(
    ("group", "conditions"),
    [
        ({LIST}, {"operation", "nth", "header", "account"}),
        ({LIST, SUBMIT}, {"operation", "nth", "header", "account"}),
        ({SUBMIT}, {"operation", "nth", "header", "account", "model", "payload"}),
        ({STATUS}, {"operation", "nth", "header", "account", "model", "payload", "state"}),
    ],
)
def test_conditions_are_those_that_calls_can_meet(group: set[Operation], conditions: set[str]) -> None:
    seen: set[str] = set()

    @QUICK
    @given(matches(frozenset(group), ["one"], may_omit=False))
    def check(match: dict[str, Any]) -> None:
        seen.update(match)
        (rule,) = scenario.read({"match": match, "answers": ["ok"]})
        assert rule.match.operation == group

    check()
    assert seen == conditions


def test_the_operation_may_be_left_out() -> None:
    assert find(matches(frozenset({STATUS}), [], may_omit=True), lambda _: True, settings=QUICK) == {}


def test_one_operation_stands_without_a_list() -> None:
    assert find(matches(frozenset({STATUS}), [], may_omit=False), bool, settings=QUICK) == {"operation": "status"}
    several = find(matches(frozenset({STATUS, SUBMIT}), [], may_omit=False), bool, settings=QUICK)
    assert several == {"operation": ["submit", "status"]}
