from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, seed, settings

from contracts.strategies import fault_plans
from contracts.strategies.fault_plans import MOST_ANSWERS, Plan
from mock_server.trouble import scenario
from mock_server.trouble.effects.api import Error
from mock_server.trouble.effects.base import Effect
from mock_server.trouble.effects.catalogue import CATALOGUE
from mock_server.trouble.effects.socket import Dribble, Latency
from mock_server.trouble.rule import Rule

QUICK = settings(deadline=None, database=None, max_examples=100, suppress_health_check=list(HealthCheck))
LONG = settings(QUICK, max_examples=1500, derandomize=True)


def effects_of(plan: Plan) -> Iterator[tuple[Rule, Effect]]:
    return ((rule, effect) for rule in scenario.read(plan) for answer in rule.answers for effect in answer)


def as_toml(value: Any) -> str:
    """Write a value as TOML has it inline. Whatever TOML has no word for fails."""
    match value:
        case bool():
            return str(value).lower()
        case int() | float():
            return repr(value)
        case str():
            return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
        case list():
            return f"[{', '.join(map(as_toml, value))}]"
        case dict():
            return "{" + ", ".join(f"{as_toml(name)} = {as_toml(item)}" for name, item in value.items()) + "}"
    raise AssertionError(value)


@QUICK
@given(fault_plans())
def test_every_plan_is_read_and_is_json_and_toml(plan: Plan) -> None:
    rules = scenario.read(plan)
    assert 1 <= len(rules) <= 4
    assert all(1 <= len(rule.answers) <= MOST_ANSWERS for rule in rules)
    assert json.loads(json.dumps(plan)) == plan
    read = tomllib.loads(f"rule = {as_toml(plan['rule'])}")
    assert json.dumps(read, sort_keys=True) == json.dumps(plan, sort_keys=True)


@QUICK
@given(fault_plans())
def test_a_plan_is_what_its_description_says(plan: Plan) -> None:
    rules = scenario.read(plan)
    assert scenario.read({"rule": [scenario.describe(rule) for rule in rules]}) == rules


@QUICK
@given(fault_plans(operations=["status", "media"], effects=["latency", "dribble", "expire"], max_rules=2))
def test_a_plan_can_be_narrowed(plan: Plan) -> None:
    assert len(plan["rule"]) <= 2
    for rule, effect in effects_of(plan):
        assert rule.match.operation <= {"status", "media"}
        assert effect.NAME in {"latency", "dribble", "expire", "ok"}


@QUICK
@given(fault_plans(effects=["latency", "dribble", "slow"], longest_seconds=2.0))
def test_no_wait_is_longer_than_it_may_be(plan: Plan) -> None:
    for _, effect in effects_of(plan):
        assert getattr(effect, "seconds", 0.0) <= 2.0
        if isinstance(effect, Latency) and effect.sigma:
            assert effect.seconds * 75 <= 2.0
        if isinstance(effect, Dribble):
            assert effect.bytes >= 64


@QUICK
@given(fault_plans(accounts=["one-token"], operations=["submit"], effects=["fail"]))
def test_accounts_are_those_given(plan: Plan) -> None:
    assert {rule["match"].get("account", "one-token") for rule in plan["rule"]} == {"one-token"}


Condition = Callable[[Rule, Effect], bool]


@pytest.mark.parametrize(
    ("narrowed", "condition", "expected"),
    [
        ({}, lambda _rule, _effect: True, {"match": {}, "answers": ["ok"]}),
        (
            {"operations": ["submit", "status"]},
            # More than one status has it: whether a single one is drawn hangs on the constants that Hypothesis takes
            # from the modules that happen to be loaded.
            lambda rule, effect: (
                "submit" in rule.match.operation and isinstance(effect, Error) and (effect.status or 0) > 502
            ),
            {"match": {"operation": "submit"}, "answers": [503]},
        ),
        (
            {"operations": ["submit"], "effects": ["reset", "latency", "fail", "ok"]},
            lambda _, effect: effect.NAME == "reset" and effect.at == "accepted",
            {"match": {"operation": "submit"}, "answers": [{"effect": "reset", "at": "accepted"}]},
        ),
        (
            {"effects": ["http", "reset", "ok"], "operations": ["result"]},
            lambda rule, _: len(rule.answers) == 2 and rule.then == "repeat_last",
            {"match": {"operation": "result"}, "answers": ["ok", "ok"], "then": "repeat_last"},
        ),
        (
            {"effects": ["expire", "forget"], "operations": ["result", "media"]},
            lambda rule, _: rule.match.nth > 2,
            {"match": {"operation": "result", "nth": 3}, "answers": ["ok"]},
        ),
    ],
)
def test_a_plan_shrinks_to_what_matters(narrowed: Any, condition: Condition, expected: Any) -> None:
    def holds(plan: Plan) -> bool:
        return any(condition(rule, effect) for rule, effect in effects_of(plan))

    assert find(fault_plans(**narrowed), holds, settings=LONG) == {"rule": [expected]}


def test_every_effect_is_drawn() -> None:
    drawn: set[str] = set()

    @seed(1)
    @settings(LONG, max_examples=1000)
    @given(fault_plans())
    def draw(plan: Plan) -> None:
        drawn.update(effect.NAME for _, effect in effects_of(plan))

    draw()
    assert drawn == set(CATALOGUE)


@pytest.mark.parametrize(
    "wrong",
    [
        {"operations": ["pay"]},
        {"operations": []},
        {"effects": ["explode"]},
        {"operations": ["list"], "effects": ["fail"]},
        {"max_rules": 0},
        {"longest_seconds": -1},
    ],
)
def test_what_cannot_be_drawn_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"expected names|none of|a plan has"):
        fault_plans(**wrong)
