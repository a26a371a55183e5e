from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.model import CANCELLED, FOLLOWS, MEANS, NOT_CANCELLABLE, OVER, Expected, Timetable, Word
from mock_server.core.lifecycle import Plan, Seconds
from schemas.answers import Shape, schema
from tests.imports import IMPORTS
from tests.properties.reference_line import Cancel, History, ReferenceLine, Submit

Step = tuple[float, str, int]
"""Seconds that pass, then what is done, and to which request."""


def test_it_shares_nothing_with_the_fake_that_it_is_to_judge() -> None:
    assert {each.top for each in IMPORTS if each.importer == "contracts.model"} <= {
        "__future__",
        "collections",
        "dataclasses",
        "enum",
    }


def test_each_word_may_be_seen_again() -> None:
    assert all(word in FOLLOWS[word] for word in Word)


def test_what_may_follow_what_follows_may_follow() -> None:
    for first, second in product(Word, Word):
        if second in FOLLOWS[first]:
            assert FOLLOWS[second] <= FOLLOWS[first]


def test_what_is_over_has_no_successor() -> None:
    assert {word for word in Word if FOLLOWS[word] == {word}} == OVER


def test_the_words_are_those_of_the_shapes() -> None:
    assert set(MEANS) == set(schema(Shape.RESULT)["properties"]["status"]["enum"])
    assert set(Word) == set(schema(Shape.STATUS)["properties"]["status"]["enum"])
    assert {CANCELLED, NOT_CANCELLABLE} == set(schema(Shape.CANCEL)["properties"]["outcome"]["enum"])
    assert set(MEANS.values()) == set(Word)


def follow(table: Timetable, steps: list[Step]) -> tuple[list[list[Expected]], list[str], History]:
    """Play the steps; return what is to be seen of all requests after each, the outcomes, and the history."""
    history, outcomes, seen = [], [], []
    plan = Plan(Seconds(table.queue), Seconds(table.run), None)
    for seconds, what, which in steps:
        table.now += seconds
        if what == "submit":
            table.submit()
            history.append((table.now, Submit(plan)))
        elif what == "cancel" and table.jobs:
            index = which % len(table.jobs)
            outcomes.append(table.cancel(index))
            history.append((table.now, Cancel(index + 1)))  # type: ignore[arg-type]
        seen.append([table.look(index) for index in range(len(table.jobs))])
    return seen, outcomes, history


def compare(queue: float, run: float, slots: int | None, steps: list[Step]) -> None:
    table = Timetable(queue, run, slots)
    seen, outcomes, history = follow(table, steps)
    now, played = 0.0, 0
    told = iter(outcomes)
    for (seconds, what, _), looks in zip(steps, seen, strict=True):
        now += seconds
        if what == "cancel" and looks:
            number = history[played][1].number  # type: ignore[union-attr]
            word = ReferenceLine(slots, history[:played], now).life(number).status
            assert next(told) == (CANCELLED if word in ("in_queue", "cancelled") else NOT_CANCELLABLE)
        played += what == "submit" or (what == "cancel" and bool(looks))
        line = ReferenceLine(slots, history[:played], now)
        due = [Expected(Word(life.status), line.position(life.number)) for life in line.lives]
        assert looks == due, (queue, run, slots, steps)


@pytest.mark.parametrize("slots", [None, 1, 2])
def test_small_histories_are_as_the_reference_has_them(slots: int | None) -> None:
    """Each history of four steps, for each pace of 0 to 2: many of its moments fall together."""
    actions = [(0.0, "submit", 0), (1.0, "submit", 0), (0.0, "cancel", 0), (0.0, "cancel", 1), (1.0, "look", 0)]
    for queue, run in product((0.0, 1.0, 2.0), repeat=2):
        for rest in product(actions, repeat=4):
            compare(queue, run, slots, [(0.0, "submit", 0), *rest])


TIMES = st.sampled_from([0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 7.0])
STEPS = st.tuples(TIMES, st.sampled_from(["submit", "submit", "cancel", "look"]), st.integers(0, 9))


@given(
    queue=TIMES,
    run=TIMES,
    slots=st.sampled_from([None, 1, 2, 3]),
    steps=st.lists(STEPS, max_size=20),
)
def test_any_history_is_as_the_reference_has_it(queue: float, run: float, slots: int | None, steps: list[Step]) -> None:
    compare(queue, run, slots, steps)


@given(
    queue=TIMES,
    run=TIMES,
    slots=st.sampled_from([None, 1, 2, 3]),
    steps=st.lists(STEPS, max_size=20),
)
def test_what_is_to_be_seen_goes_on_and_never_back(
    queue: float, run: float, slots: int | None, steps: list[Step]
) -> None:
    seen, _, _ = follow(Timetable(queue, run, slots), steps)
    for before, after in pairwise(seen):
        for one, other in zip(before, after, strict=False):
            assert other.word in FOLLOWS[one.word]
            assert one.ahead is None or other.ahead is None or other.ahead <= one.ahead
        running = sum(each.word is Word.RUNNING for each in after)
        assert slots is None or running <= slots
