from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from contracts.bench import commands
from contracts.bench.client import ProtocolError
from contracts.bench.measure import Plan
from contracts.bench.process import ServerGone
from contracts.bench.report import Report
from tests.contracts.bench.test_report import REPORT

CONSOLE = [sys.executable, "-c", "from contracts.commands import main; main()", "bench"]


def give(monkeypatch: pytest.MonkeyPatch, outcome: Report | Exception) -> list[Plan]:
    """Let the command measure nothing, and come to that outcome; return the plans it was given."""
    plans: list[Plan] = []

    def run(plan: Plan, step: Callable[[str], None]) -> Report:
        plans.append(plan)
        step("a phase")
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    monkeypatch.setattr(commands, "run", run)
    return plans


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no process groups to look into")
def test_a_tiny_run_prints_one_document_and_leaves_no_process_behind() -> None:
    with subprocess.Popen(
        [*CONSOLE, "--json", "--requests", "2", "--rounds", "1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    document = json.loads(out)
    assert document.keys() == REPORT.as_json().keys()
    for name in ("first_answer", "memory", "growth"):
        assert document[name].keys() == REPORT.as_json()[name].keys()
    assert [speed["call"] for speed in document["speeds"]] == ["hello", "status", "submit", "lifecycle"]
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_json_is_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = give(monkeypatch, REPORT)
    result = CliRunner().invoke(commands.bench, ["--json", "--requests", "7", "--rounds", "3"])
    assert result.exit_code == 0
    assert json.loads(result.stdout) == json.loads(json.dumps(REPORT.as_json()))
    assert result.stderr == ""
    assert plans == [Plan(7, 3)]


def test_people_get_tables(monkeypatch: pytest.MonkeyPatch) -> None:
    plans = give(monkeypatch, REPORT)
    result = CliRunner().invoke(commands.bench)
    assert result.exit_code == 0
    assert "times hello" in result.stdout
    assert "first answer" in result.stdout
    assert plans == [Plan()]


@pytest.mark.parametrize(
    "error", [ServerGone("it went"), ProtocolError("it mumbled"), ConnectionResetError("it hung up")]
)
def test_a_run_that_cannot_be_finished_is_unchecked(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    give(monkeypatch, error)
    result = CliRunner().invoke(commands.bench, ["--json"])
    assert result.exit_code == 69
    assert result.stdout == ""
    assert result.stderr == f"Error: {error}\n"


@pytest.mark.parametrize("arguments", [["--requests", "0"], ["--rounds", "0"], ["--rounds", "many"]])
def test_a_number_that_cannot_be_is_a_usage_error(arguments: list[str]) -> None:
    result = subprocess.run([*CONSOLE, *arguments], capture_output=True, text=True, check=False)
    assert result.returncode == 64
    assert arguments[0] in result.stderr


def test_progress_keeps_out_of_stdout() -> None:
    assert commands._progress().console.stderr
