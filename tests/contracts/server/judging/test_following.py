from collections.abc import Mapping

import pytest

from contracts.exchange import Call, Who
from contracts.model import FOLLOWS, MEANS, Word
from contracts.server.judging import following
from tests.contracts.server.scripted import (
    ID,
    MODEL,
    PAYLOAD,
    Tale,
    accepted,
    begun,
    broken,
    cancelled,
    checks_of,
    covered,
    play,
    refused,
    result,
    said,
    session,
    status,
    urls,
)

OTHER = "22222222-2222-4222-8222-222222222222"
YES, NO = ("cancelled", "cancelled"), ("not_cancellable", "in_progress")

WRONG: Mapping[str, Tale] = {
    "lost": Tale([("status", refused(404, 404001))], ["lifecycle.kept:status"]),
    "kept from its owner": Tale([("cancel", refused(403, 403001))], ["lifecycle.kept:cancel"]),
    "served to another": Tale([("result", result("in_queue"))], ["ownership.refused:result"], Who.SECOND),
    "unknown to another": Tale([("status", refused(404, 404001))], ["ownership.refused:status"], Who.SECOND),
    "about another": Tale([("status", status("in_queue", 1, OTHER))], ["lifecycle.echo:status"]),
    "the same id again": Tale([("submit", accepted())], ["submit.new-id:submit"]),
    "back into the queue": Tale(
        [("status", status("in_progress")), ("status", status("in_queue", 1))],
        ["lifecycle.transitions:status:in_progress-in_queue"],
    ),
    "alive again": Tale(
        [("status", status("completed")), ("status", status("in_progress"))],
        ["lifecycle.transitions:status:completed-in_progress", "lifecycle.agreement:status:over"],
    ),
    "two words for one moment": Tale(
        [("status", status("in_progress")), ("result", result("in_queue"))],
        ["lifecycle.agreement:result:in_progress-in_queue"],
    ),
    "further back in line": Tale(
        [("status", status("in_queue", 1)), ("status", status("in_queue", 2))], ["queue-position.falls:status"]
    ),
    "runs after its cancel": Tale(
        [("cancel", cancelled(*YES)), ("status", status("in_progress"))],
        ["cancel.holds:status:cancelled", "lifecycle.transitions:status:cancelled-in_progress",
         "lifecycle.agreement:status:over"],
    ),
    "cancelled after all": Tale(
        [("cancel", cancelled(*NO)), ("status", status("cancelled"))],
        ["cancel.holds:status:not-cancellable", "lifecycle.transitions:status:in_progress-cancelled"],
    ),
    "waits after not_cancellable": Tale(
        [("cancel", cancelled("not_cancellable", "completed")), ("result", result("in_queue"))],
        ["cancel.holds:result:not-cancellable", "lifecycle.transitions:result:completed-in_queue",
         "lifecycle.agreement:result:over"],
    ),
    "cancelled while it ran": Tale(
        [("status", status("in_progress")), ("cancel", cancelled(*YES))],
        ["cancel.running:cancel:in_progress", "lifecycle.transitions:cancel:in_progress-cancelled"],
    ),
    "another outcome the second time": Tale(
        [("cancel", cancelled(*NO)), ("cancel", cancelled(*YES))],
        ["cancel.repeated:cancel", "lifecycle.transitions:cancel:in_progress-cancelled"],
    ),
}  # fmt: skip

RIGHT: Mapping[str, Tale] = {
    "states that nobody saw": Tale([("status", status("in_queue", 3)), ("status", status("completed"))]),
    "leaps in line": Tale([("status", status("in_queue", n)) for n in (9, 4, 4, 0)]),
    "the clock runs between reads": Tale(
        [
            ("status", status("in_queue", 1)),
            ("result", result("in_progress")),
            ("status", status("completed")),
            ("result", result("failed")),
            ("status", status("completed")),
        ]
    ),
    "it starts while it is cancelled": Tale(
        [("status", status("in_queue", 1)), ("cancel", cancelled(*NO)), ("status", status("in_progress"))]
    ),
    "cancelled once and again": Tale(
        [("cancel", cancelled(*YES)), ("cancel", cancelled(*YES)), ("status", status("cancelled")),
         ("result", result("cancelled"))]
    ),
    "over, and not to be cancelled": Tale(
        [("result", result("succeeded")), ("cancel", cancelled("not_cancellable", "completed"))]
    ),
    "cancelled by a call whose answer was lost": Tale(
        [("status", status("cancelled")), ("cancel", cancelled("cancelled", "cancelled"))]
    ),
    "too many calls": Tale([("status", refused(429, 429001)), ("submit", refused(429, 429001))]),
    "another account": Tale(
        [(name, refused(403, 403001)) for name in ("status", "result", "cancel")], (), Who.SECOND
    ),
    "nobody": Tale([(name, refused(401, 400004)) for name in ("status", "result", "cancel")], (), Who.NOBODY),
}  # fmt: skip


@pytest.mark.parametrize("name", [*WRONG, *RIGHT])
def test_what_is_broken_is_found_and_no_more(name: str) -> None:
    tale = {**WRONG, **RIGHT}[name]
    assert broken(tale.tell()) == list(tale.due)


def test_each_check_is_broken_in_one_tale_and_kept_in_another() -> None:
    wrong, right = covered([*WRONG.values(), *RIGHT.values()])
    here = checks_of(following) - {"unknown.request", "unknown.malformed"}
    assert here <= wrong
    assert here | {"submit.new-id"} <= right


@pytest.mark.parametrize("first", Word)
@pytest.mark.parametrize("second", MEANS)
def test_any_two_words_are_held_to_what_may_follow(first: Word, second: str) -> None:
    told = begun(status(first, 1 if first is Word.QUEUED else None), result(second))
    play(told, "status", "result")
    assert (broken(told) == []) is (MEANS[second] in FOLLOWS[first])


@pytest.mark.parametrize(
    ("request_id", "code", "due"),
    [
        (OTHER, 404001, []),
        (OTHER, 404000, ["unknown.request:status"]),
        ("not an id".replace(" ", "%20"), 404000, []),
        ("no$id", 404001, []),
    ],
)
def test_an_unknown_request_is_404001(request_id: str, code: int, due: list[str]) -> None:
    told = session(refused(404, code))
    told.status(request_id)
    assert broken(told) == due


@pytest.mark.parametrize(
    ("request_id", "due"), [(OTHER, ["unknown.request:status"]), ("no$id", ["unknown.malformed:status"])]
)
def test_an_unknown_request_is_not_served(request_id: str, due: list[str]) -> None:
    told = session(status("completed", None, ID))
    told.status(request_id)
    assert broken(told) == due


def test_a_query_that_cannot_be_is_refused_before_the_request_is_looked_for() -> None:
    told = begun(refused(422, 422001), refused(422, 422001))
    told.call(Call("result", "GET", f"/v1/requests/{ID}/result?include_cost=perhaps"))
    assert broken(told) == []
    told.call(Call("result", "GET", f"/v1/requests/{ID}/result?include_cost=true"))
    assert broken(told) == ["lifecycle.kept:result"]


@pytest.mark.parametrize("request_id", ["a b", "", "a/b", ".", "..", "ü", "a%20b", "a?b", None, 7, {}])
def test_an_id_that_nobody_can_ask_for_begins_no_life(request_id: object) -> None:
    told = session(said(urls() | {"request_id": request_id}))
    told.submit(MODEL, PAYLOAD)
    assert list(told.lives) == []
    assert any(each.startswith("answer.shape:submit:/request_id") for each in broken(told))


def test_a_finding_tells_the_calls_of_its_request_alone() -> None:
    told = session(
        accepted(), accepted(OTHER), status("in_progress"), status("completed", None, OTHER), status("in_queue", 1)
    )
    told.submit(MODEL, PAYLOAD)
    told.submit(MODEL, PAYLOAD)
    for request_id in (ID, OTHER, ID):
        told.status(request_id)
    [found] = told.collector.broken.values()
    assert [each.number for each in found.trace] == [1, 3, 5]
