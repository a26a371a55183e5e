from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import click
import pytest

from schemas import terminal
from schemas.errors import Problem, SchemaError
from schemas.terminal import Exit, emit, fail
from tests.schemas.console import Outcome, call


def _call(body: Callable[[], Any], *arguments: str, encoding: str = "utf-8") -> Outcome:
    @click.command()
    @click.option("--number", type=int)
    def command(number: int | None) -> Any:
        """Do what the test says."""
        return body()

    return call(command, *arguments, encoding=encoding)


def _raiser(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


def test_the_codes_are_those_of_sysexits() -> None:
    assert {each.name: each.value for each in Exit} == {
        "FINE": os.EX_OK,
        "BROKEN": 1,
        "USAGE": os.EX_USAGE,
        "BAD_INPUT": os.EX_DATAERR,
        "UNAVAILABLE": os.EX_UNAVAILABLE,
        "TRY_LATER": os.EX_TEMPFAIL,
        "TOKEN_REJECTED": os.EX_NOPERM,
    }


@pytest.mark.parametrize(
    ("result", "code"), [(None, 0), (0, 0), (1, 1), (Exit.TRY_LATER, 75), ("text", 0), ({"a": 1}, 0)]
)
def test_a_command_that_comes_back_leaves_with_the_code_it_returns(result: Any, code: int) -> None:
    assert _call(lambda: result).code == code


@pytest.mark.parametrize(
    ("error", "code", "text"),
    [
        (click.UsageError("not so"), 64, "not so"),
        (click.BadParameter("not that"), 64, "not that"),
        (click.ClickException("no"), 65, "no"),
        (click.FileError("a.json", "gone"), 65, "gone"),
        (SchemaError(Problem("a.json", "/x", "", "one"), Problem("b.json", "", "", "two")), 65, "a.json: at /x: one"),
        (click.Abort(), 130, ""),
        (KeyboardInterrupt(), 130, ""),
        (SystemExit(77), 77, ""),
        (click.exceptions.Exit(69), 69, ""),
    ],
)
def test_each_way_to_end_has_its_code_and_says_why_on_stderr(error: BaseException, code: int, text: str) -> None:
    outcome = _call(_raiser(error))
    assert outcome.code == code
    assert text in outcome.err
    assert outcome.out == ""
    assert "Traceback" not in outcome.err


def test_every_problem_of_a_schema_is_said() -> None:
    outcome = _call(_raiser(SchemaError(Problem("a.json", "/x", "", "one"), Problem("b.json", "", "", "two"))))
    assert outcome.err.splitlines() == ["Error: a.json: at /x: one", "b.json: two"]


@pytest.mark.parametrize("arguments", [["--nope"], ["--number", "x"], ["extra"], ["--number"]])
def test_arguments_that_cannot_be_read_are_a_matter_of_usage(arguments: list[str]) -> None:
    outcome = _call(lambda: None, *arguments)
    assert (outcome.code, outcome.out) == (64, "")
    assert "Error: " in outcome.err


def test_asking_for_help_is_fine() -> None:
    outcome = _call(lambda: 1, "--help")
    assert (outcome.code, outcome.err) == (0, "")
    assert "Do what the test says." in outcome.out


def test_a_defect_of_our_own_is_not_swallowed() -> None:
    with pytest.raises(ZeroDivisionError):
        _call(_raiser(ZeroDivisionError()))


def test_failing_says_why_and_with_which_code() -> None:
    outcome = _call(lambda: fail(Exit.UNAVAILABLE, "nobody there"))
    assert outcome == Outcome(69, "", "Error: nobody there\n")


@pytest.mark.parametrize("document", [{"a": ["é — ", None, 0.5]}, [], {}, [1]])
def test_a_document_is_written_as_json_that_people_can_read(document: Any) -> None:
    outcome = _call(lambda: emit(document))
    assert outcome == Outcome(0, json.dumps(document, indent=2, ensure_ascii=False) + "\n", "")


def test_a_document_is_the_same_on_a_terminal_that_has_ascii_alone() -> None:
    assert _call(lambda: emit({"a": "é — 猫"}), encoding="ascii").document() == {"a": "é — 猫"}


def test_a_document_with_half_of_a_surrogate_pair_reads_back() -> None:
    assert _call(lambda: emit({"a": "é \ud83d"})).document() == {"a": "é \ud83d"}


def test_a_character_that_the_terminal_lacks_is_no_reason_to_fail() -> None:
    outcome = _call(lambda: click.echo("é — 猫"), encoding="latin-1")
    assert (outcome.code, outcome.out) == (0, "é ? ?\n")


@pytest.mark.parametrize("arguments", [["ledger"], ["ledger", "--json"], ["show", "kling/kling-3.0/pro/text-to-video"]])
def test_a_reader_that_has_enough_is_no_failure(arguments: list[str]) -> None:
    code = f"from schemas.commands import models; from schemas.terminal import run; run(models, 'x', {arguments})"
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = subprocess.run(
            [sys.executable, "-c", code], stdout=writing, stderr=subprocess.PIPE, text=True, timeout=60, check=False
        )
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_line_for_people_is_one_line_and_styled_on_a_terminal_alone(capsys: pytest.CaptureFixture[str]) -> None:
    long = "[bold]:smile: " + "x" * 300
    terminal.say(("a/model", "bold"), f": {long}")
    assert capsys.readouterr().out == f"a/model: {long}\n"
