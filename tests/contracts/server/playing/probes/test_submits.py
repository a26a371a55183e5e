from __future__ import annotations

import json
from typing import Any

import pytest

from contracts.server.calling.target import FakeTarget
from contracts.server.playing.probes.submits import submits
from tests.contracts.server.touring import Edit, found, live_tour, run, spoiled

SUBMIT = "/v1/models/kling"


def _submit(was: int, status: int, code: int) -> Edit:
    body = {"error_code": code, "error_message": "no"}
    return lambda _, path, before, __: (status, body) if path.startswith(SUBMIT) and before == was else None


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        (_submit(422, 404, 404001), "submit.malformed"),
        (_submit(415, 400, 400001), "submit.media-type"),
        (_submit(200, 422, 422001), "submit.accepts"),
    ],
)
def test_a_submit_that_is_read_wrong_is_found(edit: Edit, check: str) -> None:
    assert check in found(run(spoiled(edit)))


def test_whoever_answers_the_same_id_twice_is_found() -> None:
    first: list[Any] = []

    def edit(method: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        if method != "POST" or not path.startswith(SUBMIT) or status != 200:
            return None
        first.append(document)
        return 200, first[0]

    assert "submit.new-id" in found(run(spoiled(edit)))


@pytest.mark.parametrize("value", ["default", "skip", "zero"])
def test_open_facts_are_found_out(value: str) -> None:
    class Varied(FakeTarget):
        def staged(self, *options: str, **folders: Any) -> Any:
            return super().staged(*options, "--variant", f"omitted_durations={value}", **folders)

    assert run(target=Varied(1)).observed["omitted_durations"] == value


def test_a_promise_about_them_is_held() -> None:
    def edit(_: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        return (422, document) if status == 415 else None

    ids = {finding.finding_id for finding in run(spoiled(edit)).findings}
    assert "ledger.promised:submit:error.media-type" in ids


def test_none_of_it_is_sent_to_a_live_target() -> None:
    tour, session = live_tour(max_spend_usd=100.0)
    submits(tour, session)
    assert session.trace == []
    assert json.dumps(tour.collector.reasons).count("may be billed") == 2
