from __future__ import annotations

import tracemalloc
from dataclasses import replace

import pytest

from mock_server.core import evictions
from mock_server.core.entry import Entry
from mock_server.core.evictions import Evictions, Loss
from tests.mock_server.core.entry_maker import make_entry


def gone(account: str, seq: int) -> Entry:
    return replace(make_entry(account=account), seq=seq)


def test_losses_are_told_by_account_and_after_a_number() -> None:
    lost = Evictions()
    for seq, account in enumerate(["a", "b", "a", ""], 1):
        lost.add(gone(account, seq))
    assert list(lost.losses("a")) == [Loss("a", 2, 3)]
    assert list(lost.losses("nobody")) == []
    assert list(lost.losses(None)) == [Loss("a", 2, 3), Loss("b", 1, 2), Loss("", 1, 4)]
    assert list(lost.losses(None, after=2)) == [Loss("a", 2, 3), Loss("", 1, 4)]
    assert list(lost.losses("a", after=3)) == []
    assert lost.tally("a").calls == {("submit", 200): 2}
    assert lost.tally("nobody").total == 0


def test_an_account_that_is_forgotten_has_lost_nothing() -> None:
    lost = Evictions()
    lost.add(gone("a", 1))
    lost.forget("a")
    assert list(lost.losses("a")) == list(lost.losses(None)) == []


def test_of_too_many_accounts_none_is_taken_for_whole_that_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evictions, "MOST_NAMED", 10)
    lost = Evictions()
    for number in range(100):
        lost.add(gone(f"account-{number}", number + 1))
    assert list(lost.losses("account-99")) == [Loss("account-99", 1, 100)]
    assert list(lost.losses("account-0")) == [Loss(None, 90, 90)]
    assert list(lost.losses("account-0", after=90)) == []
    assert sum(loss.count for loss in lost.losses(None)) == 100
    quiet = [number for number in range(1000) if lost.losses(f"quiet-{number}")]
    assert len(quiet) < 10
    lost.forget("account-0")
    assert list(lost.losses("account-0")) == []


def test_the_memory_of_it_is_bounded() -> None:
    tracemalloc.start()
    lost = Evictions()
    entry = make_entry()
    for number in range(3 * evictions.MOST_NAMED):
        lost.add(replace(entry, account=f"{number:016x}", seq=number + 1))
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held < 10 * 1024 * 1024
