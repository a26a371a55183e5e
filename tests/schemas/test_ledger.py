from __future__ import annotations

import json
from collections import Counter
from importlib import resources
from typing import Any

import pytest

from schemas.ledger import GRADES, Fact, Switch, describe, facts
from schemas.variants import CHOICES, Variants

_FACTS = {fact.fact_id: fact for fact in facts()}
_SWITCHES: dict[str, Switch] = {fact.switch.setting: fact.switch for fact in facts() if fact.switch}


def _document() -> Any:
    return json.loads(resources.files("schemas").joinpath("ledger.json").read_text("utf-8"))


def test_ids_are_unique() -> None:
    assert [name for name, count in Counter(fact.fact_id for fact in facts()).items() if count > 1] == []


@pytest.mark.parametrize("fact", facts(), ids=lambda fact: str(fact.fact_id))
def test_a_fact_has_known_grades_a_statement_and_a_source(fact: Fact) -> None:
    assert fact.grades
    assert set(fact.grades) <= set(GRADES)
    assert len(set(fact.grades)) == len(fact.grades)
    assert fact.statement.endswith(".")
    assert fact.source


@pytest.mark.parametrize("fact", [fact for fact in facts() if "A" in fact.grades], ids=lambda fact: str(fact.fact_id))
def test_what_is_assumed_has_a_switch_and_no_other_evidence(fact: Fact) -> None:
    assert fact.grades == ("A",)
    assert fact.switch is not None


def test_each_switch_is_a_field_of_the_variants_and_each_field_a_switch_of_one_fact() -> None:
    settings = [fact.switch.setting for fact in facts() if fact.switch]
    assert len(settings) == len(set(settings))
    assert set(settings) == set(CHOICES)


@pytest.mark.parametrize("setting", CHOICES)
def test_a_switch_has_the_values_and_the_default_of_its_field(setting: str) -> None:
    switch = _SWITCHES[setting]
    assert tuple(switch.variants) == CHOICES[setting]
    assert switch.default == Variants().value(setting)
    assert all(switch.variants.values())
    assert len(set(switch.variants.values())) == len(switch.variants)


def test_the_file_has_no_other_keys_than_those_that_are_read() -> None:
    document = _document()
    assert set(document) == {"facts"}
    for entry in document["facts"]:
        assert set(entry) <= {"id", "grades", "statement", "source", "switch"}, entry["id"]
        switch = entry.get("switch")
        assert switch is None or set(switch) == {"setting", "default", "variants"}, entry["id"]
        for variant in switch["variants"] if switch else []:
            assert set(variant) == {"value", "meaning"}, entry["id"]


def test_no_value_of_a_switch_stands_twice_in_the_file() -> None:
    for entry in _document()["facts"]:
        values = [variant["value"] for variant in entry.get("switch", {}).get("variants", [])]
        assert len(values) == len(set(values)), entry["id"]


def test_describing_tells_every_fact_with_the_value_that_is_chosen() -> None:
    chosen = Variants(timestamps="naive")
    described = describe(chosen)
    assert json.loads(json.dumps(described)) == described
    assert described["grades"] == dict(GRADES)
    assert [fact["id"] for fact in described["facts"]] == list(_FACTS)
    for entry in described["facts"]:
        fact = _FACTS[entry["id"]]
        assert (entry["statement"], entry["source"], tuple(entry["grades"])) == (
            fact.statement,
            fact.source,
            fact.grades,
        )
        if fact.switch is None:
            assert entry["switch"] is None
        else:
            assert entry["switch"]["value"] == chosen.value(fact.switch.setting)
            assert entry["switch"]["default"] == fact.switch.default
            assert entry["switch"]["variants"] == dict(fact.switch.variants)


def test_the_comment_beside_each_field_names_the_fact_of_its_switch() -> None:
    source = resources.files("schemas").joinpath("variants.py").read_text("utf-8")
    lines = [line.strip() for line in source.splitlines() if "Literal[" in line and "  # " in line]
    named = {line.partition(":")[0]: line.rpartition("# ")[2] for line in lines}
    assert named == {fact.switch.setting: fact.fact_id for fact in facts() if fact.switch}
