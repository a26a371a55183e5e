from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from contracts.strategies.containers import Listing, Record
from contracts.strategies.nodes import Choice
from tests.contracts.strategies.oracle import QUICK

ONE_TO_NINE = Choice(tuple(range(1, 10)))


@QUICK
@given(st.data(), st.integers(0, 4), st.integers(0, 4), st.booleans())
def test_lists_have_as_many_items_as_they_may(data: st.DataObject, least: int, more: int, unique: bool) -> None:  # noqa: FBT001
    node = Listing(ONE_TO_NINE, least, least + more, unique)
    draw: Any = data.draw
    for value in (node.draw(draw), node.plain(), *(value for _, _, value in node.edges())):
        assert least <= len(value) <= least + more
        assert not unique or len(set(value)) == len(value)
    assert len(node.plain()) == least
    assert {len(value) for _, _, value in node.edges()} >= {least, least + more}


def test_items_of_their_own_come_first() -> None:
    node = Listing(Choice((1,)), 3, 3, first=(Choice(("a",)),))
    assert node.plain() == ["a", 1, 1]
    assert node.child("*") is None
    assert Listing(ONE_TO_NINE, 0, 3).child("*") is ONE_TO_NINE


RECORD = Record(
    {"a": Choice((1,)), "b": Choice((2,)), "c": Choice((3,)), "d": Choice((4,))},
    frozenset({"b"}),
    frozenset({"d"}),
    {"c": ("a",)},
    least=2,
    most=3,
)


@QUICK
@given(st.data())
def test_objects_have_the_properties_they_must(data: st.DataObject) -> None:
    draw: Any = data.draw
    value = RECORD.draw(draw)
    assert "b" in value
    assert 2 <= len(value) <= 3
    assert "c" not in value or "a" in value


def test_an_object_has_plain_values_and_edges() -> None:
    assert RECORD.plain() == {"b": 2, "a": 1}
    assert RECORD.with_("c", 5) == {"a": 1, "b": 2, "c": 5}
    places = {pointer: value for pointer, _, value in RECORD.edges()}
    assert places.keys() == {"", "/a", "/b", "/c", "/d"}
    assert places["/d"]["d"] == 4
    assert RECORD.child("a") is not None
    assert RECORD.child("x") is None


def test_what_is_missing_is_made_up_if_it_may_be() -> None:
    node = Record({}, frozenset(), follow={}, least=2, more=Choice((1,)))
    assert node.plain() == {"x0": 1, "x1": 1}


def test_an_open_object_has_members_of_any_name() -> None:
    node = Record({}, frozenset(), more=Choice((1,)), is_open=True)
    seen: list[Any] = []

    @QUICK
    @given(st.composite(node.draw)())
    def draw(value: Any) -> None:
        seen.append(value)

    draw()
    assert {tuple(value) for value in seen} == {(), ("a",), ("é",)}
