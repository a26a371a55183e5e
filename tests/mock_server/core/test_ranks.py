from __future__ import annotations

import math
from typing import SupportsIndex, overload

import pytest

from mock_server.core.ranks import Ranks


class CountingList(list[int]):
    """A list that counts how often one of its elements is looked at or changed."""

    steps = 0

    @overload
    def __getitem__(self, index: SupportsIndex, /) -> int: ...
    @overload
    def __getitem__(self, index: slice, /) -> list[int]: ...
    def __getitem__(self, index: SupportsIndex | slice, /) -> int | list[int]:
        CountingList.steps += 1
        return super().__getitem__(index)


def test_those_ahead_are_counted_in_the_order_of_arrival() -> None:
    ranks = Ranks()
    for ticket in (3, 7, 20):
        ranks.add(ticket)
    assert [ranks.ahead(ticket) for ticket in (3, 7, 20)] == [0, 1, 2]
    ranks.remove(7)
    assert [ranks.ahead(ticket) for ticket in (3, 20)] == [0, 1]
    assert (len(ranks), 7 in ranks, 20 in ranks) == (2, False, True)


def test_nobody_is_in_an_empty_line() -> None:
    ranks = Ranks()
    assert len(ranks) == 0
    assert 1 not in ranks


@pytest.mark.parametrize("ticket", [1, 3])
def test_one_who_is_not_in_line_has_no_rank(ticket: int) -> None:
    ranks = Ranks()
    ranks.add(1)
    ranks.add(2)
    ranks.remove(1)
    with pytest.raises(KeyError):
        ranks.ahead(ticket)
    with pytest.raises(KeyError):
        ranks.remove(ticket)
    assert ranks.ahead(2) == 0


def test_a_long_line_that_moves_on_keeps_no_memory_of_those_who_left() -> None:
    ranks = Ranks()
    for ticket in range(50_000):
        ranks.add(ticket)
        if ticket >= 10:
            ranks.remove(ticket - 10)
        assert len(ranks._tree) <= 2 * len(ranks) + 64 + 2
    assert [ranks.ahead(ticket) for ticket in range(49_990, 50_000)] == list(range(10))


def test_a_crowd_that_left_is_forgotten_with_the_next_arrival() -> None:
    ranks = Ranks()
    for ticket in range(1_000):
        ranks.add(ticket)
    for ticket in range(999):
        ranks.remove(ticket)
    ranks.add(1_000)
    assert len(ranks._tree) <= 2 * 2 + 64
    assert (ranks.ahead(999), ranks.ahead(1_000)) == (0, 1)


@pytest.mark.parametrize("size", [256, 4_096])
def test_the_steps_of_an_operation_grow_with_the_logarithm_of_the_line(size: int) -> None:
    ranks = Ranks()
    for ticket in range(size):
        ranks.add(ticket)
    CountingList.steps = 0
    rounds = 2_000
    for ticket in range(size, size + rounds):
        if not isinstance(ranks._tree, CountingList):  # it was renumbered, at the price of its length
            CountingList.steps += len(ranks._tree)
            ranks._tree = CountingList(ranks._tree)
        ranks.add(ticket)
        ranks.ahead(ticket)
        ranks.ahead(ticket - size // 2)
        ranks.remove(ticket - size)
    assert 0 < CountingList.steps / rounds <= 5 * math.log2(size)
