"""Sequences of calls of one or two accounts, and of time that passes between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

from hypothesis import strategies as st

from contracts.exchange import Who


@dataclass(frozen=True, slots=True)
class Submit:
    """A request is submitted; with ``fails``, one whose generation is to fail."""

    who: Who
    fails: bool = False


@dataclass(frozen=True, slots=True)
class Poll:
    """The status is read, of the submit of that index: 0 is the first of the sequence, whoever made it."""

    who: Who
    index: int


@dataclass(frozen=True, slots=True)
class Result:
    """The result is read, with the cost or without."""

    who: Who
    index: int
    include_cost: bool = False


@dataclass(frozen=True, slots=True)
class Cancel:
    """The request is cancelled."""

    who: Who
    index: int


@dataclass(frozen=True, slots=True)
class Pass:
    """Nobody calls for so many seconds."""

    seconds: float


Reference = Poll | Result | Cancel
Step = Submit | Reference | Pass

_ACCOUNTS = (Who.FIRST, Who.SECOND)
_KINDS: tuple[type[Step], ...] = (Submit, Poll, Result, Cancel)
# One number says all else of a step: those from 0 to 5.
_DETAILS = 6
_FAILING, _FOREIGN, _WITH_COST = (4, 5), 2, (1, 4, 5)
_SECONDS = (1.0, 5.0, 30.0, 300.0)


def sequences(
    *, accounts: int = 2, max_steps: int = 20, seconds: Sequence[float] = _SECONDS, fails: bool = True
) -> st.SearchStrategy[tuple[Step, ...]]:
    """Draw one step or more, at most ``max_steps``. An ``index`` is that of a submit before it, of either account.

    ``seconds`` are those that may pass at once, the plainest first; with none, no time passes. Without ``fails``, no
    generation fails. It shrinks to few steps, to submits, to the first account and to the first requests. Raises
    ``ValueError`` for accounts other than 1 or 2, no steps, or negative seconds.
    """
    if not 1 <= accounts <= len(_ACCOUNTS):
        raise ValueError(f"there are 1 or 2 accounts, not {accounts}")
    if max_steps < 1 or any(each < 0 for each in seconds):
        raise ValueError("a sequence has one step or more, and no time passes backwards")
    # Each step is as many choices as any other, or the one of the fewest would count as the plainest; and no more than
    # four, or the shrinker would not leave out a step at once.
    choices = st.tuples(
        st.sampled_from((*_KINDS, Pass, Submit) if seconds else _KINDS),
        st.integers(0, max_steps - 1),
        st.integers(0, max(len(seconds), _DETAILS) - 1),
    )
    return st.builds(
        _steps,
        st.lists(choices, min_size=1, max_size=max_steps),
        accounts=st.just(_ACCOUNTS[:accounts]),
        seconds=st.just(tuple(seconds)),
        fails=st.just(fails),
    )


def owners(steps: Sequence[Step]) -> tuple[Who, ...]:
    """Return who made each submit of a sequence, by index."""
    return tuple(step.who for step in steps if isinstance(step, Submit))


def is_foreign(steps: Sequence[Step], step: Step) -> bool:
    """Tell whether ``step`` of a sequence is about a request of the other account."""
    match step:
        case Poll(who, index) | Result(who, index, _) | Cancel(who, index):
            return owners(steps)[index] is not who
        case Submit() | Pass():
            return False
    assert_never(step)


def _steps(
    drawn: Sequence[tuple[type[Step], int, int]], *, accounts: Sequence[Who], seconds: Sequence[float], fails: bool
) -> tuple[Step, ...]:
    """Lead each index to a submit before it, so that any step can be left out; the first call is a submit.

    Who reads is drawn as the owner or the other one: so a foreign read stays foreign, whoever has submitted.
    """
    made: list[Step] = []
    owned: list[Who] = []
    for kind, number, detail in drawn:
        if kind is Pass:
            made.append(Pass(seconds[detail % len(seconds)]))
        elif kind is Submit or not owned:
            owned.append(accounts[detail % len(accounts)])
            made.append(Submit(owned[-1], fails and kind is Submit and detail in _FAILING))
        else:
            index = number % len(owned)
            others = [who for who in accounts if who is not owned[index]] if detail % 3 == _FOREIGN else []
            made.append(_reference(kind, others[0] if others else owned[index], index, detail))
    return tuple(made)


def _reference(kind: type[Step], who: Who, index: int, detail: int) -> Step:
    if kind is Result:
        return Result(who, index, detail in _WITH_COST)
    return Poll(who, index) if kind is Poll else Cancel(who, index)
