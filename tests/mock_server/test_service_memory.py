"""What the service remembers, what it forgets, and how much room it takes."""

from __future__ import annotations

import gc
import json
import tracemalloc

import pytest

from mock_server.core.accounts import Account
from mock_server.core.errors import PermissionDenied, RateLimited, ResourceNotFound
from mock_server.core.lifecycle import Move, Status
from schemas.variants import Variants
from tests.mock_server.core.entry_maker import make_entry
from tests.mock_server.service_rig import ALICE, BOB, KLING, LOUD, ServiceRig

DAY = 86_400.0


def known(rig: ServiceRig) -> list[str]:
    return [view.request.request_id for view in rig.service.views(None)]


def test_of_those_that_are_over_the_first_is_forgotten_first_whenever_it_was_submitted() -> None:
    rig = ServiceRig("manual", max_requests=3)
    account = rig.account()
    first, second, third = (rig.submit(account) for _ in range(3))
    rig.service.cancel(account, third)
    rig.service.move(account, first, Move.COMPLETED)
    fourth = rig.submit(account)
    assert known(rig) == [first, second, fourth]
    fifth = rig.submit(account)
    assert known(rig) == [second, fourth, fifth]
    for gone in (first, third):
        with pytest.raises(ResourceNotFound):
            rig.service.read(account, gone)


def test_a_request_that_is_not_over_is_never_forgotten() -> None:
    rig = ServiceRig("time:2,4", max_requests=2)
    account = rig.account()
    ids = [rig.submit(account) for _ in range(2)]
    for _ in range(3):
        with pytest.raises(RateLimited, match="--max-requests"):
            rig.submit(account)
        rig.real += 1
    assert known(rig) == ids
    assert (account.submitted, len(account.requests)) == (2, 2)
    assert account.spent_usd == pytest.approx(2 * 0.84)


def test_room_is_found_among_requests_that_ended_while_nobody_looked() -> None:
    rig = ServiceRig("time:2,4", max_requests=2)
    alice, bob = rig.account(ALICE), rig.account(BOB)
    of_alice = [rig.submit(alice) for _ in range(2)]
    rig.real += 6
    of_bob = rig.submit(bob)
    assert known(rig) == [of_alice[1], of_bob]
    assert (len(alice.requests), len(bob.requests)) == (1, 1)


def test_the_oldest_is_forgotten_whoever_looked_at_what_meanwhile() -> None:
    rig = ServiceRig("time:0,1", max_requests=2)
    alice, bob = rig.account(ALICE), rig.account(BOB)
    of_alice = rig.submit(alice)
    rig.real += 2
    of_bob = rig.submit(bob)
    rig.real += 2
    assert rig.service.read(bob, of_bob).status is Status.COMPLETED
    of_carol = rig.submit(rig.account("carol-token-3"))
    assert known(rig) == [of_bob, of_carol]
    with pytest.raises(ResourceNotFound):
        rig.service.read(alice, of_alice)


def test_an_account_whose_clock_is_ahead_hides_nothing_of_the_others() -> None:
    rig = ServiceRig("time:0,1", max_requests=3)
    alice, bob = rig.account(ALICE), rig.account(BOB)
    alice.clock.advance(1000)
    of_alice, first_of_bob = rig.submit(alice), rig.submit(bob)
    rig.real += 1.5
    second_of_bob = rig.submit(bob)
    rig.real += 0.5
    carol = rig.account("carol-token-3")
    first_of_carol = rig.submit(carol)
    assert known(rig) == [of_alice, second_of_bob, first_of_carol]
    rig.real += 0.9  # bob's second is over by now, and nobody has looked
    second_of_carol = rig.submit(carol)
    assert known(rig) == [of_alice, first_of_carol, second_of_carol]
    assert first_of_bob not in known(rig)


@pytest.mark.parametrize(("retention", "seconds"), [("day", DAY), ("week", 7 * DAY)])
def test_a_request_expires_so_long_after_it_was_over(retention: str, seconds: float) -> None:
    rig = ServiceRig("time:2,4", variants=Variants().with_({"retention": retention}))
    account = rig.account()
    request_id = rig.submit(account)
    rig.real += 6 + seconds - 0.5
    assert rig.service.read(account, request_id).status is Status.COMPLETED
    rig.real += 0.5
    for _ in range(2):
        with pytest.raises(ResourceNotFound):
            rig.service.read(account, request_id)
    assert (len(account.requests), known(rig)) == (0, [])


def test_a_cancelled_request_expires_too_and_one_that_is_not_over_never() -> None:
    rig = ServiceRig("manual", variants=Variants().with_({"retention": "day"}))
    account = rig.account()
    cancelled, queued = rig.submit(account), rig.submit(account)
    rig.service.cancel(account, cancelled)
    rig.real += 400 * DAY
    assert rig.status(account, queued) is Status.IN_QUEUE
    with pytest.raises(ResourceNotFound):
        rig.service.cancel(account, cancelled)


def test_what_has_expired_is_unknown_to_another_account_too() -> None:
    rig = ServiceRig("instant", variants=Variants().with_({"retention": "day"}))
    request_id = rig.submit(rig.account(ALICE))
    rig.real += DAY - 1
    with pytest.raises(PermissionDenied):
        rig.service.read(rig.account(BOB), request_id)
    rig.real += 1
    with pytest.raises(ResourceNotFound):
        rig.service.read(rig.account(BOB), request_id)


def test_what_has_expired_is_not_listed_either() -> None:
    rig = ServiceRig("instant", variants=Variants().with_({"retention": "day"}))
    account = rig.account()
    rig.submit(account)
    rig.real += DAY
    assert (rig.service.views(account), rig.service.views(None)) == ([], [])


def test_without_an_expiry_a_request_is_kept_for_good() -> None:
    rig = ServiceRig("instant")
    account = rig.account()
    request_id = rig.submit(account)
    rig.real += 100_000 * DAY
    assert rig.service.read(account, request_id).status is Status.COMPLETED


@pytest.mark.parametrize("pace", ["instant", "manual", "time:3600,1"])
def test_a_stored_request_takes_less_than_two_kibibytes_beside_its_payload(pace: str) -> None:
    rig = ServiceRig(pace)
    account = rig.account()
    payloads = [json.dumps({"prompt": f"a lake, number {number}" * 20}).encode() for number in range(5_000)]
    rig.service.submit(account, KLING, LOUD, b"{}")
    gc.collect()
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for payload in payloads:  # they were made before, and so are not counted
            rig.service.submit(account, KLING, LOUD, payload)
        after, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert 0 < (after - before) / len(payloads) < 2_048


def test_requests_that_come_and_go_leave_nothing_behind() -> None:
    rig = ServiceRig("time:3600,1", slots=2, max_requests=50)
    account = rig.account()
    for _ in range(10_000):
        rig.service.cancel(account, rig.submit(account))
    line = account.line
    assert len(line._readying) + len(line._ready) + len(line._ends) <= 64 + 1
    assert len(line._queued._tree) <= 64 + 2
    assert len(rig.service.store) == len(account.requests) == 50
    assert len(rig.service.store._over) == 50


def _books(account: Account) -> tuple[int, int, float]:
    return account.submitted, len(account.requests), account.spent_usd


def test_a_reset_forgets_all_of_one_account_and_nothing_of_another() -> None:
    rig = ServiceRig("time:2,4", slots=1)
    alice, bob = rig.account(ALICE), rig.account(BOB)
    of_alice, of_bob = [rig.submit(alice) for _ in range(3)], [rig.submit(bob) for _ in range(2)]
    for account in (alice, bob):
        rig.service.clock(account).freeze()
        rig.service.clock(account).advance(3)
        rig.service.journal.append(make_entry(account=account.fingerprint))
    books, views = _books(bob), rig.service.views(bob)
    assert rig.service.reset(alice) == 3
    fresh = rig.account(ALICE)
    assert _books(fresh) == (0, 0, 0.0)
    assert (fresh.clock.frozen, fresh.clock.now()) == (False, rig.real)
    assert known(rig) == of_bob
    assert rig.service.views(bob) == views
    assert rig.account(BOB) is bob
    assert (_books(bob), bob.clock.frozen, bob.clock.now()) == (books, True, rig.real + 3)
    assert [entry.account for entry in rig.service.journal] == [bob.fingerprint]
    with pytest.raises(ResourceNotFound):
        rig.service.read(fresh, of_alice[2])
    assert rig.look(fresh, rig.submit(fresh)) == (Status.IN_QUEUE, 1)


def test_a_reset_of_all_sets_the_clock_of_those_to_come_right() -> None:
    rig = ServiceRig(speed=5.0)
    rig.submit(rig.account(ALICE))
    rig.submit(rig.account(BOB))
    rig.service.journal.append(make_entry())
    rig.service.clock(None).advance(1_000)
    rig.service.clock(None).freeze()
    rig.service.clock(None).set_speed(9)
    assert rig.service.reset(None) == 2
    assert (known(rig), len(rig.service.journal), len(rig.service.accounts)) == ([], 0, 0)
    fresh = rig.account(ALICE)
    assert (fresh.clock.now(), fresh.clock.frozen, fresh.clock.speed) == (rig.real, False, 5.0)
    assert rig.service.reset(None) == 0


def test_a_submit_that_was_under_way_during_a_reset_belongs_to_the_time_after_it() -> None:
    rig = ServiceRig("time:0,4", slots=1, balance_usd=1.0)
    held = rig.account()
    rig.submit(held)
    held.clock.advance(100)
    held.clock.freeze()
    rig.service.reset(held)
    view = rig.service.submit(held, KLING, LOUD, b"{}")
    account = rig.account()
    assert (view.status, view.position) == (Status.IN_PROGRESS, None)
    assert view.request.submitted_at == rig.real
    assert (account.submitted, len(account.requests), round(account.spent_usd, 6)) == (1, 1, 0.84)
    assert rig.service.views(account) == [view]


def test_an_account_held_across_a_reset_sees_what_its_successor_sees() -> None:
    rig = ServiceRig("time:2,4", slots=1)
    held = rig.account()
    rig.submit(held)
    rig.service.reset(held)
    account = rig.account()
    ids = [rig.submit(account) for _ in range(3)]
    for request_id in ids:
        assert rig.look(held, request_id) == rig.look(account, request_id)
        assert rig.service.read(held, request_id) == rig.service.read(account, request_id)
    assert rig.service.views(held) == rig.service.views(account)
    assert rig.service.cancel(held, ids[2])[1].status is Status.CANCELLED
    assert rig.look(account, ids[2]) == (Status.CANCELLED, None)
