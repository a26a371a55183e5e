from __future__ import annotations

import io
import re
from typing import Any

import pytest
from rich.console import Console

from contracts.report.progress import Line, can_redraw
from contracts.report.terminal import Terminal
from tests.contracts.report.outcomes import NASTY


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


def console(file: io.StringIO, term: str = "xterm", **options: Any) -> Console:
    return Console(file=file, width=80, _environ={"TERM": term}, **options)


@pytest.mark.parametrize(
    ("made", "can"),
    [
        (console(Screen()), True),
        (console(Screen(), "dumb"), False),
        (console(Screen(), "unknown"), False),
        (console(io.StringIO()), False),
        (console(io.StringIO(), force_terminal=True), False),
        (console(Screen(), force_terminal=False), False),
    ],
)
def test_progress_is_for_terminals_that_can_redraw(made: Console, can: bool) -> None:  # noqa: FBT001
    assert can_redraw(made) is can
    assert (Terminal(made)._line is not None) is can


def last_frame(screen: Screen) -> str:
    frames = re.split(r"[\r\n]", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", screen.getvalue()))
    return [frame for frame in frames if frame.strip()][-1]


def test_it_shows_the_phase_its_parts_its_calls_and_the_findings() -> None:
    screen = Screen()
    line = Line(console(screen))
    line.advance(1, 2, 3)  # before there is a phase
    line.begin("First")
    line.advance(2, 5, 1000)
    line.find()
    line._progress.refresh()
    assert re.search(r"First +\S+ 2/5 [\d,]+ calls(/s)? 1 finding$", last_frame(screen).rstrip())
    line.begin("Second")
    line._progress.refresh()
    assert re.search(r"Second +\S+ 0 0 calls 1 finding$", last_frame(screen).rstrip())
    line.advance(12, None, 0)
    line._progress.refresh()
    assert re.search(r"Second +\S+ 12 0 calls 1 finding$", last_frame(screen).rstrip())
    line.stop()
    line.stop()


@pytest.mark.parametrize("nasty", NASTY)
def test_it_is_one_line_whatever_the_phase_is_called(nasty: str) -> None:
    screen = Screen()
    line = Line(console(screen))
    line.begin(nasty)
    line.advance(1234, 99999, 123456)
    for _ in range(20):
        line.find()
    line._progress.refresh()
    line.stop()
    assert "20 findings" in last_frame(screen)
    assert len(last_frame(screen)) <= 80
