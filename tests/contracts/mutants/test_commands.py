from __future__ import annotations

import pytest

from contracts.mutants import run
from contracts.mutants.commands import mutants
from contracts.mutants.servers import SERVERS
from contracts.mutants.trial import Trial
from tests.schemas.console import call


def test_each_wrong_server_is_told_with_what_found_it() -> None:
    outcome = call(mutants, "cancel-200", "balance-402", "--right-seeds", 1)
    assert outcome.code == 0, outcome.err
    assert "answer.status:cancel:200" in outcome.out
    assert "2 of 2 wrong servers found (100.0 %)" in outcome.out
    assert "findings in 0 of 1 runs" in outcome.out


def test_the_score_is_a_document_too() -> None:
    outcome = call(mutants, "cancel-200", "--right-seeds", 0, "--workers", 1, "--json")
    document = outcome.document()
    assert (outcome.code, document["mutants"], document["killed"], document["alive"]) == (0, 1, 1, [])
    assert document["trials"][0]["by"] == ["answer.status:cancel:200"]


def test_plain_schemathesis_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[tuple[str, int]] = []

    def plain(name: str, seed: int) -> Trial:
        tried.append((name, seed))
        return Trial(name, ("JsonSchemaError: Stateful tests",) if name == "cancel-200" else (), "", 0, 0.0)

    monkeypatch.setattr(run, "try_plain", plain)
    outcome = call(mutants, "sum-ignored", "cancel-200", "--right-seeds", 0, "--workers", 1, "--plain", "--seed", 3)
    assert outcome.code == 0
    assert tried == [("sum-ignored", 3), ("cancel-200", 3)]
    assert "plain: nothing" in outcome.out
    assert "plain: JsonSchemaError: Stateful tests" in outcome.out
    assert "1 of 2 found by plain schemathesis (50.0 %)" in outcome.out


def test_a_name_that_there_is_not_is_a_mistake_of_usage() -> None:
    outcome = call(mutants, "nobody")
    assert outcome.code == 64
    assert "no mutant is named nobody" in outcome.err


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_the_list_names_them_all(how: tuple[str, ...]) -> None:
    outcome = call(mutants, "--list", *how)
    assert outcome.code == 0
    assert [name for name in SERVERS if name not in outcome.out] == []
