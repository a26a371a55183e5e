from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from mock_server.core.errors import RateLimited
from mock_server.core.lifecycle import Request
from mock_server.core.store import Store
from tests.mock_server.core.request_maker import make_request

ROOMY = 1_000_000
NOW = 100.0


def nothing() -> float:
    """Find none that is over, until now."""
    return NOW


def never() -> float:
    raise AssertionError("there is room, or one is known to be over that was so first: nobody need be settled")


def ended(request: Request, at: float) -> Request:
    request.ended_at = at
    return request


def filled(limit: int, forgotten: Callable[[Request], None], count: int) -> tuple[Store, list[Request]]:
    store = Store(limit, ROOMY, forgotten)
    requests = [make_request(number) for number in range(1, count + 1)]
    for request in requests:
        store.make_room(2, never)
        store.add(request)
    return store, requests


def test_requests_are_found_by_their_ids_in_the_order_of_their_submits() -> None:
    store, requests = filled(10, lambda _: None, 5)
    assert list(store) == requests
    assert len(store) == 5
    assert store.get(requests[2].request_id) is requests[2]
    assert store.get("another") is None


def test_the_one_that_was_over_first_is_forgotten_first_whenever_that_was_known() -> None:
    forgotten: list[Request] = []
    store, (first, second, third) = filled(3, forgotten.append, 3)
    store.is_over(ended(first, 20))
    store.is_over(ended(second, 10))
    store.make_room(2, nothing)
    store.add(fourth := make_request(4))
    store.make_room(2, never)
    assert forgotten == [second, first]
    assert list(store) == [third, fourth]
    assert store.get(second.request_id) is None


def test_before_a_later_one_is_forgotten_the_earlier_ones_are_looked_for() -> None:
    forgotten: list[Request] = []
    store, (first, second, third) = filled(3, forgotten.append, 3)
    store.is_over(ended(first, NOW - 1))

    def settle_all() -> float:
        for request in (second, third):
            store.is_over(ended(request, NOW - request.number))
        return NOW

    store.make_room(2, settle_all)
    assert forgotten == [third]
    store.add(fourth := make_request(4))
    store.is_over(ended(fourth, NOW + 5))
    for expected in (second, first):
        store.make_room(2, never)
        assert forgotten[-1] is expected
        store.add(make_request(10 + len(forgotten)))
    with pytest.raises(AssertionError, match="nobody need be settled"):
        store.make_room(2, never)  # the one that is left ended after the last look


def test_a_store_that_was_emptied_looks_anew_since_clocks_may_have_been_set_back() -> None:
    forgotten: list[Request] = []
    store, (first,) = filled(1, forgotten.append, 1)
    store.is_over(ended(first, NOW))
    store.make_room(2, nothing)
    later, earlier = make_request(2), make_request(3)
    for request in (later, earlier):
        store.add(request)
    store.is_over(ended(later, 5))

    def settle_all() -> float:
        store.is_over(ended(earlier, 3))
        return 10.0

    store._limit = 2
    store.make_room(2, settle_all)
    assert forgotten == [first, earlier]


def test_a_clock_that_is_behind_the_others_does_not_keep_a_full_store_full() -> None:
    forgotten: list[Request] = []
    store, (first,) = filled(1, forgotten.append, 1)
    store.is_over(ended(first, NOW + 1_000))
    store.make_room(2, nothing)
    assert forgotten == [first]


def test_where_nothing_is_over_there_is_no_room() -> None:
    store, requests = filled(2, lambda _: None, 2)
    with pytest.raises(
        RateLimited, match=r"as many requests as it may, 2 \(--max-requests\), all of them unfinished"
    ) as error:
        store.make_room(2, nothing)
    assert error.value.headers == {"Retry-After": "1"}
    assert list(store) == requests


def sized(number: int, size: int) -> Request:
    return replace(make_request(number), payload=bytes(size))


def test_payloads_are_bounded_together_and_as_many_are_forgotten_as_it_takes() -> None:
    forgotten: list[Request] = []
    store = Store(100, 1_000, forgotten.append)
    requests = [sized(number, 300) for number in range(1, 4)]
    for request in requests:
        store.make_room(300, never)
        store.add(request)
        store.is_over(ended(request, request.number))
    store.make_room(100, never)
    assert forgotten == []
    store.make_room(500, nothing)
    assert forgotten == requests[:2]
    store.add(sized(4, 500))
    store.make_room(200, never)
    assert forgotten == requests[:2]
    with pytest.raises(RateLimited, match=r"500 bytes of payload \(--max-payload-bytes\), all of them unfinished"):
        store.make_room(501, nothing)
    assert forgotten == requests


def test_one_payload_has_room_however_large() -> None:
    store = Store(100, 1_000, lambda _: None)
    store.make_room(5_000, never)
    store.add(first := sized(1, 5_000))
    store.is_over(ended(first, 1))
    store.make_room(5_000, nothing)
    assert len(store) == 0


def test_a_request_can_be_forgotten_once_whether_it_is_over_or_not() -> None:
    evicted: list[Request] = []
    store, (first, second) = filled(2, evicted.append, 2)
    store.is_over(ended(first, 1))
    for request in (first, second, first, make_request(9)):
        store.forget(request)
    assert (len(store), store._bytes) == (0, 0)
    assert evicted == []  # nobody asked for room


def test_one_that_is_over_after_it_was_forgotten_is_not_forgotten_again() -> None:
    evicted: list[Request] = []
    store, (first,) = filled(1, evicted.append, 1)
    store.forget(first)
    store.is_over(ended(first, 1))
    store.add(make_request(2))
    with pytest.raises(RateLimited):
        store.make_room(2, nothing)
    assert evicted == []


def test_a_store_can_be_changed_while_it_is_gone_through() -> None:
    store, requests = filled(10, lambda _: None, 5)
    for request in store:
        store.forget(request)
    assert len(store) == 0
    assert requests


def test_requests_that_are_forgotten_one_by_one_are_not_held_in_secret() -> None:
    store, requests = filled(1_000, lambda _: None, 500)
    for request in requests:
        store.is_over(ended(request, request.number))
    kept = requests[:100]
    for request in requests[100:]:
        store.forget(request)
    assert list(store) == kept
    assert len(store._over) <= 2 * len(kept) + 64
    assert {each.number for _, _, each in store._over} >= {each.number for each in kept}


class StoreMachine(RuleBasedStateMachine):
    """A store beside two plain lists; some are over before anybody has looked."""

    @initialize(limit=st.integers(1, 6))
    def open(self, limit: int) -> None:
        self.limit = limit
        self.now = 0.0
        self.unfinished: list[Request] = []
        self.finished: list[Request] = []
        self.unseen: list[Request] = []
        self.evicted: list[Request] = []
        self.store = Store(limit, ROOMY, self.evicted.append)
        self.expected: list[Request] = []
        self.count = 0

    def settle_all(self) -> float:
        while self.unseen:
            self.store.is_over(self.unseen.pop())
        return self.now

    @rule()
    def submit(self) -> None:
        if len(self.unfinished) == self.limit:
            with pytest.raises(RateLimited):
                self.store.make_room(2, self.settle_all)
            return
        self.store.make_room(2, self.settle_all)
        if len(self.unfinished) + len(self.finished) == self.limit:
            self.expected.append(self.finished.pop(0))
        self.count += 1
        request = make_request(self.count)
        self.store.add(request)
        self.unfinished.append(request)

    @precondition(lambda self: self.unfinished)
    @rule(data=st.data(), seen=st.booleans())
    def end(self, data: st.DataObject, *, seen: bool) -> None:
        request = self.unfinished.pop(data.draw(st.integers(0, len(self.unfinished) - 1)))
        self.now += 1
        self.finished.append(ended(request, self.now))
        if seen:
            self.store.is_over(request)
        else:
            self.unseen.append(request)

    @precondition(lambda self: self.unfinished or self.finished)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        request = data.draw(st.sampled_from(self.unfinished + self.finished))
        (self.unfinished if request in self.unfinished else self.finished).remove(request)
        self.store.forget(request)

    @invariant()
    def it_holds_what_it_should(self) -> None:
        assert sorted(each.number for each in self.store) == sorted(
            each.number for each in self.unfinished + self.finished
        )
        assert [each.number for each in self.store] == sorted(each.number for each in self.store)
        assert self.evicted == self.expected
        assert len(self.store._over) <= 2 * len(self.store) + 64


TestStore = StoreMachine.TestCase
TestStore.settings = settings(max_examples=50, stateful_step_count=30, deadline=None)
