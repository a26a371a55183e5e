from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from mock_server.core.entry import Entry
from mock_server.core.journal import Journal
from tests.mock_server.core.entry_maker import make_entry

ROOMY = 10_000_000


def test_entries_are_numbered_and_kept_the_oldest_first() -> None:
    journal = Journal(ROOMY)
    entries = [make_entry(f"/{number}") for number in range(3)]
    for entry in entries:
        journal.append(entry)
    assert list(journal) == entries
    assert [entry.seq for entry in journal] == [1, 2, 3]
    assert (len(journal), journal.evicted) == (3, 0)


def test_entries_of_one_account_are_those_that_bear_its_name() -> None:
    journal = Journal(ROOMY)
    for account in ("a", "b", "", "a"):
        journal.append(make_entry(account=account))
    assert [entry.seq for entry in journal.of("a")] == [1, 4]
    assert [entry.seq for entry in journal.of("")] == [3]
    assert journal.of("nobody") == []
    assert [entry.seq for entry in journal.of(None)] == [1, 2, 3, 4]


def test_forgetting_one_account_leaves_the_others_and_the_numbers_alone() -> None:
    journal = Journal(ROOMY)
    for account in ("a", "b", "a", ""):
        journal.append(make_entry(account=account))
    journal.forget("a")
    journal.append(make_entry(account="a"))
    assert [(entry.seq, entry.account) for entry in journal] == [(2, "b"), (4, ""), (5, "a")]


def test_forgetting_all_begins_to_count_the_evicted_anew_but_not_the_numbers() -> None:
    journal = Journal(1)
    for _ in range(3):
        journal.append(make_entry())
    assert journal.evicted == 2
    journal.forget(None)
    assert (len(journal), journal.evicted) == (0, 0)
    journal.append(make_entry())
    assert [entry.seq for entry in journal] == [4]


def test_the_room_of_what_was_forgotten_is_free_again() -> None:
    entry_size = make_entry().size
    journal = Journal(4 * entry_size)
    for account in ("a", "a", "a", "b"):
        journal.append(make_entry(account=account))
    journal.forget("a")
    for _ in range(3):
        journal.append(make_entry(account="c"))
    assert ([entry.account for entry in journal], journal.evicted) == (["b", "c", "c", "c"], 0)
    journal.append(make_entry(account="d"))
    assert ([entry.account for entry in journal], journal.evicted) == (["c", "c", "c", "d"], 1)


def test_the_latest_entry_is_kept_however_large() -> None:
    journal = Journal(1)
    journal.append(make_entry())
    journal.append(latest := make_entry(payload=bytes(10_000)))
    assert (list(journal), journal.evicted) == ([latest], 1)


@settings(deadline=None)
@given(st.integers(1, 20_000), st.lists(st.integers(0, 5_000), max_size=40))
def test_the_bound_holds_and_no_more_is_evicted_than_it_takes(limit: int, payloads: list[int]) -> None:
    journal = Journal(limit)
    entries: list[Entry] = []
    for size in payloads:
        entries.append(make_entry(payload=bytes(size)))
        journal.append(entries[-1])
        kept = list(journal)
        assert kept == entries[len(entries) - len(kept) :]
        assert journal.evicted == len(entries) - len(kept)
        held = sum(entry.size for entry in kept)
        assert held <= limit or len(kept) == 1
        if journal.evicted:
            assert held + entries[len(entries) - len(kept) - 1].size > limit


def test_what_is_missing_of_one_account_is_its_own_loss() -> None:
    journal = Journal(3 * make_entry().size)
    for account in ("loud", "quiet", "loud", "loud"):
        journal.append(make_entry(account=account))
    assert journal.whole("quiet") == (journal.of("quiet"), ())
    entries, losses = journal.whole("loud")
    assert ([entry.seq for entry in entries], [(loss.count, loss.last) for loss in losses]) == ([3, 4], [(1, 1)])
    journal.append(make_entry(account="loud"))
    assert [loss.count for loss in journal.whole("quiet")[1]] == [1]
    assert sum(loss.count for loss in journal.whole(None)[1]) == journal.evicted == 2
    journal.forget("loud")
    assert journal.whole("loud") == ([], ())


def test_calls_after_a_number_come_in_pages() -> None:
    journal = Journal(ROOMY)
    for account in "abababab":
        journal.append(make_entry(account=account, payload=bytes(1000)))
    size = make_entry(payload=bytes(1000)).size

    def after(account: str | None, number: int, most: int = 100, most_bytes: int = ROOMY) -> list[int]:
        return [entry.seq for entry in journal.after(account, number, most, most_bytes)[0]]

    assert after(None, 0) == list(range(1, 9))
    assert after(None, 2, most=3) == [3, 4, 5]
    assert after("a", 2, most=2) == [3, 5]
    assert after(None, 2, most_bytes=2 * size) == [3, 4]
    assert after(None, 2, most_bytes=1) == [3]
    assert after(None, 8) == after("nobody", 0) == []


def test_after_a_number_only_what_is_missing_there_counts() -> None:
    journal = Journal(2 * make_entry().size)
    for _ in range(5):
        journal.append(make_entry())
    assert [loss.count for loss in journal.after(None, 2, 10, ROOMY)[1]] == [3]
    assert journal.after(None, 3, 10, ROOMY)[1] == ()


def test_observers_are_told_each_entry_with_its_size_until_they_are_dismissed() -> None:
    journal = Journal(ROOMY)
    told: list[tuple[int, int]] = []

    def observer(entry: Entry, size: int) -> None:
        told.append((entry.seq, size))

    journal.append(make_entry())
    assert journal.observe(observer) == 1
    journal.append(entry := make_entry(payload=b"x"))
    journal.dismiss(observer)
    journal.append(make_entry())
    journal.dismiss(observer)
    assert told == [(2, entry.size)]


def test_counts_do_not_go_down_by_eviction() -> None:
    journal = Journal(2 * make_entry().size)
    for account in "aaabab":
        journal.append(make_entry(account=account))
    tally, kept, evicted = journal.tally(None)
    assert (tally.total, tally.calls, kept, evicted) == (6, {("submit", 200): 6}, 2, 4)
    tally, kept, evicted = journal.tally("a")
    assert (tally.total, tally.calls, kept, evicted) == (4, {("submit", 200): 4}, 1, 3)
    assert journal.tally("nobody")[0].total == 0
    journal.forget("a")
    assert (journal.tally("a")[0].total, journal.tally(None)[0].total) == (0, 6)
    journal.forget(None)
    assert (journal.tally(None)[0].total, journal.size) == (0, 0)


@pytest.fixture
def hasty_threads() -> Iterator[None]:
    """Threads that take turns as often as they can."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def together(*works: Callable[[], None]) -> None:
    """Do several things in threads that begin at one moment; raise what any of them raised."""
    begin = Barrier(len(works))

    def work(each: Callable[[], None]) -> None:
        begin.wait()
        each()

    with ThreadPoolExecutor(len(works)) as pool:
        for done in [pool.submit(work, each) for each in works]:
            done.result()


@pytest.mark.usefixtures("hasty_threads")
def test_calls_written_down_from_many_threads_are_all_there_and_counted_right() -> None:
    journal = Journal(100 * ROOMY)
    batches = [[make_entry(account=account) for _ in range(20_000)] for account in "abcd"]

    def write(batch: list[Entry]) -> None:
        for entry in batch:
            journal.append(entry)

    together(*(partial(write, batch) for batch in batches))
    assert sorted(entry.seq for entry in journal) == list(range(1, 80_001))
    assert journal._size == sum(entry.size for entry in journal)


@pytest.mark.usefixtures("hasty_threads")
def test_forgetting_one_account_loses_no_call_that_another_makes_meanwhile() -> None:
    journal = Journal(100 * ROOMY)
    written = [make_entry(account="writes") for _ in range(20_000)]
    forgotten = [make_entry(account="forgets") for _ in range(20_000)]

    def write() -> None:
        for entry in written:
            journal.append(entry)

    def write_and_forget() -> None:
        for entry in forgotten:
            journal.append(entry)
            journal.forget("forgets")

    together(write, write_and_forget)
    assert list(journal) == written
    assert journal._size == sum(entry.size for entry in journal)


class JournalBesideAList(RuleBasedStateMachine):
    """A journal is a list of entries with the oldest dropped past the bound, however it is kept."""

    def __init__(self) -> None:
        super().__init__()
        self.limit = 5 * make_entry().size
        self.journal = Journal(self.limit)
        self.kept: list[Entry] = []
        self.evicted = 0
        self.gone = dict.fromkeys("abc", 0)

    @rule(account=st.sampled_from("abc"), size=st.sampled_from([0, 100, 10_000]))
    def append(self, account: str, size: int) -> None:
        entry = make_entry(account=account, payload=bytes(size))
        self.journal.append(entry)
        self.kept.append(entry)
        while sum(each.size for each in self.kept) > self.limit and len(self.kept) > 1:
            self.gone[self.kept.pop(0).account] += 1
            self.evicted += 1

    @rule(account=st.sampled_from("abc"))
    def forget_one(self, account: str) -> None:
        self.journal.forget(account)
        self.kept = [entry for entry in self.kept if entry.account != account]
        self.gone[account] = 0

    @rule()
    def forget_all(self) -> None:
        self.journal.forget(None)
        self.kept, self.evicted, self.gone = [], 0, dict.fromkeys("abc", 0)

    @invariant()
    def same(self) -> None:
        assert (list(self.journal), self.journal.evicted) == (self.kept, self.evicted)
        for account in "abc":
            assert self.journal.of(account) == [entry for entry in self.kept if entry.account == account]
            assert sum(loss.count for loss in self.journal.whole(account)[1]) == self.gone[account]
            assert self.journal.tally(account)[0].total == self.gone[account] + len(self.journal.of(account))
        assert self.journal._size == sum(entry.size for entry in self.kept)
        assert set(self.journal._numbers) == {entry.account for entry in self.kept}


TestJournalBesideAList = JournalBesideAList.TestCase
TestJournalBesideAList.settings = settings(deadline=None, max_examples=50)


def test_numbers_go_on_behind_the_highest_that_was_put_back() -> None:
    journal = Journal(ROOMY)
    for number in (5, 3):
        entry = make_entry()
        entry.seq = number
        journal.restore(entry)
    entry = make_entry()
    journal.append(entry)
    assert [each.seq for each in journal] == [5, 3, 6]
