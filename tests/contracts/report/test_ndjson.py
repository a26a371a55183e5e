from __future__ import annotations

import io
import json
from pathlib import Path

from hypothesis import given

from contracts.events import as_json
from contracts.outcome import Outcome
from contracts.report.ndjson import Ndjson
from tests.contracts.report.outcomes import OUTCOME, events, outcomes


@given(outcomes)
def test_every_event_is_a_line_that_reads_back(outcome: Outcome) -> None:
    file = io.StringIO()
    report = Ndjson(file)
    told = events(outcome)
    for event in told:
        report(event)
    text = file.getvalue()
    assert text.isascii()
    assert [json.loads(line) for line in text.splitlines()] == [as_json(event) for event in told]
    report.close()
    assert file.closed


def test_a_line_is_there_as_soon_as_it_is_told(tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    report = Ndjson(path.open("w"))
    for number, event in enumerate(events(OUTCOME), 1):
        report(event)
        assert path.read_text().count("\n") == number
    report.close()
    last = json.loads(path.read_text().splitlines()[-1])
    assert (last["event"], last["verdict"]) == ("run_finished", "fail")
