"""Ranks beside a plain sorted list."""

from __future__ import annotations

from bisect import bisect_left

from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.ranks import Ranks


@st.composite
def comings_and_goings(draw: st.DrawFn) -> list[tuple[int, float]]:
    """Draw how far the next ticket is from the last, and where in line somebody leaves (0 to 1); 0 is for nobody."""
    phases = st.tuples(st.integers(0, 150), st.integers(0, 150), st.sampled_from([0.0, 0.5, 0.999]))
    turns: list[tuple[int, float]] = []
    for joining, leaving, where in draw(st.lists(phases, min_size=1, max_size=5)):
        turns += [(draw(st.integers(1, 3)), 0.0)] * joining
        turns += [(0, where)] * leaving
    return turns


@settings(max_examples=100, deadline=None)
@given(comings_and_goings())
def test_ranks_are_the_places_in_a_sorted_list(turns: list[tuple[int, float]]) -> None:
    ranks, plain, last = Ranks(), list[int](), 0
    for step, where in turns:
        if step:
            last += step
            ranks.add(last)
            plain.append(last)
        elif plain:
            ranks.remove(plain.pop(int(where * len(plain))))
        _agree(ranks, plain, last)
    assert [ranks.ahead(ticket) for ticket in plain] == list(range(len(plain)))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.floats(0, 0.999)), max_size=400))
def test_ranks_hold_in_any_order_of_joining_and_leaving(turns: list[tuple[int, float]]) -> None:
    ranks, plain, last = Ranks(), list[int](), 0
    for step, where in turns:
        if step > 1:
            last += step
            ranks.add(last)
            plain.append(last)
        elif plain:
            ranks.remove(plain.pop(int(where * len(plain))))
    _agree(ranks, plain, last)
    assert [ranks.ahead(ticket) for ticket in plain] == list(range(len(plain)))


def _agree(ranks: Ranks, plain: list[int], last: int) -> None:
    assert len(ranks) == len(plain)
    assert (last in ranks) == (last in plain)
    for ticket in plain[:1] + plain[-1:] + plain[len(plain) // 2 : len(plain) // 2 + 1]:
        assert ranks.ahead(ticket) == bisect_left(plain, ticket)
