from __future__ import annotations

import pytest

from mock_server.core.orders import NONE
from mock_server.core.pacing import LONGEST
from mock_server.trouble.parts import HangUp, Reply, Reset, Stall, Wait
from tests.mock_server.trouble.effects.scenes import REPLY, effect, parts_of, scene


def test_latency_is_held_before_or_after() -> None:
    before, after = effect("latency", seconds=3), effect("latency", seconds=3, accepted=True)
    assert (before.hold(scene()), parts_of(before)[0]) == (3, parts_of(effect("ok"))[0])
    assert (after.hold(scene()), parts_of(after)[0]) == (0, Wait(3))
    drawn = effect("latency", seconds=3, sigma=0.5)
    assert drawn.hold(scene()) == drawn.hold(scene()) != 3
    assert effect("latency", seconds=1e9, sigma=10).hold(scene()) <= LONGEST


def test_a_dribble_waits_before_each_piece() -> None:
    _, *rest = parts_of(effect("dribble", bytes=10, seconds=2))
    assert rest == [Wait(2), REPLY.body[:10], Wait(2), REPLY.body[10:]]


@pytest.mark.parametrize(("name", "end"), [("reset", Reset()), ("hang_up", HangUp()), ("stall", Stall())])
def test_before_the_call_is_served_it_is_not(name: str, end: object) -> None:
    assert effect(name).replaces
    assert list(effect(name).parts([], scene())) == [end]
    assert not effect(name, at="accepted").replaces


@pytest.mark.parametrize("name", ["reset", "hang_up", "stall", "truncate", "dribble"])
def test_what_is_not_to_be_kept_is_withdrawn(name: str) -> None:
    at = {"at": "body"} if name in ("reset", "hang_up", "stall") else {}
    assert effect(name, accepted=False, **at).orders(NONE).withdraw
    assert not effect(name, **at).orders(NONE).withdraw


def test_an_empty_body_cannot_be_cut() -> None:
    empty = Reply(200, (), b"")
    assert parts_of(effect("truncate"), empty) == parts_of(effect("ok"), empty)
    assert parts_of(effect("truncate", keep=0))[1:] == [b"", HangUp()]
