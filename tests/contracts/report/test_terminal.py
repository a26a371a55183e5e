from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
import threading
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from rich.console import Console

from contracts.outcome import Outcome, Verdict
from contracts.report.terminal import Terminal
from tests.contracts.report.outcomes import ACCEPTED, FINDINGS, NASTY, OUTCOME, PASSED, UNREACHED, events, outcomes

ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


class Screen(io.StringIO):
    """What a terminal is sent."""

    def isatty(self) -> bool:
        return True


def shown(outcome: Outcome, file: io.StringIO | None = None, **options: Any) -> str:
    file = file or io.StringIO()
    report = Terminal(Console(file=file, width=80, _environ={"TERM": "xterm"}, highlight=False), **options)
    for event in events(outcome):
        report(event)
    report.close()
    return file.getvalue()


def test_a_pipe_gets_plain_lines() -> None:
    text = shown(OUTCOME)
    assert text.replace("\n", "").isprintable()
    lines = text.splitlines()
    for finding in FINDINGS:
        for line in [*finding.reproduction.curl.splitlines(), *finding.reproduction.setup.splitlines()]:
            assert line in lines
        assert f"          {finding.message}" in lines
    assert lines == [line.rstrip() for line in lines]
    assert "import httpx" not in text
    assert lines[-1] == (
        "FAIL  3 findings (1 critical, 1 major, 1 minor) in 9 checks of http://127.0.0.1:8787; 3 of 12 unchecked; "
        "1 accepted by the baseline; 1 gone from the baseline; up to 0.48 USD spent; "
        "stopped early: the deadline of 45 seconds passed. Seed 7 repeats it."
    )


def test_a_pipe_that_wants_colours_is_no_terminal() -> None:
    file = io.StringIO()
    report = Terminal(Console(file=file, width=80, force_terminal=True, _environ={"TERM": "xterm"}))
    for event in events(OUTCOME):
        report(event)
    assert "\x1b[?25l" not in file.getvalue()  # no cursor is hidden: nothing is redrawn
    assert FINDINGS[0].reproduction.curl in file.getvalue()


def test_checks_are_told_in_groups() -> None:
    text = shown(OUTCOME)
    assert "4 checks failed" in text
    assert "   2  the target has no control plane\n      money.double, queue.order\n" in text
    assert "5 checks passed" in text
    assert "a repeated cancel changes nothing" not in text
    assert "  cancel.repeated    a repeated cancel changes nothing\n" in shown(OUTCOME, verbose=True)


@pytest.mark.parametrize("option", ["verbose", "python"])
def test_python_is_shown_if_it_is_asked_for(option: str) -> None:
    assert FINDINGS[0].reproduction.python in shown(OUTCOME, None, **{option: True})


def test_findings_are_told_when_they_come_and_known_ones_in_a_word() -> None:
    file = io.StringIO()
    report = Terminal(Console(file=file, width=80))
    told = events(OUTCOME)
    for event in told[:-1]:
        report(event)
    text = file.getvalue()
    assert "critical  accounts.foreign-request:status\n" in text
    assert "breaks    error.403001, auth.bearer\n" in text
    assert f"known     {ACCEPTED[0].finding_id}\n" in text
    assert ACCEPTED[0].message not in text
    assert "curl" not in text


def test_the_worst_comes_first() -> None:
    text = shown(OUTCOME)
    end = text[text.index("Finding 1 of 3") :]
    places = [end.index(f"{severity}  ") for severity in ("critical", "major   ", "minor   ")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("outcome", "last"),
    [
        (PASSED, "PASS  no finding in 5 checks of http://127.0.0.1:8787; 0 of 5 unchecked. Seed 7 repeats it."),
        (
            UNREACHED,
            (
                "UNCHECKED  nothing could be checked of http://127.0.0.1:8787; 12 of 12 unchecked; "
                "stopped early: the target did not answer: connection refused. Seed 7 repeats it."
            ),
        ),
    ],
)
def test_the_last_line_is_the_verdict(outcome: Outcome, last: str) -> None:
    assert shown(outcome).splitlines()[-1] == last


@given(outcomes)
def test_nothing_of_the_servers_steers_anything(outcome: Outcome) -> None:
    for file in (io.StringIO(), Screen()):
        text = shown(outcome, file, verbose=True)
        text.encode("utf-8")
        ours = ANSI.sub("", text).replace("\r", "").replace("\n", "")
        assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\ufeff]", ours)


@pytest.mark.parametrize("nasty", NASTY[1:])
def test_markup_is_text(nasty: str) -> None:
    finding = replace(FINDINGS[0], finding_id="a.b:c", message=nasty, sent=nasty, answered=nasty)
    text = shown(replace(OUTCOME, findings=(finding,), target=nasty, stopped=nasty))
    plain = nasty[:40].encode("unicode_escape").decode() if not nasty.isprintable() else nasty[:40]
    if nasty.isascii():
        assert text.count(plain) >= 5
    assert max(len(line) for line in text.splitlines()) < 40_000


def test_a_terminal_is_wrapped_within_its_width_but_for_what_is_pasted() -> None:
    text = ANSI.sub("", shown(OUTCOME, Screen()))
    pasted = {
        line for each in FINDINGS for line in each.reproduction.curl.splitlines() + each.reproduction.setup.splitlines()
    }
    lines = text.split("\n")
    assert pasted <= set(lines)
    assert all(len(part) <= 80 for line in lines if line not in pasted for part in line.split("\r"))
    assert "      http://127.0.0.1:8787; 3 of 12 unchecked; 1 accepted by the baseline; 1" in lines


def test_colours_end_where_they_should() -> None:
    text = shown(OUTCOME, Screen())
    assert "\x1b[1;31mcritical  \x1b[0m\x1b[1maccounts.foreign-request:status\x1b[0m" in text
    assert "\x1b[31m  cancel.outcome            \x1b[0mcancel takes effect" in text


PROGRAM = """\
from contracts.report.terminal import Terminal
from tests.contracts.report.outcomes import OUTCOME, events
report = Terminal()
for event in events(OUTCOME):
    report(event)
report.close()
"""


@pytest.mark.parametrize(("term", "redraws"), [("xterm-256color", True), ("dumb", False)])
def test_at_a_real_terminal_progress_is_shown_and_taken_away(term: str, redraws: bool) -> None:  # noqa: FBT001
    ours, theirs = pty.openpty()
    received: list[bytes] = []

    def receive() -> None:
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # how Linux says that the other side is closed
                return
            if not piece:
                return
            received.append(piece)

    reader = threading.Thread(target=receive)
    reader.start()
    inherited = {name: value for name, value in os.environ.items() if name not in ("FORCE_COLOR", "NO_COLOR")}
    environment = inherited | {"TERM": term, "COLUMNS": "80", "LINES": "40", "PYTHONIOENCODING": "utf-8"}
    try:
        subprocess.run([sys.executable, "-c", PROGRAM], stdout=theirs, env=environment, check=True, timeout=60)
    finally:
        os.close(theirs)
        reader.join(10)
        os.close(ours)
    text = b"".join(received).decode()
    assert ("\x1b[?25l" in text) is redraws
    assert text.count("\x1b[?25h") >= text.count("\x1b[?25l")  # the cursor is back
    assert "Seed 7 repeats it." in ANSI.sub("", text).replace("\r\n      ", " ")
    assert ("\x1b[" in text) is redraws
    assert "Answers have their shapes ..." not in text or not redraws


def test_closing_early_and_often_is_harmless() -> None:
    screen = Screen()
    report = Terminal(Console(file=screen, width=80, _environ={"TERM": "xterm"}))
    for event in events(OUTCOME)[:3]:
        report(event)
    report.close()
    report.close()
    assert screen.getvalue().count("\x1b[?25h") >= screen.getvalue().count("\x1b[?25l") > 0


def test_every_verdict_has_its_colour() -> None:
    for verdict in Verdict:
        assert f"m{verdict.value.upper()}  \x1b[0m" in shown(replace(OUTCOME, verdict=verdict), Screen())


def test_a_run_that_could_not_begin_is_told_in_a_line() -> None:
    begun = replace(OUTCOME, verdict=Verdict.UNCHECKED, findings=(), accepted=(), gone=())
    assert any(check.check_id in shown(begun) for check in begun.checks)
    text = shown(replace(begun, phases=()))
    assert [check.check_id for check in begun.checks if check.check_id in text] == []
    assert "UNCHECKED" in text
