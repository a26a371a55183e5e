from __future__ import annotations

from itertools import pairwise

from contracts.server.depth import EXTENTS, Depth


def test_every_depth_has_an_extent() -> None:
    assert list(EXTENTS) == list(Depth)


def test_a_greater_depth_tries_no_less() -> None:
    for less, more in pairwise(EXTENTS[depth] for depth in Depth):
        assert less.payloads.examples <= more.payloads.examples
        assert less.lives.examples <= more.lives.examples
        assert more.again or less.payloads.examples < more.payloads.examples
        assert less.lives.steps <= more.lives.steps
        assert less.deadline < more.deadline


def test_only_the_deepest_goes_on_until_its_time_is_up() -> None:
    assert [EXTENTS[depth].again for depth in Depth] == [False, False, True]


def test_whatever_is_found_is_made_small() -> None:
    assert all(extent.payloads.shrinks and extent.lives.shrinks for extent in EXTENTS.values())
