"""What an entry holds is cut where a client can make it large, and counted."""

from __future__ import annotations

import sys

import pytest

from mock_server.core.entry import LONGEST_NAME, MOST_KEPT, Entry
from schemas.findings import Finding
from tests.mock_server.core.entry_maker import make_entry


@pytest.mark.parametrize(
    "entry",
    [
        make_entry("/" + "x" * 100_000),
        make_entry("/v1/models/" + "x" * 100_000, model_id="x" * 100_000),
        make_entry(f"/v1/requests/{'x' * 100_000}/status", request_id="x" * 100_000),
        make_entry(payload=b"x" * 100_000),
        make_entry("/" + "\U0001f600" * 1_000),
        make_entry(unknown=("/" + "\U0001f600" * 1_000,)),
        make_entry(unknown=("/" + "x" * 100_000,)),
        make_entry(unknown=tuple(f"/{number}" for number in range(20_000))),
        make_entry(findings=(Finding("/" + "x" * 100_000, "k", None, "v", "m"),)),
        make_entry(findings=tuple(Finding(f"/{number}", "k", None, "v", "m") for number in range(1_000))),
    ],
    ids=[
        "path",
        "model",
        "request",
        "payload",
        "emoji path",
        "emoji name",
        "one long name",
        "many unknown",
        "one long pointer",
        "many findings",
    ],
)
def test_all_that_a_client_can_make_large_is_cut_or_counted(entry: Entry) -> None:
    entry.cut()
    assert entry.size >= _bytes_of(entry) / 2


def test_texts_are_cut_at_their_bounds_and_nothing_else_is_touched() -> None:
    entry = make_entry("/" + "p" * 5_000, model_id="m" * 5_000, payload=b"b" * 50_000, unknown=("/u",))
    entry.cut()
    assert (entry.path, entry.model_id, entry.request_id) == ("/" + "p" * (LONGEST_NAME - 1), "m" * LONGEST_NAME, None)
    assert (entry.unknown, entry.omitted) == (("/u",), 0)
    whole = make_entry("/" + "p" * (LONGEST_NAME - 1), request_id="r", payload=b"b" * 10)
    before = repr(whole)
    whole.cut()
    assert repr(whole) == before


def test_of_many_findings_the_first_are_kept_and_the_rest_is_counted() -> None:
    findings = tuple(
        Finding(f"/{number}" + "x" * 5_000, "k", None, "v", "m" * 5_000) for number in range(MOST_KEPT + 3)
    )
    entry = make_entry(findings=findings, unknown=tuple(f"/{number}" + "x" * 5_000 for number in range(MOST_KEPT + 4)))
    entry.cut()
    assert [each.pointer[:3] for each in entry.findings] == [each.pointer[:3] for each in findings[:MOST_KEPT]]
    assert {len(each.pointer) for each in entry.findings} == {len(each.message) for each in entry.findings}
    assert {len(each.pointer) for each in entry.findings} == {LONGEST_NAME}
    assert {len(pointer) for pointer in entry.unknown} == {LONGEST_NAME}
    assert (len(entry.findings), len(entry.unknown), entry.omitted) == (MOST_KEPT, MOST_KEPT, 7)


def _bytes_of(entry: Entry) -> int:
    texts = [entry.path, entry.model_id or "", entry.request_id or "", *entry.unknown]
    for finding in entry.findings:
        texts += [finding.pointer, finding.value, finding.message]
    return sum(map(sys.getsizeof, texts)) + sum(map(sys.getsizeof, entry.findings)) + len(entry.payload or b"")


def test_an_id_in_a_long_path_is_cut_as_the_path_is() -> None:
    entry = make_entry(f"/v1/requests/{'r' * 5_000}/status", request_id="r" * 5_000)
    entry.cut()
    assert (len(entry.path), entry.request_id) == (LONGEST_NAME, "r" * LONGEST_NAME)
