from __future__ import annotations

import json
from dataclasses import fields

from hypothesis import given

from contracts.findings import Finding, Reproduction, Severity
from tests.contracts.report.outcomes import findings


@given(findings)
def test_a_finding_is_whole_in_json(finding: Finding) -> None:
    read = json.loads(json.dumps(finding.as_json()))
    assert read.pop("id") == finding.finding_id
    reproduction = finding.reproduction
    due = {"setup": reproduction.setup, "curl": reproduction.curl, "python": reproduction.python}
    assert read.pop("reproduction") == due
    assert read == {
        field.name: list(value) if isinstance(value := getattr(finding, field.name), tuple) else value
        for field in fields(Finding)
        if field.name not in ("finding_id", "reproduction")
    }


def test_the_worst_is_first() -> None:
    assert [each.value for each in Severity] == ["critical", "major", "minor"]


def test_a_server_that_runs_needs_no_setup() -> None:
    assert Reproduction("curl", "python").setup == ""
