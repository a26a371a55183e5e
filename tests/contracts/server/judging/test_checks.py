from __future__ import annotations

import ast
import re
from collections import Counter
from pathlib import Path

import pytest

import contracts.server
from contracts.findings import Severity
from contracts.server.judging.checks import CHECKS, Check
from schemas.ledger import facts

SOURCES = sorted(Path(contracts.server.__file__).parent.rglob("*.py"))
FACTS = {fact.fact_id for fact in facts()}
NAME_ITS_FACT = {"ledger.promised", "ledger.steady"}
"""Checks whose findings name the fact."""


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_a_check_is_named_for_what_it_holds(check: Check) -> None:
    assert CHECKS[check.check_id] is check
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*\.[a-z]+(-[a-z]+)*", check.check_id)
    assert check.severity in Severity
    assert check.title == check.title.strip()
    assert check.title[:1].islower() or check.title.startswith("application/")
    assert not check.title.endswith(".")


@pytest.mark.parametrize("check", CHECKS.values(), ids=list(CHECKS))
def test_every_fact_behind_a_check_is_in_the_ledger(check: Check) -> None:
    assert set(check.ledger) <= FACTS
    assert len(set(check.ledger)) == len(check.ledger)
    assert bool(check.ledger) is (check.check_id not in NAME_ITS_FACT)


def test_no_two_checks_say_the_same() -> None:
    titles = Counter(check.title for check in CHECKS.values())
    assert [title for title, times in titles.items() if times > 1] == []


def test_checks_of_one_area_stand_together() -> None:
    areas = [check_id.partition(".")[0] for check_id in CHECKS]
    assert [area for at, area in enumerate(areas) if area in areas[:at] and areas[at - 1] != area] == []


def _texts() -> set[str]:
    return {
        node.value
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def test_every_check_is_held_somewhere() -> None:
    assert set(CHECKS) - _texts() == set()


def test_every_check_that_is_held_is_one() -> None:
    """A slip in an id would show only when something is found."""
    trees = [ast.parse(path.read_text("utf-8")) for path in SOURCES]
    calls = [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and node.args]
    held = {
        part.value
        for call in calls
        if isinstance(call.func, ast.Attribute) and call.func.attr == "hold"
        for part in ast.walk(call.args[0])
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    }
    assert len(held) > 40
    assert held - set(CHECKS) == set()
