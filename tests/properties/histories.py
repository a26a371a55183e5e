"""Hypothesis strategies for plans and for what can happen to a line."""

from __future__ import annotations

from itertools import accumulate

from hypothesis import strategies as st

from mock_server.core.lifecycle import Failure, Held, Move, Plan, Reads, Seconds, Wait
from tests.properties.reference_line import Action, Cancel, MoveTo, Read, Submit

Slots = st.sampled_from([None, 1, 2, 3])

# Few different values, so that many moments fall together; and some that share no binary fraction.
DURATIONS = st.sampled_from([0.0, 0.0, 0.5, 1.0, 1.0, 2.0, 3.0, 7.0]) | st.floats(0, 10, allow_nan=False)


def waits() -> st.SearchStrategy[Wait]:
    """Any wait; most of them in seconds."""
    return st.one_of(
        st.builds(Seconds, DURATIONS),
        st.builds(Seconds, DURATIONS),
        st.builds(Reads, st.integers(0, 3)),
        st.just(Held()),
    )


def plans() -> st.SearchStrategy[Plan]:
    """Any plan; some fail in the end."""
    return st.builds(Plan, waits(), waits(), st.sampled_from([None, None, None, Failure(500001, "planned")]))


@st.composite
def histories(
    draw: st.DrawFn,
    plan: st.SearchStrategy[Plan] | None = None,
    *,
    by_hand: bool = True,
    most: int = 25,
) -> list[tuple[float, Action]]:
    """Draw a history: times that never fall, each with something that is done to a request submitted before."""
    plan = plans() if plan is None else plan
    actions: list[Action] = []
    submitted = 0
    for _ in range(draw(st.integers(1, most))):
        kinds = ["submit", "submit", "read", "cancel", "move"][: 5 if by_hand else 4]
        kind = draw(st.sampled_from(kinds)) if submitted else "submit"
        if kind == "submit":
            submitted += 1
            actions.append(Submit(draw(plan)))
            continue
        number = draw(st.integers(1, submitted))
        match kind:
            case "read":
                actions.append(Read(number))
            case "cancel":
                actions.append(Cancel(number))
            case _:
                actions.append(MoveTo(number, draw(st.sampled_from(Move))))
    gaps = draw(st.lists(DURATIONS, min_size=len(actions), max_size=len(actions)))
    return list(zip(accumulate(gaps, initial=0.0), actions, strict=False))
