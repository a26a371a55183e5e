from __future__ import annotations

from typing import Any

import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from contracts.strategies.nodes import ABSENT, Choice, Either, Held, Leaf, Node, lengths_between
from tests.contracts.strategies.oracle import LONG, QUICK


def drawn_from(node: Node) -> st.SearchStrategy[Any]:
    return st.composite(node.draw)()


EVEN = Held(Leaf(st.integers(0, 9), 1, (("least", 0), ("odd", 7))), lambda value: value % 2 == 0, (4, 8))


def test_a_choice_is_one_of_its_values_the_first_the_plainest() -> None:
    node = Choice(("b", "a"))
    assert find(drawn_from(node), lambda _: True, settings=LONG) == "b" == node.plain()
    assert [value for _, _, value in node.edges()] == ["b", "a"]
    assert [words for _, words, _ in node.edges()] == ['is "b"', 'is "a"']


def test_what_may_be_left_out_shrinks_away() -> None:
    for node in (Choice((1, 2)), Leaf(st.integers(), 0, ())):
        assert find(st.composite(node.perhaps)(), lambda _: True, settings=LONG) is ABSENT


def test_a_choice_gives_copies_of_what_can_be_changed() -> None:
    node = Choice(([1],))
    node.plain().append(2)
    assert node.plain() == [1]


@QUICK
@given(drawn_from(EVEN))
def test_what_is_held_against_a_schema_matches_it(value: int) -> None:
    assert value % 2 == 0


def test_a_held_node_knows_values_that_match() -> None:
    assert EVEN.plain() == 4
    assert [value for _, _, value in EVEN.edges()] == [0]
    stubborn = Held(Choice((1,)), lambda value: value == 2, (2,))
    assert find(drawn_from(stubborn), lambda _: True, settings=LONG) == 2


def test_either_way_is_drawn_and_the_first_is_the_plainest() -> None:
    node = Either((Choice((1,)), Choice(("a",))))
    assert find(drawn_from(node), lambda value: value == "a", settings=LONG) == "a"
    assert node.plain() == 1
    assert [value for _, _, value in node.edges()] == [1, "a"]
    assert node.child("*") is None


@pytest.mark.parametrize("bounds", [(0, 0), (2, 5)])
def test_strategies_for_lengths_are_made_once(bounds: tuple[int, int]) -> None:
    assert lengths_between(*bounds) is lengths_between(*bounds)
    assert find(lengths_between(*bounds), lambda _: True, settings=LONG) == bounds[0]
