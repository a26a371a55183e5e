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

from mock_server.core.journal import LONGEST_NAME, MOST_KEPT, Entry, Journal
from schemas.findings import Finding
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


@pytest.mark.parametrize(
    "entry",
    [
        make_entry("/" + "x" * 100_000),
        make_entry("/v1/models/" + "x" * 100_000, model_id="x" * 100_000),
        make_entry(f"/v1/requests/{'x' * 100_000}/status", request_id="x" * 100_000),
        make_entry(payload=b"x" * 100_000),
        make_entry("/" + "\U0001f600" * 1_000),
        make_entry(unknown=("/" + "\U0001f600" * 1_000,)),
        make_entry(unknown=("/" + "x" * 100_000,)),
        make_entry(unknown=tuple(f"/{number}" for number in range(20_000))),
        make_entry(findings=(Finding("/" + "x" * 100_000, "k", None, "v", "m"),)),
        make_entry(findings=tuple(Finding(f"/{number}", "k", None, "v", "m") for number in range(1_000))),
    ],
    ids=[
        "path",
        "model",
        "request",
        "payload",
        "emoji path",
        "emoji name",
        "one long name",
        "many unknown",
        "one long pointer",
        "many findings",
    ],
)
def test_all_that_a_client_can_make_large_is_cut_or_counted(entry: Entry) -> None:
    entry.cut()
    assert entry.size >= _bytes_of(entry) / 2


def test_texts_are_cut_at_their_bounds_and_nothing_else_is_touched() -> None:
    entry = make_entry("/" + "p" * 5_000, model_id="m" * 5_000, payload=b"b" * 50_000, unknown=("/u",))
    entry.cut()
    assert (entry.path, entry.model_id, entry.request_id) == ("/" + "p" * (LONGEST_NAME - 1), "m" * LONGEST_NAME, None)
    assert (entry.unknown, entry.omitted) == (("/u",), 0)
    whole = make_entry("/" + "p" * (LONGEST_NAME - 1), request_id="r", payload=b"b" * 10)
    before = repr(whole)
    whole.cut()
    assert repr(whole) == before


def test_of_many_findings_the_first_are_kept_and_the_rest_is_counted() -> None:
    findings = tuple(
        Finding(f"/{number}" + "x" * 5_000, "k", None, "v", "m" * 5_000) for number in range(MOST_KEPT + 3)
    )
    entry = make_entry(findings=findings, unknown=tuple(f"/{number}" + "x" * 5_000 for number in range(MOST_KEPT + 4)))
    entry.cut()
    assert [each.pointer[:3] for each in entry.findings] == [each.pointer[:3] for each in findings[:MOST_KEPT]]
    assert {len(each.pointer) for each in entry.findings} == {len(each.message) for each in entry.findings}
    assert {len(each.pointer) for each in entry.findings} == {LONGEST_NAME}
    assert {len(pointer) for pointer in entry.unknown} == {LONGEST_NAME}
    assert (len(entry.findings), len(entry.unknown), entry.omitted) == (MOST_KEPT, MOST_KEPT, 7)


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

    @rule(account=st.sampled_from("abc"), size=st.sampled_from([0, 100, 10_000]))
    def append(self, account: str, size: int) -> None:
        entry = make_entry(account=account, payload=bytes(size))
        self.journal.append(entry)
        self.kept.append(entry)
        while sum(each.size for each in self.kept) > self.limit and len(self.kept) > 1:
            self.kept.pop(0)
            self.evicted += 1

    @rule(account=st.sampled_from("abc"))
    def forget_one(self, account: str) -> None:
        self.journal.forget(account)
        self.kept = [entry for entry in self.kept if entry.account != account]

    @rule()
    def forget_all(self) -> None:
        self.journal.forget(None)
        self.kept, self.evicted = [], 0

    @invariant()
    def same(self) -> None:
        assert (list(self.journal), self.journal.evicted) == (self.kept, self.evicted)
        for account in "abc":
            assert self.journal.of(account) == [entry for entry in self.kept if entry.account == account]
        assert self.journal._size == sum(entry.size for entry in self.kept)
        assert set(self.journal._numbers) == {entry.account for entry in self.kept}


TestJournalBesideAList = JournalBesideAList.TestCase
TestJournalBesideAList.settings = settings(deadline=None, max_examples=50)


def _bytes_of(entry: Entry) -> int:
    texts = [entry.path, entry.model_id or "", entry.request_id or "", *entry.unknown]
    for finding in entry.findings:
        texts += [finding.pointer, finding.value, finding.message]
    return sum(map(sys.getsizeof, texts)) + sum(map(sys.getsizeof, entry.findings)) + len(entry.payload or b"")
