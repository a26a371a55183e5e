from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given

from contracts.baseline import Baseline
from contracts.outcome import Outcome
from contracts.report.document import Document
from tests.contracts.report.outcomes import OUTCOME, events, outcomes


def test_it_is_one_document_on_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    report = Document()
    for event in events(OUTCOME):
        report(event)
    report.close()
    assert json.loads(capsys.readouterr().out) == OUTCOME.as_json()


@given(outcomes)
def test_a_file_reads_back_and_is_a_baseline(outcome: Outcome) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "baseline.json"
        report = Document(path)
        for event in events(outcome):
            report(event)
        report.close()
        assert json.loads(path.read_text("utf-8")) == outcome.as_json()
        known = Baseline.read(path)
    assert set(known.ids) == {finding.finding_id for finding in [*outcome.findings, *outcome.accepted]}


def test_a_run_that_never_ended_leaves_no_file(tmp_path: Path) -> None:
    report = Document(tmp_path / "baseline.json")
    for event in events(OUTCOME)[:-1]:
        report(event)
    report.close()
    assert list(tmp_path.iterdir()) == []
