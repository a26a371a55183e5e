from __future__ import annotations

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server.core.clock import Mark
from mock_server.core.entry import Entry
from mock_server.core.lifecycle import Failure, Held, Plan, Reads, Request, Seconds
from mock_server.persistence import records
from schemas.findings import Finding

TIMES = st.floats(0, 1e9)
TEXTS = st.text(st.characters(codec="utf-8"))
WAITS = st.one_of(st.builds(Seconds, TIMES), st.builds(Reads, st.integers(0, 100)), st.just(Held()))
FAILURES = st.none() | st.builds(Failure, st.integers(0, 999_999), TEXTS, st.sampled_from([None, "object", "string"]))


def through_json(document: object) -> dict[str, object]:
    read = orjson.loads(orjson.dumps(document))
    assert isinstance(read, dict)
    return read


@given(st.builds(Mark, TIMES, TIMES, st.floats(0.1, 1e6), st.booleans()))
def test_a_mark_is_read_as_it_was_written(mark: Mark) -> None:
    assert records.read_mark(through_json(records.write_mark(mark))) == mark


def test_a_clock_that_is_frozen_by_anything_but_a_truth_value_is_refused() -> None:
    with pytest.raises(TypeError):
        records.read_mark({"real": 1, "virtual": 1, "speed": 1, "frozen": "no"})


@given(st.builds(Plan, WAITS, WAITS, FAILURES), TEXTS, st.integers(1, 10**9), TIMES)
def test_a_request_is_read_as_it_was_when_it_was_accepted(plan: Plan, payload: str, number: int, at: float) -> None:
    request = Request("id", "account", number, "a/b", payload.encode(), 1.5, plan, at, failure=plan.failure)
    read = records.read_request(through_json(records.write_request(request, request.payload)))
    fields = Request.__slots__
    assert [getattr(read, name) for name in fields] == [getattr(request, name) for name in fields]


@given(
    st.none() | st.binary(),
    TEXTS,
    st.lists(st.builds(Finding, TEXTS, TEXTS, st.integers() | TEXTS, TEXTS, TEXTS, TEXTS)),
    st.lists(TEXTS),
)
def test_an_entry_is_read_as_it_was_written(
    payload: bytes | None, text: str, findings: list[Finding], names: list[str]
) -> None:
    findings = [finding for finding in findings if not isinstance(finding.limit, int) or abs(finding.limit) < 2**63]
    entry = Entry(
        "GET",
        text,
        payload=payload,
        findings=tuple(findings),
        unknown=tuple(names),
        effects=tuple(names),
        seq=3,
        rule=text,
    )
    read = records.read_entry(through_json(records.write_entry(entry)))
    names_of_fields = Entry.__dataclass_fields__
    assert {name: getattr(read, name) for name in names_of_fields} == {
        name: getattr(entry, name) for name in names_of_fields
    }


def test_what_a_newer_version_adds_to_an_entry_is_passed_over() -> None:
    document = records.write_entry(Entry("GET", "/")) | {"invented": 1, "kind": "call"}
    assert records.read_entry(through_json(document)).method == "GET"


def test_a_path_that_is_no_utf8_is_written_as_far_as_it_is() -> None:
    entry = Entry("GET", "/v1/\udcff")
    assert records.read_entry(through_json(records.write_entry(entry))).path == "/v1/?"
