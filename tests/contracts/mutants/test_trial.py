from __future__ import annotations

from pathlib import Path

import pytest

from contracts.mutants import trial
from contracts.mutants.trial import RIGHT, Trial, try_mutant, try_plain, try_right
from contracts.server.depth import Depth


def test_a_wrong_server_is_found_by_the_promise_that_it_breaks() -> None:
    found = try_mutant("cancel-200", 1, Depth.QUICK)
    assert found.findings == ("answer.status:cancel:200",)
    assert (found.name, found.phase) == ("cancel-200", "calls")
    assert found.calls > 1


def test_the_same_seed_finds_the_same() -> None:
    first, second = (try_mutant("position-starts-at-two", 5, Depth.QUICK) for _ in range(2))
    assert (first.findings, first.calls) == (second.findings, second.calls)


def test_nothing_is_found_in_the_right_server() -> None:
    found = try_right(3, Depth.QUICK)
    assert (found.name, found.findings) == (RIGHT, ())
    assert found.calls > 1000


def test_a_name_that_there_is_not_is_no_mutant() -> None:
    with pytest.raises(KeyError):
        try_mutant("nobody", 1, Depth.QUICK)


@pytest.mark.parametrize("needs", ["", "--slots", "--token", "--rate-limit", "--balance-usd", "--schemas"])
def test_a_server_is_set_up_with_what_lets_its_mistake_show(needs: str, tmp_path: Path) -> None:
    options = trial._options(needs, tmp_path / "models")
    assert not needs or needs in options
    assert "--token" in options


def test_plain_schemathesis_finds_what_shapes_can_show_and_nothing_else() -> None:
    assert try_plain("status-misspelt", 1).findings
    assert not try_plain("sum-ignored", 1).findings


def test_a_trial_is_written_as_json() -> None:
    told = Trial("a-name", ("check:operation",), "calls", 12, 0.256).as_json()
    assert told == {
        "name": "a-name",
        "killed": True,
        "by": ["check:operation"],
        "phase": "calls",
        "calls": 12,
        "seconds": 0.26,
    }
