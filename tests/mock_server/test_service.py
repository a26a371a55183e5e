from __future__ import annotations

import itertools
from collections.abc import Callable

import pytest

from mock_server.core.accounts import Account, RateLimit
from mock_server.core.errors import (
    Conflict,
    InvalidResourceIdentifier,
    PermissionDenied,
    RateLimited,
    ResourceNotFound,
    UserAccountError,
    ValidationFailed,
)
from mock_server.core.lifecycle import MOVES, Failure, Move, Outcome, Plan, Seconds, Status
from mock_server.core.pacing import Pace
from mock_server.service import FAILURE, Service, check_payload
from mock_server.settings import Settings
from schemas.variants import Variants
from tests.mock_server.service_rig import ALICE, BOB, KLING, LOUD, MODELS, ServiceRig

QUEUED, RUNNING, DONE, CANCELLED = Status


def test_a_request_lives_by_the_clock_of_its_account() -> None:
    rig = ServiceRig("time:2,4")
    account = rig.account()
    request_id = rig.submit(account)
    seen = []
    for _ in range(7):
        seen.append(rig.look(account, request_id))
        rig.real += 1
    assert seen == [(QUEUED, 1)] * 2 + [(RUNNING, None)] * 4 + [(DONE, None)]
    request = rig.service.find(account, request_id).request
    moments = request.submitted_at, request.started_at, request.ended_at
    assert moments == (1_700_000_000.0, 1_700_000_002.0, 1_700_000_006.0)


def test_only_a_read_counts_as_a_read() -> None:
    rig = ServiceRig("polls:1,1")
    account = rig.account()
    request_id = rig.submit(account)
    for _ in range(3):
        rig.service.find(account, request_id)
        rig.service.views(account)
        rig.service.views(None)
        rig.service.find(None, request_id)
    assert [rig.service.read(account, request_id).status for _ in range(3)] == [QUEUED, RUNNING, DONE]


def test_positions_begin_where_the_ledger_says_and_move_up() -> None:
    for base, first in (("1", 1), ("0", 0)):
        rig = ServiceRig("manual", variants=Variants().with_({"queue_position_base": base}))
        account = rig.account()
        ids = [rig.submit(account) for _ in range(3)]
        assert [rig.look(account, each)[1] for each in ids] == [first, first + 1, first + 2]
        rig.service.cancel(account, ids[0])
        assert [rig.look(account, each)[1] for each in ids] == [None, first, first + 1]


def test_a_request_is_shown_as_it_is_at_its_submit() -> None:
    rig = ServiceRig("time:0,4", slots=1)
    views = [rig.service.submit(rig.account(), KLING, LOUD, b"{}") for _ in range(3)]
    assert [(view.status, view.position) for view in views] == [(RUNNING, None), (QUEUED, 1), (QUEUED, 2)]


def test_lines_of_two_accounts_do_not_meet() -> None:
    rig = ServiceRig("time:0,10", slots=1)
    alice, bob = rig.account(ALICE), rig.account(BOB)
    of_alice, of_bob = [rig.submit(alice) for _ in range(2)], rig.submit(bob)
    assert [rig.look(alice, each) for each in of_alice] == [(RUNNING, None), (QUEUED, 1)]
    assert rig.look(bob, of_bob) == (RUNNING, None)


OPERATIONS: dict[str, Callable[[Service, Account, str], object]] = {
    "read": Service.read,
    "cancel": Service.cancel,
    "find": Service.find,
    "move": lambda service, account, request_id: service.move(account, request_id, Move.COMPLETED),
}

each_operation = pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)


@each_operation
def test_the_request_of_another_account_is_not_to_be_touched(
    operation: Callable[[Service, Account, str], object],
) -> None:
    rig = ServiceRig("polls:1,1")
    request_id = rig.submit(rig.account(ALICE))
    for _ in range(3):
        with pytest.raises(PermissionDenied, match="another account"):
            operation(rig.service, rig.account(BOB), request_id)
    assert [rig.service.read(rig.account(ALICE), request_id).status for _ in range(2)] == [QUEUED, RUNNING]


@each_operation
@pytest.mark.parametrize("request_id", ["", "nobody", "x" * 10_000], ids=len)
def test_an_unknown_request_is_not_found(operation: Callable[[Service, Account, str], object], request_id: str) -> None:
    rig = ServiceRig()
    with pytest.raises(ResourceNotFound) as error:
        operation(rig.service, rig.account(), request_id)
    assert repr(request_id[:140]) in error.value.message
    assert len(error.value.message) < 200


def test_a_call_for_all_accounts_finds_any_request_and_no_unknown_one() -> None:
    rig = ServiceRig("manual")
    request_id = rig.submit(rig.account(BOB))
    assert rig.service.find(None, request_id).status is QUEUED
    assert rig.service.move(None, request_id, Move.IN_PROGRESS).status is RUNNING
    with pytest.raises(ResourceNotFound):
        rig.service.find(None, "nobody")
    with pytest.raises(ResourceNotFound):
        rig.service.move(None, "nobody", Move.IN_PROGRESS)


def test_a_queued_request_is_cancelled_once_and_for_all() -> None:
    rig = ServiceRig()
    account = rig.account()
    request_id = rig.submit(account)
    answers = []
    for _ in range(3):
        before, after, outcome = rig.service.cancel(account, request_id)
        answers.append((before.status, before.position, after.status, after.position, outcome))
        rig.real += 60
    assert answers == [
        (QUEUED, 1, CANCELLED, None, Outcome.CANCELLED),
        (CANCELLED, None, CANCELLED, None, Outcome.CANCELLED),
        (CANCELLED, None, CANCELLED, None, Outcome.CANCELLED),
    ]
    assert rig.service.find(account, request_id).request.cancelled_at == 1_700_000_000.0


@pytest.mark.parametrize(("seconds", "status"), [(2, RUNNING), (5.9, RUNNING), (6, DONE), (1_000, DONE)])
def test_a_request_that_started_cannot_be_cancelled(seconds: float, status: Status) -> None:
    rig = ServiceRig("time:2,4")
    account = rig.account()
    request_id = rig.submit(account)
    rig.real += seconds
    for _ in range(2):
        before, after, outcome = rig.service.cancel(account, request_id)
        assert (before.status, after.status, outcome) == (status, status, Outcome.NOT_CANCELLABLE)


@pytest.mark.parametrize("to", Move)
@pytest.mark.parametrize("begin", [None, Move.IN_PROGRESS, Move.COMPLETED, Move.CANCELLED])
def test_a_move_by_hand_does_what_it_says_or_is_refused_with_what_is_allowed(begin: Move | None, to: Move) -> None:
    rig = ServiceRig("manual")
    account = rig.account()
    request_id = rig.submit(account)
    if begin is not None:
        rig.service.move(account, request_id, begin)
    status = rig.status(account, request_id)
    if to in MOVES[status]:
        view = rig.service.move(account, request_id, to)
        assert view.status == ("completed" if to is Move.FAILED else to)
        assert view.request.failure == (FAILURE if to is Move.FAILED else None)
        return
    allowed = ", ".join(MOVES[status]) or "nothing, it is over"
    with pytest.raises(Conflict, match=f"{status} cannot be moved to {to}; allowed is {allowed}"):
        rig.service.move(account, request_id, to)
    assert rig.status(account, request_id) is status


@pytest.mark.parametrize("pace", ["time:0,4", "polls:1,0", "polls:0,1", "time:2,0", "manual"])
def test_a_request_moved_to_failed_has_failed_in_the_way_it_was_told(pace: str) -> None:
    rig = ServiceRig(pace)
    account = rig.account()
    request_id = rig.submit(account)
    why = Failure(500777, "by hand")
    view = rig.service.move(None, request_id, Move.FAILED, why)
    assert (view.status, view.request.failure, account.spent_usd) == (DONE, why, 0.0)


@pytest.mark.parametrize("to", Move)
@pytest.mark.parametrize("tick", [0.25, 0.5, 1.0, 2.0])
def test_a_move_is_done_or_refused_however_fast_the_clock_runs(to: Move, tick: float) -> None:
    ticks = itertools.count(0.0, tick)
    service = Service(Settings(pace=Pace.parse("time:3,4")), MODELS, 7, lambda: next(ticks))
    account = service.authenticate("Bearer t")
    for _ in range(40):
        request_id = service.submit(account, KLING, LOUD, b"{}").request.request_id
        try:
            view = service.move(account, request_id, to)
        except Conflict:
            continue
        wanted = {Move.IN_PROGRESS: RUNNING, Move.CANCELLED: CANCELLED}.get(to, DONE)
        failure = FAILURE if to is Move.FAILED else None
        assert (view.status, view.request.failure) == (wanted, failure)


def test_a_plan_that_fails_ends_in_its_failure() -> None:
    planned = Failure(500002, "planned")
    rig = ServiceRig(Pace("failing", Plan(Seconds(0), Seconds(1), planned)))
    account = rig.account()
    request_id = rig.submit(account)
    rig.real += 1
    view = rig.service.read(account, request_id)
    assert (view.status, view.request.failure) == (DONE, planned)


def test_views_show_the_oldest_first_of_one_account_or_of_all() -> None:
    rig = ServiceRig("time:1,1")
    alice, bob = rig.account(ALICE), rig.account(BOB)
    ids = [rig.submit(account) for account in (alice, bob, alice)]
    rig.real += 1
    rig.service.clock(bob).advance(1)
    shown = {account: rig.service.views(account) for account in (None, alice, bob)}
    assert [[view.request.request_id for view in views] for views in shown.values()] == [
        ids,
        [ids[0], ids[2]],
        [ids[1]],
    ]
    assert [view.status for view in shown[None]] == [RUNNING, DONE, RUNNING]


def test_the_clock_of_an_account_moves_it_alone_and_that_of_all_moves_those_to_come_too() -> None:
    rig = ServiceRig()
    alice, bob = rig.account(ALICE), rig.account(BOB)
    rig.service.clock(alice).advance(10)
    rig.service.clock(None).freeze()
    rig.service.clock(None).advance(5)
    rig.real += 100
    late = rig.account("late-token")
    assert [each.clock.now() - 1_700_000_000.0 for each in (alice, bob, late)] == [15.0, 5.0, 5.0]


def test_a_header_without_an_accepted_token_is_no_account() -> None:
    rig = ServiceRig(tokens=(ALICE,))
    assert rig.account(ALICE) is rig.account(ALICE)
    for header in (None, "", f"Bearer {BOB}", f"Basic {ALICE}"):
        with pytest.raises(UserAccountError):
            rig.service.authenticate(header)


def test_an_unknown_model_is_refused_with_where_to_find_those_there_are() -> None:
    with pytest.raises(InvalidResourceIdentifier, match="GET /v1/models") as error:
        ServiceRig().service.model("a/" + "x" * 10_000)
    assert len(error.value.message) < 300
    assert ServiceRig().service.model(KLING.model_id) is KLING


def test_a_payload_that_does_not_fit_is_refused_with_all_findings() -> None:
    rig = ServiceRig()
    check_payload(rig.service.check(KLING, LOUD))
    verdict = rig.service.check(KLING, {"duration": 99, "sound": "yes"})
    with pytest.raises(ValidationFailed, match="3 findings") as error:
        check_payload(verdict)
    assert error.value.findings == verdict.findings
    assert {finding.pointer for finding in verdict.findings} == {"", "/duration", "/sound"}
    with pytest.raises(ValidationFailed, match="one finding"):
        check_payload(rig.service.check(KLING, {}))


def test_strict_refuses_what_a_model_does_not_declare() -> None:
    assert ServiceRig().service.check(KLING, LOUD | {"extra": 1}).findings == ()
    assert ServiceRig(strict=True).service.check(KLING, LOUD | {"extra": 1}).findings != ()


def test_one_seed_replays_the_ids_of_a_run() -> None:
    runs = [[rig.submit(rig.account(token)) for token in (ALICE, BOB, ALICE)] for rig in (ServiceRig(), ServiceRig())]
    assert runs[0] == runs[1]
    assert len(set(runs[0])) == 3


def test_calls_beyond_the_rate_are_refused_until_the_accounts_clock_has_moved_on() -> None:
    rig = ServiceRig(rate_limit=RateLimit(2, 60))
    alice = rig.account(ALICE)
    rig.account(ALICE)
    with pytest.raises(RateLimited) as error:
        rig.account(ALICE)
    assert error.value.headers == {"Retry-After": "60"}
    rig.account(BOB)
    alice.clock.advance(60)
    assert rig.account(ALICE) is alice
