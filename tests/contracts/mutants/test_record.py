from __future__ import annotations

from contracts.mutants import record
from contracts.mutants.servers import SERVERS
from contracts.mutants.trial import Trial


def test_the_record_is_about_the_mutants_that_there_are() -> None:
    told = record.read()
    for found in (*told["suite"].values(), told["plain"]["found"]):
        assert list(found) == list(SERVERS), "measure again: python -m contracts.mutants.record"
    assert list(told["suite"]) == [depth.value for depth in record.DEPTHS]


def test_the_table_counts_what_the_record_has() -> None:
    told = record.read()
    count = sum(found is not None for found in told["plain"]["found"].values())
    *_, last = record.table().splitlines()
    assert told["plain"]["schemathesis"] in last
    assert f"| {count} of {len(SERVERS)} (" in last


def test_the_right_server_was_never_taken_for_a_wrong_one() -> None:
    right = record.read()["right"]
    assert right["seeds"] == record.RIGHT_SEEDS >= 20
    assert right["findings"] == {depth.value: [] for depth in record.DEPTHS}


def test_plain_schemathesis_finds_some_and_not_all() -> None:
    count = sum(found is not None for found in record.read()["plain"]["found"].values())
    assert 0 < count < len(SERVERS)


def test_what_was_not_found_is_null() -> None:
    trials = [Trial("one", ("a", "b"), "calls", 1, 0.0), Trial("two", (), "", 1, 0.0)]
    assert record._by_name(trials) == {"one": "a", "two": None}
