"""The tour's purse: what is submitted to a live target is cancelled, and booked, whatever comes back."""

from __future__ import annotations

from typing import Any

import pytest

from contracts.exchange import Exchange
from contracts.server.calling.limits import Stopped, TooDear
from contracts.server.calling.session import Session
from contracts.server.playing.tour import OF_REQUESTS
from tests.contracts.server.touring import Edit, live_tour, spoiled

PRICE = 0.336
SUBMIT = "/v1/models/kling"


def operations(session: Session) -> list[str]:
    return [each.call.operation for each in session.trace]


def test_the_cheapest_payload_is_submitted_cancelled_at_once_and_costs_nothing() -> None:
    tour, session = live_tour(max_spend_usd=1.0)
    assert (tour.price_usd, tour.payload["duration"], tour.payload.get("sound", False)) == (PRICE, 3, False)
    life = tour.submit(session)
    assert life is not None
    assert operations(session)[:2] == ["submit", "cancel"]
    assert (tour.meter.spent_usd, tour.meter.held_usd) == (0, 0)
    assert not tour.collector.broken


@pytest.mark.parametrize("most", [None, 0.1, 0.335999])
def test_what_may_not_be_spent_is_not_submitted(most: float | None) -> None:
    tour, session = live_tour(max_spend_usd=most)
    assert tour.submit(session) is None
    assert (session.trace, tour.meter.calls) == ([], 0)
    assert set(tour.collector.reasons) == set(OF_REQUESTS)


def test_no_probe_can_submit_past_the_purse() -> None:
    tour, session = live_tour()
    with pytest.raises(TooDear):
        session.submit(tour.model, tour.payload)
    assert tour.meter.calls == 0


def _submit_answers(status: int, more: dict[str, Any]) -> Edit:
    def edit(method: str, path: str, before: int, document: Any) -> tuple[int, Any] | None:
        return (status, {**document, **more}) if method == "POST" and path.startswith(SUBMIT) else None

    return edit


@pytest.mark.parametrize(
    ("status", "more"), [(201, {}), (500, {}), (200, {"status_url": 1}), (200, {"error_code": 500001}), (302, {})]
)
def test_what_is_named_is_cancelled_whatever_else_is_wrong(status: int, more: dict[str, Any]) -> None:
    tour, session = live_tour(spoiled(_submit_answers(status, more)), max_spend_usd=1.0)
    tour.submit(session)
    assert operations(session)[:2] == ["submit", "cancel"]
    cancelled = session.trace[1].answer
    assert cancelled is not None
    assert cancelled.get("outcome") == "cancelled"


@pytest.mark.parametrize(("status", "held"), [(500, PRICE), (302, PRICE), (200, PRICE), (422, 0), (400, 0)])
def test_what_nobody_knows_the_cost_of_stays_held(status: int, held: float) -> None:
    tour, session = live_tour(
        spoiled(lambda method, path, *_: (status, {}) if method == "POST" and path.startswith(SUBMIT) else None),
        max_spend_usd=0.5,
    )
    assert tour.submit(session) is None
    assert (tour.meter.spent_usd, tour.meter.held_usd) == (0, held)
    tour.submit(session)
    assert operations(session) == ["submit"] * (1 if held else 2)


@pytest.mark.parametrize("told", [0, -1, 1e400, "0", None, True])
def test_a_cost_told_before_the_end_is_not_believed(told: Any) -> None:
    def edit(method: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        if "/v1/requests/" not in path:
            return None
        if path.endswith("/cancel"):
            return 202, {**document, "status": "in_progress", "outcome": "not_cancellable"}
        return 200, {**document, "status": "in_progress", "cost": told}

    tour, session = live_tour(spoiled(edit), max_spend_usd=0.5)
    tour.submit(session)
    assert tour.meter.held_usd == PRICE
    assert tour.submit(session) is None
    assert operations(session).count("submit") == 1


def test_a_submit_is_made_only_where_its_cancel_can_be_made_too() -> None:
    tour, session = live_tour(max_spend_usd=1.0, max_calls=1)
    with pytest.raises(Stopped):
        tour.submit(session)
    assert session.trace == []
    tour, session = live_tour(max_spend_usd=1.0, max_calls=2)
    with pytest.raises(Stopped):
        tour.submit(session)
    assert operations(session) == ["submit", "cancel"]
    assert tour.meter.held_usd == PRICE


def test_an_interrupt_after_the_submit_comes_after_its_cancel() -> None:
    tour, session = live_tour(max_spend_usd=1.0)
    send, calls = session._send, []

    def interrupted(call: Any) -> Any:
        calls.append(call.operation)
        if calls == ["submit", "cancel"]:
            tour.meter.interrupt()
            raise KeyboardInterrupt
        return send(call)

    session._send = interrupted
    with pytest.raises(KeyboardInterrupt):
        tour.submit(session)
    assert calls == ["submit", "cancel", "cancel"]
    last: Exchange = session.trace[-1]
    assert last.answer is not None
    assert last.answer.get("outcome") == "cancelled"


def test_a_request_that_never_ends_is_given_up_when_patience_is() -> None:
    def edit(_: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        is_read = path.endswith("/status")
        return (200, {**document, "status": "in_progress", "queue_position": None}) if is_read else None

    tour, session = live_tour(spoiled(edit), max_spend_usd=1.0)
    waits: list[float] = []
    tour.wait = waits.append
    life = tour.submit(session)
    assert life is not None
    assert tour.patience <= sum(waits) <= tour.patience + 2
    assert tour.meter.held_usd == PRICE  # it may yet be billed
