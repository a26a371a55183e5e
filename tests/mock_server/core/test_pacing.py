from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mock_server.core.lifecycle import Held, Plan, Reads, Seconds
from mock_server.core.pacing import LONGEST, Pace, PaceError, instant, manual, polls, timed

counts = st.integers(0, 999_999_999)
lengths = st.floats(0, LONGEST) | st.integers(0, int(LONGEST)).map(float)


@settings(deadline=None)
@given(counts, counts)
def test_a_pace_in_reads_is_read_as_it_was_written(queue: int, run: int) -> None:
    pace = polls(queue, run)
    assert pace == Pace(f"polls:{queue},{run}", Plan(Reads(queue), Reads(run)))
    assert Pace.parse(str(pace)) == pace


@settings(deadline=None)
@given(lengths, lengths)
def test_a_pace_in_seconds_has_just_the_seconds_it_was_given(queue: float, run: float) -> None:
    pace = timed(queue, run)
    assert pace.plan == Plan(Seconds(queue), Seconds(run))
    assert Pace.parse(str(pace)) == pace


def test_each_pace_has_its_plan() -> None:
    assert instant() == Pace("instant", Plan(Seconds(0), Seconds(0)))
    assert manual() == Pace("manual", Plan(Held(), Held()))
    assert polls(1, 2).plan == Plan(Reads(1), Reads(2))
    assert timed(2, 4).plan == Plan(Seconds(2), Seconds(4))


@pytest.mark.parametrize("pace", [instant(), manual(), polls(0, 3), timed(0, 0.5), timed(2, 4)], ids=str)
def test_the_name_of_a_pace_is_read_back(pace: Pace) -> None:
    assert Pace.parse(str(pace)) == Pace.parse(f"  {pace.name}\n") == pace


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("time:2,4", "time:2,4"),
        ("time:2.0,0.50", "time:2,0.5"),
        ("time:1e3,0", "time:1000,0"),
        ("polls:01,2", "polls:1,2"),
    ],
)
def test_the_name_is_the_short_form_of_what_was_written(text: str, name: str) -> None:
    assert str(Pace.parse(text)) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "fast",
        "Instant",
        "instant:1",
        "manual:",
        "polls",
        "polls:",
        "polls:1",
        "polls:1,",
        "polls:1,2,3",
        "polls:-1,2",
        "polls:1.5,2",
        "polls:1,2:3",
        "polls:1234567890,1",
        "polls:\N{ARABIC-INDIC DIGIT THREE},1",
        "time",
        "time:",
        "time:1",
        "time:1,2,3",
        "time:a,b",
        "time:-1,2",
        "time:1,-0.001",
        "time:nan,1",
        "time:1,inf",
        "time:1e9,1.1e9",
        "time:1e400,1",
    ],
)
def test_what_is_no_pace_is_refused_with_what_there_is(text: str) -> None:
    with pytest.raises(PaceError) as error:
        Pace.parse(text)
    assert repr(text) in str(error.value)
    for form in ("instant", "manual", "polls:Q,R", "time:Q,R", "polls:1,2", "time:2,4"):
        assert form in str(error.value)


@pytest.mark.parametrize(("queue", "run"), [(-1, 0), (0, -1), (10**9, 0)])
def test_so_many_reads_cannot_be(queue: int, run: int) -> None:
    with pytest.raises(PaceError):
        polls(queue, run)


@pytest.mark.parametrize("seconds", [-1.0, float("nan"), float("inf"), LONGEST * 2])
def test_so_many_seconds_cannot_be(seconds: float) -> None:
    for queue, run in ((seconds, 0.0), (0.0, seconds)):
        with pytest.raises(PaceError):
            timed(queue, run)


def test_the_longest_wait_can_be() -> None:
    assert timed(LONGEST, LONGEST).plan == Plan(Seconds(LONGEST), Seconds(LONGEST))
