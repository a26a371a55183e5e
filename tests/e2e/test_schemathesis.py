"""The command line of schemathesis, as the shipped configuration says that it is used."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from copy import deepcopy
from pathlib import Path

import schemathesis

from contracts.server.calling.in_process import Application
from contracts.server.schema.size import QUICK, configuration
from contracts.targets import serving
from schemas import catalog, openapi
from schemas.commands import SCHEMATHESIS_CONFIG
from tests.contracts.server.wrong_servers import TOKEN, right, wrong_word


def run(app: Application, folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "openapi.json").write_text(json.dumps(openapi.document(catalog.load())))
    with serving(app) as url:
        program = Path(sys.executable).parent / "schemathesis"
        return subprocess.run(
            [program, "--config-file", SCHEMATHESIS_CONFIG, "run", "openapi.json", "--url", url, "--seed=1", *options],
            cwd=folder,
            env=os.environ | {"RUNCOMFY_TOKEN": TOKEN, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=180,
            check=False,
        )


def test_a_right_server_is_found_right_and_nothing_is_warned_of(tmp_path: Path) -> None:
    outcome = run(right(), tmp_path)
    assert outcome.returncode == 0, outcome.stdout
    assert "No issues found" in outcome.stdout
    assert "7 selected / 7 total" in outcome.stdout
    assert re.search(r"(\d+) covered / \1 selected / \1 total", outcome.stdout), "a link is not used"
    assert "warning" not in (outcome.stdout + outcome.stderr).lower()
    assert not (tmp_path / ".schemathesis").exists()


def test_a_wrong_server_is_found_out_and_no_token_is_told(tmp_path: Path) -> None:
    outcome = run(wrong_word(), tmp_path, "--phases=stateful", "--max-failures=1")
    assert outcome.returncode == 1, outcome.stdout
    assert '"queued" is not one of "in_queue"' in outcome.stdout
    assert TOKEN not in outcome.stdout + outcome.stderr


def test_schemathesis_reads_the_document_without_a_warning() -> None:
    document = openapi.document(catalog.load())
    schema = schemathesis.openapi.from_dict(
        deepcopy(document), config=configuration(document, QUICK, token=TOKEN, seed=1)
    )
    assert [operation.err() for operation in schema.get_all_operations() if hasattr(operation, "err")] == []
    assert list(schema.iter_schema_warnings()) == []
    schema.validate()
