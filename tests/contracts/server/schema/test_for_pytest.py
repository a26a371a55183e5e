from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from contracts.server.schema import for_pytest as schema_pytest
from contracts.server.schema.for_pytest import contract_schema
from tests.contracts.server.wrong_servers import TOKEN

ROOT = Path(__file__).parents[4]


def run(folder: Path, module: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_mine.py").write_text(module)
    command = [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider", "test_mine.py"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_module_of_the_docstring_passes(tmp_path: Path) -> None:
    told = (schema_pytest.__doc__ or "").partition("::\n")[2].partition("\nEach operation")[0]
    outcome = run(tmp_path, textwrap.dedent(told))
    assert outcome.returncode == 0, outcome.stdout
    assert "8 passed" in outcome.stdout  # seven operations, and the lives


def test_a_server_with_one_mistake_fails(tmp_path: Path) -> None:
    module = """
        from contracts.server.schema.for_pytest import contract_schema
        from contracts.server.schema.size import Size
        from tests.contracts.server.wrong_servers import TOKEN, wrong_word

        schema = contract_schema(app=wrong_word(), token=TOKEN, size=Size(examples=5, scenarios=5))

        @schema.parametrize()
        def test_api(case):
            case.call_and_validate()

        TestStateful = schema.as_state_machine().TestCase
    """
    outcome = run(tmp_path, textwrap.dedent(module))
    assert outcome.returncode == 1, outcome.stdout
    assert '"queued" is not one of "in_queue"' in outcome.stdout
    assert "1 failed, 7 passed" in outcome.stdout
    assert TOKEN not in outcome.stdout + outcome.stderr


def test_no_file_lying_about_has_a_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "schemathesis.toml").write_text('[auth.openapi.bearer]\nbearer = "${NO_SUCH_VARIABLE}"\n')
    monkeypatch.chdir(tmp_path)
    schema = contract_schema(token=TOKEN, base_url="http://127.0.0.1:1")
    assert schema.get_base_url() == "http://127.0.0.1:1"
    assert len(list(schema.get_all_operations())) == 7
