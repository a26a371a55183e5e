"""The top of the command line: commands by name, loaded when they are called, and what is missing told."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest

from contracts import commands
from contracts.commands import COMMANDS, EXTRAS, LazyGroup, cli
from schemas.terminal import Exit, run
from tests.imports import IMPORTS, STANDARD

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text("utf-8"))["project"]


def extra(name: str) -> set[str]:
    """Return the libraries that an extra names itself."""
    requirements: list[str] = PROJECT["optional-dependencies"][name]
    return {re.split(r"[^A-Za-z0-9-]", requirement)[0].replace("-", "_") for requirement in requirements}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_of_the_table_is_there(name: str) -> None:
    command = LazyGroup().get_command(click.Context(cli), name)
    assert isinstance(command, click.Command)
    assert command.help
    assert COMMANDS[name].text.endswith(".")


def test_the_script_is_this_one() -> None:
    assert PROJECT["scripts"] == {"runcomfy-mock": "contracts.commands:main"}


def test_the_help_imports_no_command() -> None:
    code = (
        "import sys; from contracts.commands import main; sys.argv = ['runcomfy-mock', '--help']\n"
        "try:\n    main()\nfinally:\n    print(sorted(sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    for name in COMMANDS:
        assert f"  {name} " in done.stdout
    for module in ("starlette", "uvicorn", "rich", "mock_server", "httpx", "jsonschema_rs"):
        assert f"'{module}'" not in done.stderr


@pytest.mark.parametrize("library", EXTRAS)
def test_each_library_is_in_the_extra_that_is_named_for_it(library: str) -> None:
    assert library in extra(EXTRAS[library])


def test_every_library_that_the_core_install_lacks_is_known_by_its_extra() -> None:
    declared = {re.split(r"[^A-Za-z0-9_-]", text)[0].replace("-", "_") for text in PROJECT["dependencies"]}
    ours = {"contracts", "mock_server", "schemas"}
    lacking = {each.top for each in IMPORTS if each.importer.startswith("contracts")} - STANDARD - declared - ours
    assert lacking - EXTRAS.keys() == set()


@pytest.mark.parametrize("library", [*EXTRAS, "schemathesis.specs.openapi"])
def test_a_command_that_lacks_its_extra_says_which(
    library: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "needy_command.py").write_text(f"import {library}\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "needy_command", raising=False)
    monkeypatch.setitem(sys.modules, library, None)
    monkeypatch.setitem(COMMANDS, "needy", commands._Home("needy_command:it", "Need something."))
    with pytest.raises(SystemExit) as ended:
        run(cli, "runcomfy-mock", ["needy"])
    shown = capsys.readouterr()
    assert ended.value.code == Exit.UNAVAILABLE
    assert library in shown.err
    assert f"pip install 'runcomfy-mock[{EXTRAS[library.partition('.')[0]]}]'" in shown.err
    assert shown.out == ""


def test_a_library_that_no_extra_brings_is_no_matter_of_extras(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "broken_command.py").write_text("import a_library_that_there_is_not\n")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(COMMANDS, "broken", commands._Home("broken_command:it", "Break."))
    with pytest.raises(ModuleNotFoundError, match="a_library_that_there_is_not"):
        run(cli, "runcomfy-mock", ["broken"])


def test_the_help_can_be_shown_without_any_extra(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for library in EXTRAS:
        monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(SystemExit) as ended:
        run(cli, "runcomfy-mock", ["--help"])
    assert ended.value.code == Exit.FINE
    assert "bench" in capsys.readouterr().out
