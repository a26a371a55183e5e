from __future__ import annotations

import pytest

from contracts.mutants import record
from contracts.mutants.run import Score, score
from contracts.mutants.servers import SERVERS
from contracts.mutants.trial import Trial
from contracts.server.depth import Depth

FOUND = Trial("one", ("check:operation",), "calls", 5, 0.1)
ALIVE = Trial("two", (), "", 5, 0.1)


def test_the_suite_finds_every_wrong_server_at_its_least_depth_as_the_record_says() -> None:
    found = score((), seed=1, depth=Depth.QUICK, right_seeds=0, plain=False)
    assert [trial.name for trial in found.trials] == list(SERVERS)
    assert found.alive == ()
    assert found.is_perfect
    assert dict.fromkeys(record.read()["suite"]["quick"]) == dict.fromkeys(SERVERS)
    assert max(trial.seconds for trial in found.trials) < 120


def test_a_score_counts_what_was_found() -> None:
    found = Score("quick", 1, (FOUND, ALIVE), plain=(ALIVE,))
    assert (found.killed, found.alive, found.is_perfect) == (1, ("two",), False)
    told = found.as_json()
    assert (told["mutants"], told["killed"], told["alive"]) == (2, 1, ["two"])
    assert told["plain"] == {"mutants": 1, "killed": 0}


@pytest.mark.parametrize(("right", "perfect"), [((), True), ((ALIVE,), True), ((ALIVE, FOUND), False)])
def test_a_finding_in_the_right_server_spoils_the_score(right: tuple[Trial, ...], *, perfect: bool) -> None:
    assert Score("quick", 1, (FOUND,), right).is_perfect is perfect


def test_a_name_that_there_is_not_is_an_error() -> None:
    with pytest.raises(KeyError):
        score(["nobody"], seed=1, depth=Depth.QUICK, right_seeds=0, plain=False)


def test_trials_are_told_as_they_end_and_listed_in_order() -> None:
    told: list[tuple[str, str]] = []
    names = ["balance-402", "cancel-200"]
    found = score(
        names,
        seed=1,
        depth=Depth.QUICK,
        right_seeds=0,
        plain=False,
        workers=1,
        tell=lambda kind, trial: told.append((kind, trial.name)),
    )
    assert [trial.name for trial in found.trials] == names
    assert told == [("mutant", name) for name in names]
