from __future__ import annotations

import pytest

from mock_server.core import follower
from mock_server.core.follower import Follower
from mock_server.core.journal import Journal
from tests.mock_server.core.entry_maker import make_entry

ROOMY = 10_000_000


class Rig:
    """A journal, one who follows it, and how often that one was woken."""

    def __init__(self, *, before: str = "", after: int | None = None, account: str | None = None) -> None:
        self.journal = Journal(ROOMY)
        self.woken = 0
        self.write(before)
        self.follower = Follower(self.journal, account, after, self.wake)

    def wake(self) -> None:
        self.woken += 1

    def write(self, accounts: str, *, payload: bytes = b"") -> None:
        for account in accounts:
            self.journal.append(make_entry(account=account, payload=payload))

    def read(self) -> list[int]:
        return [entry.seq for entry in self.follower.page().entries]


def test_it_follows_what_comes_from_now_on_or_after_a_number() -> None:
    for after, seen in ((None, []), (0, [1, 2, 3]), (2, [3]), (3, [])):
        rig = Rig(before="aba", after=after)
        assert (rig.read(), rig.read()) == (seen, [])
        rig.write("ab")
        assert (rig.read(), rig.read()) == ([4, 5], [])


def test_a_number_that_was_never_given_is_of_another_journal() -> None:
    assert Rig(before="aba", after=17).read() == [1, 2, 3]


def test_of_one_account() -> None:
    rig = Rig(before="aba", after=0, account="a")
    rig.write("bba")
    assert rig.read() == [1, 3, 6]
    assert rig.woken == 1


def test_it_is_woken_once_until_it_reads() -> None:
    rig = Rig()
    rig.write("aaa")
    assert rig.woken == 1
    rig.read()
    rig.write("aa")
    assert rig.woken == 2
    rig.follower.end()
    rig.read()
    rig.write("a")
    assert rig.woken == 2


def test_a_long_replay_comes_in_pages() -> None:
    rig = Rig(before="a" * 150, after=0)
    assert [len(rig.read()) for _ in range(4)] == [64, 64, 22, 0]
    vast = Rig(after=0)
    vast.write("a" * 3, payload=bytes(200_000))
    assert [len(vast.read()) for _ in range(4)] == [1, 1, 1, 0]


def test_what_was_evicted_before_it_was_read_is_told_once() -> None:
    rig = Rig()
    rig.journal._limit = 2 * make_entry().size
    rig.write("aaaaa")
    page = rig.follower.page()
    assert ([entry.seq for entry in page.entries], page.evicted) == ([4, 5], 3)
    assert rig.follower.page().evicted == 0
    rig.write("aaa")
    assert rig.follower.page().evicted == 6


def test_what_was_evicted_is_told_once_though_nothing_is_left() -> None:
    rig = Rig(account="a")
    rig.write("aaa")
    rig.journal._limit = 2 * make_entry().size
    rig.write("bbb")
    assert [(page.entries, page.evicted) for page in (rig.follower.page(), rig.follower.page())] == [([], 3), ([], 0)]
    rig.write("a")
    assert rig.read() == [7]


@pytest.mark.parametrize(("bound", "most", "payload"), [("MOST_CALLS", 10, b""), ("MOST_BYTES", 20_000, bytes(2000))])
def test_who_falls_too_far_behind_is_lost(
    monkeypatch: pytest.MonkeyPatch, bound: str, most: int, payload: bytes
) -> None:
    monkeypatch.setattr(follower, bound, most)
    rig = Rig()
    for _ in range(20):
        rig.write("aaa", payload=payload)
        rig.read()
    assert not rig.follower.lost
    rig.write("a" * 8, payload=payload)
    rig.write("a" * 3, payload=payload)
    assert rig.follower.lost
    woken = rig.woken
    rig.write("aaa")
    assert rig.woken == woken


def test_a_page_that_was_taken_waits_until_the_next_one_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "MOST_CALLS", 10)
    rig = Rig()
    rig.write("a" * 6)
    rig.read()
    rig.write("a" * 4)
    assert not rig.follower.lost
    rig.write("a")
    assert rig.follower.lost


def test_a_replay_is_not_held_against_it_and_neither_is_what_was_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(follower, "MOST_CALLS", 10)
    rig = Rig(before="a" * 100, after=0)
    rig.write("a" * 10)
    assert not rig.follower.lost
    rig.journal.forget(None)
    rig.read()
    rig.write("a" * 10)
    assert not rig.follower.lost
