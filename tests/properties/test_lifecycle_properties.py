"""How a request lives, for every history: against the slow reference, and by laws that need no reference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, MultipleResults, RuleBasedStateMachine, initialize, invariant, multiple, rule

from mock_server.core.lifecycle import Held, Move, Plan, Request, Seconds, Status, status_at
from tests.mock_server.core.line_driver import LineDriver
from tests.properties.histories import DURATIONS, Slots, histories, plans, waits
from tests.properties.reference_line import (
    BY_HAND,
    Action,
    Cancel,
    History,
    MoveTo,
    Read,
    ReferenceLine,
    Submit,
)

LATER = 1_000.0  # more than any plan of these tests waits
RANK = {Status.IN_QUEUE: 0, Status.IN_PROGRESS: 1, Status.COMPLETED: 2, Status.CANCELLED: 2}


class LineMachine(RuleBasedStateMachine):
    """Does anything in any order; after each step every request is what the reference says."""

    numbers: Bundle[int] = Bundle("numbers")

    @initialize(slots=Slots, start=st.sampled_from([0.0, 1_700_000_000.25]))
    def open(self, slots: int | None, start: float) -> None:
        self.slots = slots
        self.driver = LineDriver(slots, start)
        self.history: list[tuple[float, Action]] = []
        self.failures = Counter[int]()

    def do(self, action: Action) -> None:
        self.history.append((self.driver.now, action))
        self.driver.do(action)

    @rule(target=numbers, plan=plans())
    def submit(self, plan: Plan) -> int:
        self.do(Submit(plan))
        return len(self.driver.requests)

    @rule(target=numbers, plan=plans(), count=st.integers(2, 4))
    def submit_several(self, plan: Plan, count: int) -> MultipleResults[int]:
        first = len(self.driver.requests) + 1
        for _ in range(count):
            self.do(Submit(plan))
        return multiple(*range(first, first + count))

    @rule(number=numbers, times=st.integers(1, 3))
    def read(self, number: int, times: int) -> None:
        for _ in range(times):
            self.do(Read(number))

    @rule(number=numbers)
    def cancel(self, number: int) -> None:
        self.do(Cancel(number))

    @rule(number=numbers, to=st.sampled_from(Move))
    def move(self, number: int, to: Move) -> None:
        self.do(MoveTo(number, to))

    @rule(seconds=DURATIONS)
    def wait(self, seconds: float) -> None:
        self.driver.wait(seconds)

    @invariant()
    def everything_is_as_the_reference_says(self) -> None:
        reference = ReferenceLine(self.slots, self.history, self.driver.now)
        for request in self.driver.requests:
            life = reference.life(request.number)
            assert self.driver.status(request) == life.status, request
            assert _moments(request) == (life.started_at, life.ended_at, life.cancelled_at), request
            assert self.driver.position(request) == reference.position(request.number), request
            if life.status == "completed":
                assert request.failure == life.failure, request

    @invariant()
    def each_request_is_reported_over_once_and_only_when_it_is(self) -> None:
        over = [request.number for request in self.driver.requests if self.driver.status(request).over]
        assert sorted(self.driver.over) == over

    @invariant()
    def what_is_kept_of_the_past_is_bounded(self) -> None:
        line = self.driver.line
        kept = len(line._readying) + len(line._ready) + len(line._ends)
        live = sum(not self.driver.status(request).over for request in self.driver.requests)
        assert kept <= 2 * live + 64


TestLine = LineMachine.TestCase
TestLine.settings = settings(max_examples=80, stateful_step_count=25, deadline=None)


@settings(max_examples=100, deadline=None)
@given(Slots, histories(), st.lists(st.floats(0, 1), max_size=3))
def test_it_makes_no_difference_how_often_anybody_looks(
    slots: int | None, history: History, looks: Sequence[float]
) -> None:
    seldom, often = LineDriver(slots), LineDriver(slots)
    for when, action in history:
        start = often.now
        for share in sorted(looks):
            often.now = start + (when - start) * share
            often.settle()
        for driver in (seldom, often):
            driver.now = when
            driver.do(action)
    for when in (history[-1][0] + share for share in range(30)):
        often.now = when
        often.settle()
    for driver in (seldom, often):
        driver.now = LATER
        driver.settle()
    assert [_moments(request) for request in seldom.requests] == [_moments(request) for request in often.requests]
    assert seldom.over == often.over


@settings(max_examples=100, deadline=None)
@given(Slots, histories())
def test_a_status_never_goes_back_and_a_position_never_grows(slots: int | None, history: History) -> None:
    driver = LineDriver(slots)
    ranks: dict[int, int] = {}
    positions: dict[int, int] = {}
    for when, action in [*history, *((history[-1][0] + seconds, None) for seconds in range(1, 30))]:
        driver.now = when
        if action is not None:
            driver.do(action)
        for request in driver.requests:
            rank = RANK[driver.status(request)]
            assert rank >= ranks.get(request.number, 0)
            ranks[request.number] = rank
            position = driver.position(request)
            if position is not None:
                assert position <= positions.get(request.number, position)
                positions[request.number] = position
        queue = driver.queue()
        assert queue == sorted(queue)
        assert [driver.position(driver.requests[number - 1]) for number in queue] == list(range(len(queue)))


@settings(max_examples=100, deadline=None)
@given(Slots, histories(by_hand=False))
def test_no_more_than_the_slots_run_at_once(slots: int | None, history: History) -> None:
    driver = _played(slots, history)
    spans = [
        (each.started_at, LATER if each.ended_at is None else each.ended_at)
        for each in driver.requests
        if each.started_at is not None
    ]
    for start, _ in spans:
        at_once = sum(begin <= start < end for begin, end in spans)
        assert slots is None or at_once <= slots


@settings(max_examples=80, deadline=None)
@given(Slots, st.data())
def test_equal_plans_are_served_first_in_first_out(slots: int | None, data: st.DataObject) -> None:
    plan = data.draw(st.builds(Plan, st.builds(Seconds, DURATIONS), waits()))
    driver = _played(slots, data.draw(histories(st.just(plan), by_hand=False)))
    starts = [each.started_at for each in driver.requests if each.cancelled_at is None]
    started = [moment for moment in starts if moment is not None]
    assert started == sorted(started)
    assert starts[: len(started)] == started, "nobody is left behind by one who came later"


@settings(max_examples=80, deadline=None)
@given(Slots, histories(), st.data())
def test_a_cancel_moves_those_behind_it_up_by_one_and_no_others(
    slots: int | None, history: History, data: st.DataObject
) -> None:
    driver = _played(slots, [*history, (history[-1][0], Submit(Plan(Held(), Held())))], until=history[-1][0])
    before = driver.queue()
    number = data.draw(st.sampled_from(before))
    assert driver.cancel(driver.requests[number - 1])
    assert driver.queue() == [each for each in before if each != number]
    assert not driver.cancel(driver.requests[number - 1]), "a second cancel finds nothing to do"


@settings(max_examples=80, deadline=None)
@given(Slots, histories(), st.floats(0, LATER))
def test_the_status_is_a_pure_function_of_the_moments_and_the_time(
    slots: int | None, history: History, now: float
) -> None:
    for request in _played(slots, history).requests:
        before = repr(request)
        first = status_at(request, now)
        assert status_at(request, now) is first
        assert repr(request) == before
        past = [moment is not None and moment <= now for moment in _moments(request)]
        expected = {
            (False, False, False): Status.IN_QUEUE,
            (True, False, False): Status.IN_PROGRESS,
            (True, True, False): Status.COMPLETED,
            (False, False, True): Status.CANCELLED,
        }[past[0], past[1], past[2]]
        assert first is expected


@settings(max_examples=80, deadline=None)
@given(Slots, histories())
def test_moments_come_in_order_and_a_failure_is_told_only_as_planned_or_by_hand(
    slots: int | None, history: History
) -> None:
    driver = _played(slots, history)
    for request in driver.requests:
        moments = [request.submitted_at, *(moment for moment in _moments(request) if moment is not None)]
        assert moments == sorted(moments)
        assert request.failure in (None, request.plan.failure, BY_HAND)
    assert driver.over == sorted(driver.over, key=lambda number: driver.requests[number - 1].over_at or 0.0)


def _moments(request: Request) -> tuple[float | None, float | None, float | None]:
    return request.started_at, request.ended_at, request.cancelled_at


def _played(slots: int | None, history: History, until: float = LATER) -> LineDriver:
    driver = LineDriver(slots)
    for when, action in history:
        driver.now = when
        driver.do(action)
    driver.now = until
    driver.settle()
    return driver
