from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find, given, settings

from contracts.exchange import Who
from contracts.strategies import sequences
from contracts.strategies.sequences import Cancel, Pass, Poll, Result, Step, Submit, is_foreign, owners
from tests.contracts.strategies.oracle import LONG, QUICK

FIRST, SECOND = Who.FIRST, Who.SECOND
Steps = tuple[Step, ...]


@settings(QUICK, max_examples=300)
@given(sequences(max_steps=9, seconds=[2.0, 4.0]))
def test_an_index_is_that_of_a_submit_before_it(steps: Steps) -> None:
    assert 1 <= len(steps) <= 9
    count = 0
    for step in steps:
        match step:
            case Submit():
                count += 1
            case Poll() | Result() | Cancel():
                assert 0 <= step.index < count
            case Pass(seconds):
                assert seconds in (2.0, 4.0)
    assert len(owners(steps)) == count


@QUICK
@given(sequences(accounts=1, seconds=(), fails=False))
def test_a_sequence_can_be_narrowed(steps: Steps) -> None:
    for step in steps:
        assert not isinstance(step, Pass)
        assert step.who is FIRST
        assert not is_foreign(steps, step)
        assert step != Submit(FIRST, fails=True)


def test_all_that_can_happen_is_drawn() -> None:
    seen: Counter[Any] = Counter()

    @settings(LONG, max_examples=500)
    @given(sequences())
    def draw(steps: Steps) -> None:
        seen.update({type(step) for step in steps})
        seen["foreign"] += any(is_foreign(steps, step) for step in steps)
        seen["failing"] += Submit(SECOND, fails=True) in steps
        seen["cost"] += any(isinstance(step, Result) and step.include_cost for step in steps)
        seen["late index"] += any(isinstance(step, (Poll, Result, Cancel)) and step.index > 2 for step in steps)
        seen["long"] += len(steps) > 10
        seen[steps[0].__class__, "first"] += 1

    draw()
    wanted = {Submit, Poll, Result, Cancel, Pass, "foreign", "failing", "cost", "late index", "long"}
    assert {what for what in wanted if seen[what] < 20} == set()
    assert {what for what in seen if isinstance(what, tuple)} == {(Submit, "first"), (Pass, "first")}


def follows(first: Callable[[Steps, Step], bool], then: Callable[[Steps, Step], bool]) -> Callable[[Steps], bool]:
    """Tell whether a step of one kind comes somewhere after one of another kind."""

    def holds(steps: Steps) -> bool:
        at = [index for index, step in enumerate(steps) if first(steps, step)]
        return bool(at) and any(then(steps, step) for step in steps[at[0] + 1 :])

    return holds


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (lambda _: True, (Submit(FIRST),)),
        (lambda steps: len(steps) > 2, (Submit(FIRST), Submit(FIRST), Submit(FIRST))),
        (
            follows(lambda _, step: isinstance(step, Pass), lambda _, step: isinstance(step, Result)),
            (Submit(FIRST), Pass(1.0), Result(FIRST, 0)),
        ),
        (
            follows(
                lambda steps, step: isinstance(step, Poll) and is_foreign(steps, step),
                lambda steps, step: isinstance(step, Cancel) and not is_foreign(steps, step),
            ),
            (Submit(FIRST), Poll(SECOND, 0), Cancel(FIRST, 0)),
        ),
        (
            follows(
                lambda _, step: isinstance(step, Cancel), lambda _, step: isinstance(step, Poll) and step.index == 1
            ),
            (Submit(FIRST), Submit(FIRST), Cancel(FIRST, 0), Poll(FIRST, 1)),
        ),
        (
            lambda steps: any(is_foreign(steps, step) and isinstance(step, Result) for step in steps),
            (Submit(FIRST), Result(SECOND, 0)),
        ),
        (lambda steps: Submit(FIRST, fails=True) in steps, (Submit(FIRST, fails=True),)),
    ],
)
def test_a_sequence_shrinks_to_what_matters(condition: Callable[[Steps], bool], expected: Steps) -> None:
    assert find(sequences(), condition, settings=LONG) == expected


@pytest.mark.parametrize("wrong", [{"accounts": 0}, {"accounts": 3}, {"max_steps": 0}, {"seconds": [-1.0]}])
def test_what_cannot_be_drawn_is_refused_at_once(wrong: Any) -> None:
    with pytest.raises(ValueError, match=r"there are 1 or 2 accounts|a sequence has one step"):
        sequences(**wrong)
