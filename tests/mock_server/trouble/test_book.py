from __future__ import annotations

from typing import Any

import pytest

from mock_server.core.errors import Conflict, ResourceNotFound
from mock_server.core.keeper import Keeper
from mock_server.trouble import book as book_module
from mock_server.trouble.book import Count, RuleBook, Standing
from mock_server.trouble.call import Call, Operation
from mock_server.trouble.scenario import read


def book_of(*rules: dict[str, Any], owner: str | None = None) -> RuleBook:
    book = RuleBook()
    book.add(read({"rule": list(rules)}), owner)
    return book


def fired(book: RuleBook, account: str = "one", operation: Operation = Operation.LIST) -> str | None:
    found = book.decide(Call(operation, account))
    return None if found is None else found.standing.rule_id


def test_own_rules_come_before_those_of_all_and_the_first_added_first() -> None:
    book = book_of({"answers": [429]}, {"answers": [429]})
    book.add(read({"answers": [429]}), "one")
    assert [fired(book) for _ in range(4)] == ["r3", "r1", "r2", None]
    assert [fired(book, "two") for _ in range(3)] == ["r1", "r2", None]


def test_a_rule_that_lets_a_call_pass_counts_it_and_asks_the_next() -> None:
    book = book_of({"answers": [429], "match": {"nth": 2}}, {"answers": [503], "times": 9})
    assert [fired(book) for _ in range(3)] == ["r2", "r1", "r2"]
    assert [(count.met, count.fired) for _, count in book.listed("one")] == [(2, 1), (2, 2)]


def test_counts_are_of_one_account_or_of_all() -> None:
    book = book_of({"answers": [429], "then": "repeat_last"})
    for account in ("one", "one", "two"):
        fired(book, account)
    assert [book.listed(name)[0][1] for name in ("one", "two", "three", None)] == [
        *(Count(2, 2), Count(1, 1), Count(0, 0), Count(3, 3)),
    ]


def test_names_are_ids_where_none_are_given_and_ids_are_not_given_twice() -> None:
    book = book_of({"answers": [429]}, {"answers": [429], "name": "mine"})
    assert [each.rule.name for each, _ in book.listed(None)] == ["r1", "mine"]
    book.remove("r2", None)
    assert book.add(read({"answers": [429]}))[0].rule_id == "r3"


def test_an_account_removes_no_more_than_its_own() -> None:
    book = book_of({"answers": [429]})
    book.add(read({"answers": [429]}), "one")
    with pytest.raises(Conflict):
        book.remove("r1", "one")
    with pytest.raises(ResourceNotFound):
        book.remove("r2", "two")
    assert (book.clear("two"), book.clear("one"), book.clear(None), bool(book)) == (0, 1, 1, False)


def test_too_many_are_none() -> None:
    book = book_of(*[{"answers": [429]}] * 999, owner="one")
    with pytest.raises(Conflict):
        book.add(read({"rule": [{"answers": [429]}] * 2}), "one")
    assert len(book.listed(None)) == 999


def test_a_reset_forgets_all_but_what_lasts() -> None:
    book = book_of({"answers": [429]}, owner="one")
    book.add(read({"answers": [503]}), lasting=True)
    assert [fired(book) for _ in range(3)] == ["r1", "s1", None]
    book.reset("two")
    assert fired(book) is None
    book.reset(None)
    assert [fired(book) for _ in range(2)] == ["s1", None]
    assert book.add(read({"answers": [429]}))[0].rule_id == "r1"


def test_rules_are_looked_for_by_operation_and_model() -> None:
    book = book_of({"answers": [429], "match": {"operation": "submit", "model": "a/*"}})
    assert book.decide(Call(Operation.SUBMIT, model_id="b/c")) is None
    assert book.decide(Call(Operation.MODEL, model_id="a/c")) is None
    assert book.decide(Call(Operation.SUBMIT, model_id="a/c")) is not None


def test_rules_and_counts_are_put_back_and_heard_of() -> None:
    heard: list[tuple[str, str, int]] = []

    class Hearing(Keeper):
        def rule_counted(self, rule_id: str, counter: str, met: int, fired: int) -> None:
            heard.append((rule_id, counter, met))

    book = RuleBook()
    book.keeper = Hearing()
    (rule,) = read({"answers": [429, 503]})
    book.restore(Standing("r7", rule, "one"))
    book.recall("r7", "one", Count(1, 1))
    found = book.decide(Call(Operation.LIST, "one"))
    assert found is not None
    assert (found.before, found.answer, heard) == (1, rule.answers[1], [("r7", "one", 2)])
    book.restore(Standing("r3", rule, "one"))
    assert book.add([rule])[0].rule_id == "r8"


def test_a_rule_that_lasts_is_dropped_only_if_that_is_meant() -> None:
    book = book_of()
    (rule,) = read({"answers": [429]})
    book.restore(Standing("r1", rule))
    book.add([rule], lasting=True)
    for rule_id, lasting, left in (("s1", False, 2), ("r1", False, 1), ("r1", False, 1), ("s1", True, 0)):
        book.drop(rule_id, lasting=lasting)
        assert len(book) == left


def test_totals_follow_accounts_that_are_reset_and_rules_that_go() -> None:
    book = book_of({"answers": [429], "then": "repeat_last"}, {"answers": [503], "match": {"operation": "model"}})
    for account in ("one", "one", "two"):
        fired(book, account)
    book.reset("one")
    assert [book.listed(name)[0][1] for name in ("one", "two", None)] == [Count(), Count(1, 1), Count(1, 1)]
    book.remove("r1", None)
    assert [(each.rule_id, count) for each, count in book.listed(None)] == [("r2", Count())]
    assert len(book) == 1


def test_counts_of_rules_that_are_gone_do_not_pile_up() -> None:
    book = book_of()
    for _ in range(500):
        (added,) = book.add(read({"answers": [429]}))
        fired(book)
        book.remove(added.rule_id, None)
    assert sum(map(len, book._counters.values())) < 200
    assert book._totals == {}


def test_of_too_many_accounts_the_first_is_counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "_MOST_COUNTERS", 3)
    book = book_of({"answers": [429]})
    assert [fired(book, account) for account in "abcd"] == ["r1"] * 4
    assert [fired(book, account) for account in "bcd"] == [None] * 3
    assert (len(book._counters), fired(book, "a"), len(book._counters)) == (3, "r1", 3)


def test_rules_are_found_for_any_number_of_models_however_long_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(book_module, "_MOST_SHELVES", 5)
    book = book_of({"answers": [429], "match": {"model": "*7"}, "then": "repeat_last"})
    for number in range(30):
        found = book.decide(Call(Operation.MODEL, model_id=f"a/{number}"))
        assert (found is not None) == (number % 10 == 7)
        assert len(book._shelves) <= 5
    book.remove("r1", None)
    book.add(read({"answers": [429], "match": {"model": "*7"}, "then": "repeat_last"}))
    for name in ("x" * 60_000 + "7", "x" * 60_000):
        found = book.decide(Call(Operation.MODEL, model_id=name))
        assert (found is not None) == name.endswith("7")
    assert len(book._shelves) == 0
