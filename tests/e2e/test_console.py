"""The console script beside ``serve`` and ``demo``: what the contract says, pipes, terminals, unknown commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from contracts.commands import COMMANDS
from schemas import __version__
from schemas.terminal import Exit
from tests.e2e.processes import TIMEOUT, run, script, start

KLING = "kling/kling-3.0/pro/text-to-video"
FAST_DEMO = "demo --pace polls:1,1 --interval 0"


def test_the_exit_codes_are_those_of_sysexits() -> None:
    assert {code.name: code.value for code in Exit} == {
        "FINE": 0,
        "BROKEN": 1,
        "USAGE": 64,
        "BAD_INPUT": 65,
        "UNAVAILABLE": 69,
        "TRY_LATER": 75,
        "TOKEN_REJECTED": 77,
    }


def test_models_list_shows_the_models() -> None:
    assert KLING in run("models", "list").out
    (model,) = run("models", "list", "--json").document["models"]
    assert model["model_id"] == KLING
    assert model["base_price_usd"] == 0.112


def test_models_show_gives_the_schema_as_normalised_and_as_vendored() -> None:
    normalised = run("models", "show", KLING, "--json").document
    vendored = run("models", "show", KLING, "--vendored", "--json").document
    assert normalised["input_schema"]["properties"]["cfg_scale"]["type"] == "number"
    assert vendored["input_schema"]["properties"]["cfg_scale"]["type"] == "float"
    assert json.loads(run("models", "show", KLING).out) == normalised


def test_a_model_that_there_is_not_is_bad_input_and_names_those_there_are() -> None:
    ended = run("models", "show", "no/such-model")
    assert ended.code == Exit.BAD_INPUT
    assert "no/such-model" in ended.clear_error
    assert KLING in ended.clear_error


def test_models_lint_tells_the_defects_of_the_page() -> None:
    told = run("models", "lint", "--json")
    defects = told.document["defects"]
    assert {"model_id", "defect_id", "severity", "file", "pointer", "message"} <= set(defects[0])
    errors = [each for each in defects if each["severity"] == "error"]
    text = run("models", "lint")
    assert text.code == told.code == (Exit.BROKEN if errors else Exit.FINE)
    for each in defects:
        assert each["defect_id"] in text.out


def test_models_ledger_tells_every_fact() -> None:
    document = run("models", "ledger", "--json").document
    text = run("models", "ledger").out
    assert len(document["facts"]) > 30
    for fact in document["facts"]:
        assert fact["id"] in text


def test_openapi_is_one_document_with_and_without_json() -> None:
    plain = run("openapi", "--base-url", "http://localhost:1234")
    assert plain.document["openapi"].startswith("3.1")
    assert plain.document["servers"][0]["url"] == "http://localhost:1234"
    assert run("openapi", "--base-url", "http://localhost:1234", "--json").out == plain.out


@pytest.mark.parametrize("command", ["--help", "models lint", "openapi", FAST_DEMO])
def test_a_reader_who_has_enough_ends_it_in_silence(command: str, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        line = [script(), *command.split()]
        ended = subprocess.run(line, stdout=nobody, stderr=subprocess.PIPE, timeout=TIMEOUT, cwd=tmp_path, check=False)
    assert ended.stderr == b""
    assert ended.returncode == Exit.FINE


@pytest.mark.parametrize(
    ("encoding", "command"),
    [
        ("ascii", "models list"),
        ("ascii", f"models show {KLING}"),
        ("ascii", "openapi"),
        ("cp1252", "models ledger"),
        ("cp1252", FAST_DEMO),
        ("cp1252", FAST_DEMO + " --json"),
    ],
)
def test_a_terminal_without_the_characters_is_no_reason_to_crash(encoding: str, command: str, tmp_path: Path) -> None:
    ended = run(*command.split(), cwd=tmp_path, env={"PYTHONIOENCODING": encoding})
    assert "Traceback" not in ended.err
    assert ended.code == Exit.FINE


def test_help_lists_the_commands_and_version_the_version() -> None:
    shown = run("--help")
    assert (shown.code, shown.err) == (Exit.FINE, "")
    for name, home in COMMANDS.items():
        assert f"  {name} " in shown.out
        assert home.text in shown.out
    assert __version__ in run("--version").out


@pytest.mark.parametrize("arguments", ["nonsense", "models nonsense", "openapi surplus", "models show"])
def test_what_is_no_command_is_a_usage_error(arguments: str) -> None:
    ended = run(*arguments.split())
    assert ended.code == Exit.USAGE
    assert ended.clear_error


def test_no_command_at_all_shows_the_help_as_a_usage_error() -> None:
    ended = run()
    assert ended.code == Exit.USAGE
    assert "serve" in ended.out + ended.err


WITHOUT = """
import sys
for name in {missing}:
    sys.modules[name] = None
sys.argv = ["runcomfy-mock", *{arguments}]
from contracts.commands import main
main()
"""
CORE = ("serve --help", "models list", "openapi", FAST_DEMO)


@pytest.mark.parametrize("command", CORE)
def test_the_core_works_without_any_extra(command: str, tmp_path: Path) -> None:
    missing = ("httpx", "httpx2", "respx", "pytest", "hypothesis", "schemathesis", "jsonschema", "requests", "aiohttp")
    code = WITHOUT.format(missing=missing, arguments=command.split())
    ended = start([sys.executable, "-c", code], cwd=tmp_path)
    assert (ended.code, ended.err) == (Exit.FINE, "")
