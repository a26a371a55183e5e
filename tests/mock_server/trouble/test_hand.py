from __future__ import annotations

import pytest

from mock_server.core.errors import ResourceNotFound
from mock_server.trouble.book import RuleBook
from mock_server.trouble.call import Call, Operation
from mock_server.trouble.hand import Rules
from mock_server.trouble.scenario import ScenarioError


def test_rules_are_added_listed_and_taken_away() -> None:
    book = RuleBook()
    rules, others = Rules(book, lambda: "one"), Rules(book, lambda: None)
    assert rules.add({"answers": [429]}, {"rule": [{"answers": [503]}] * 2}, answers=["ok"]) == ["r1", "r2", "r3", "r4"]
    book.decide(Call(Operation.LIST, "one"))
    first, *_ = rules
    assert (first.rule_id, first.name, first.account, first.met, first.fired) == ("r1", "r1", "one", 1, 1)
    shown = first.as_json()
    assert (shown["id"], shown["met"], shown["answers"]) == ("r1", 1, [{"effect": "error", "status": 429}])
    rules.remove("r2")
    with pytest.raises(ResourceNotFound):
        rules.remove("r2")
    assert (len(rules), len(others), rules.clear(), len(others)) == (3, 3, 3, 0)


def test_a_bad_rule_is_told_with_its_number_and_none_is_added() -> None:
    rules = Rules(RuleBook(), lambda: None)
    with pytest.raises(ScenarioError, match="rule 2: /answers"):
        rules.add({"answers": [429]}, {"answers": []})
    assert list(rules) == []
