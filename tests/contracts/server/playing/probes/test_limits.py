from __future__ import annotations

from typing import Any

import pytest

from contracts.server.playing.probes.limits import limits
from tests.contracts.server.touring import Edit, found, live_tour, run, spoiled


def _was(before: int, status: int, code: int) -> Edit:
    body = {"error_code": code, "error_message": "no"}
    return lambda _, __, told, ___: (status, body) if told == before else None


def test_the_right_one_keeps_all_of_them() -> None:
    outcome = run()
    made = {check.check_id: check.outcome for check in outcome.checks}
    assert {made[name] for name in ("limits.rate", "limits.balance", "submit.too-large")} == {"pass"}


@pytest.mark.parametrize(
    ("edit", "check"),
    [(_was(429, 400, 400001), "limits.rate"), (_was(413, 422, 422001), "submit.too-large")],
)
def test_a_limit_that_is_told_wrong_is_found(edit: Edit, check: str) -> None:
    assert check in found(run(spoiled(edit)))


def test_a_balance_that_is_told_wrong_is_found() -> None:
    def edit(_: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        is_broke = isinstance(document, dict) and document.get("error_code") == 400002
        return (400, {**document, "error_code": 400001}) if is_broke else None

    assert "limits.balance" in found(run(spoiled(edit)))


@pytest.mark.parametrize("told", ["", "soon", "-1", "0", "61", "9" * 5000, "\u0661"])
def test_a_retry_after_that_is_none_is_found(told: str) -> None:
    def change(app: Any) -> Any:
        async def wrong(scope: Any, receive: Any, send: Any) -> None:
            async def spoil(message: Any) -> None:
                if message.get("status") == 429:
                    headers = [pair for pair in message["headers"] if pair[0].lower() != b"retry-after"]
                    message = {**message, "headers": [*headers, (b"retry-after", told.encode())]}
                await send(message)

            await app(scope, receive, spoil)

        return wrong

    assert "limits.rate:list:retry-after" in {each.finding_id for each in run(change).findings}


def test_at_a_url_nobody_provokes_them() -> None:
    tour, session = live_tour()
    limits(tour, session)
    assert session.trace == []
    assert set(tour.collector.reasons) == {"limits.rate", "limits.balance", "submit.too-large"}
