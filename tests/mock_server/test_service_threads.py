"""Many threads at once: nothing is lost, nothing is told twice, nothing is half done."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any, TypeVar

import pytest

from mock_server.core import accounts
from mock_server.core.errors import ApiError, ResourceNotFound
from mock_server.core.lifecycle import Outcome, Status
from tests.mock_server.service_rig import ALICE, BOB, KLING, LOUD, ServiceRig

T = TypeVar("T")

THREADS = 6
RANK = {Status.IN_QUEUE: 0, Status.IN_PROGRESS: 1, Status.COMPLETED: 2, Status.CANCELLED: 2}

pytestmark = pytest.mark.usefixtures("_hasty_threads")


@pytest.fixture
def _hasty_threads() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


def all_at_once(work: Callable[[int], T]) -> list[T]:
    """Do ``work(0)``, ``work(1)``, … each in a thread of its own; raise what one of them raises."""
    start = Barrier(THREADS)

    def begin(worker: int) -> T:
        start.wait()
        return work(worker)

    with ThreadPoolExecutor(THREADS) as pool:
        return list(pool.map(begin, range(THREADS)))


def test_every_submit_is_stored_once_under_an_id_of_its_own() -> None:
    rig = ServiceRig("manual")
    ids = [each for part in all_at_once(lambda _: [rig.submit(rig.account()) for _ in range(100)]) for each in part]
    account = rig.account()
    assert len(set(ids)) == len(ids) == 600
    assert (account.submitted, len(account.requests), len(rig.service.store)) == (600, 600, 600)
    assert account.spent_usd == pytest.approx(600 * 0.84)
    views = rig.service.views(account)
    assert sorted(view.request.number for view in views) == list(range(1, 601))
    assert [view.position for view in views] == list(range(1, 601))


def test_accounts_that_come_and_go_lose_no_request(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(accounts, "MOST_ACCOUNTS", 20)
    rig = ServiceRig("instant")

    def work(worker: int) -> int:
        for turn in range(150):
            account = rig.service.caller(f"Bearer control-{worker}-{turn}")
            assert account is not None
            rig.service.views(account)
            rig.submit(rig.account(f"token-{worker}-{turn}"))
        return worker

    assert all_at_once(work) == list(range(THREADS))
    assert len(rig.service.store) == THREADS * 150
    assert all(rig.service.accounts.named(request.account) for request in rig.service.store)


def test_every_read_counts() -> None:
    rig = ServiceRig("polls:300,300")
    account = rig.account()
    request_id = rig.submit(account)
    found = Counter(
        status
        for part in all_at_once(lambda _: [rig.service.read(account, request_id).status for _ in range(110)])
        for status in part
    )
    assert found == {Status.IN_QUEUE: 300, Status.IN_PROGRESS: 300, Status.COMPLETED: 60}


def test_of_many_cancels_one_finds_the_request_queued_and_it_is_paid_back_once() -> None:
    rig = ServiceRig("manual")
    account = rig.account()
    for _ in range(30):
        request_id = rig.submit(account)
        answers = all_at_once(lambda _: rig.service.cancel(account, request_id))  # noqa: B023 - done before the next
        assert Counter(before.status for before, _, _ in answers) == {Status.IN_QUEUE: 1, Status.CANCELLED: THREADS - 1}
        assert {(after.status, outcome) for _, after, outcome in answers} == {(Status.CANCELLED, Outcome.CANCELLED)}
    assert account.spent_usd == pytest.approx(0, abs=1e-9)


def test_everything_at_once_on_one_account_goes_on_in_order() -> None:
    rig = ServiceRig("polls:1,1", slots=2)

    def live(worker: int) -> None:
        account = rig.account()
        for turn in range(60):
            request_id = rig.submit(account)
            seen = [RANK[rig.service.read(account, request_id).status] for _ in range(3)]
            if (worker + turn) % 3 == 0:
                before, after, _ = rig.service.cancel(account, request_id)
                seen += [RANK[before.status], RANK[after.status]]
            assert seen == sorted(seen)
            rig.service.views(account)

    all_at_once(live)
    account = rig.account()
    views = rig.service.views(account)
    assert account.submitted == len(account.requests) == len(views) == 60 * THREADS
    assert account.line._running == sum(view.status is Status.IN_PROGRESS for view in views) <= 2
    positions = [view.position for view in views if view.position is not None]
    assert positions == list(range(1, len(positions) + 1))


def test_the_bound_on_requests_holds_and_none_is_forgotten_twice() -> None:
    rig = ServiceRig("instant", max_requests=10)

    def pass_through(worker: int) -> None:
        account = rig.account(f"token-of-{worker % 2}")
        for _ in range(100):
            try:
                assert rig.service.read(account, rig.submit(account)).status is Status.COMPLETED
            except ResourceNotFound:  # others have pushed it out meanwhile
                continue
            finally:
                assert len(rig.service.store) <= 10

    all_at_once(pass_through)
    accounts = list(rig.service.accounts)
    assert len(rig.service.store) == sum(len(each.requests) for each in accounts) == 10
    assert [each.submitted for each in accounts] == [300, 300]


def test_resets_of_one_account_disturb_no_other() -> None:
    rig = ServiceRig("time:0,4", slots=1)
    ids: list[str] = []

    def work(worker: int) -> None:
        for _ in range(60):
            if worker == 0:
                rig.service.reset(rig.account(ALICE))
            elif worker == 1:
                ids.append(rig.submit(rig.account(BOB)))
            else:
                account = rig.account(ALICE)
                try:
                    request = rig.service.submit(account, KLING, LOUD, b"{}").request
                    rig.service.read(account, request.request_id)
                except ApiError:  # another thread has reset the account meanwhile
                    continue

    all_at_once(work)
    bob = rig.account(BOB)
    assert [view.request.request_id for view in rig.service.views(bob)] == ids
    assert [view.position for view in rig.service.views(bob)] == [None, *range(1, 60)]
    rig.service.reset(rig.account(ALICE))
    assert len(rig.service.store) == 60


def test_clocks_advanced_from_many_threads_lose_no_second() -> None:
    rig = ServiceRig("manual")
    account = rig.account()
    rig.service.clock(None).freeze()

    def advance(_: int) -> None:
        for _ in range(300):
            rig.service.clock(None).advance(1)

    all_at_once(advance)
    assert account.clock.now() - rig.real == 300 * THREADS


def test_whoever_makes_an_account_holds_the_lock(monkeypatch: pytest.MonkeyPatch) -> None:
    rig = ServiceRig("instant")
    held: list[bool] = []
    original = accounts.Accounts.of

    def watched(self: accounts.Accounts, token: str) -> accounts.Account:
        lock: Any = rig.service._lock
        held.append(lock._is_owned())
        return original(self, token)

    monkeypatch.setattr(accounts.Accounts, "of", watched)
    rig.service.caller("Bearer by-a-control-call")
    rig.service.authenticate("Bearer by-a-call-of-the-api")
    assert held == [True, True]
