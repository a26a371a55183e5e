from __future__ import annotations

from typing import Any

import pytest

from contracts.exchange import Who
from contracts.server.playing.probes.access import access, calls
from tests.contracts.server.touring import Edit, found, live_tour, run, spoiled


def test_each_operation_is_called_for_which_a_token_is_due() -> None:
    tour, _ = live_tour()
    assert {call.operation for call in calls(tour, None)} == {
        *"status result cancel list categories model".split()  # a submit may be billed
    }
    assert {call.who for call in calls(tour, None)} == {Who.NOBODY}


def test_on_a_live_target_nothing_is_submitted_without_money() -> None:
    tour, session = live_tour()
    access(tour, session)
    assert not any(each.call.method == "POST" and "/v1/models" in each.call.path for each in session.trace)
    assert not tour.collector.broken


def _where(path: str, was: int, answer: tuple[int, Any]) -> Edit:
    return lambda _, asked, status, __: answer if path in asked and status == was else None


ERROR = {"error_code": 400001, "error_message": "no"}


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        (_where("/v1/models/categories", 401, (200, {"categories": []})), "auth.required"),
        (_where("/v1/models/categories", 401, (403, ERROR)), "auth.required"),
        (_where("/v1/models/nobody", 400, (404, {"error_code": 404001, "error_message": "no"})), "unknown.model"),
        (_where("/v1/requests/", 404, (400, ERROR)), "unknown.request"),
        (_where("/v1/requests/", 405, (200, {})), "unknown.method"),
        (_where("/v1/requests/", 403, (404, {"error_code": 404001, "error_message": "no"})), "ownership.refused"),
        (_where("/v1/models/categories", 200, (401, {"error_code": 400004, "error_message": "no"})), "auth.accepted"),
    ],
)
def test_a_door_that_is_open_is_found(edit: Edit, check: str) -> None:
    assert check in found(run(spoiled(edit)))


def test_whoever_takes_another_scheme_for_a_token_is_found() -> None:
    def change(app: Any) -> Any:
        async def wrong(scope: Any, receive: Any, send: Any) -> None:
            headers = [
                (name, text.replace(b"Basic ", b"Bearer ") if name == b"authorization" else text)
                for name, text in scope["headers"]
            ]
            await app({**scope, "headers": headers}, receive, send)

        return wrong

    assert "auth.scheme" in found(run(change))


def test_whoever_lets_others_cancel_is_found() -> None:
    def change(app: Any) -> Any:
        owner: dict[str, bytes] = {}

        async def wrong(scope: Any, receive: Any, send: Any) -> None:
            sent = dict(scope["headers"])
            if scope["path"].endswith("/cancel") and b"authorization" in sent:  # whoever asks, it is the first account
                token = sent[b"authorization"].replace(b"second", b"first")
                owner["last"] = token
                headers = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
                scope = {**scope, "headers": [*headers, (b"authorization", token)]}
            await app(scope, receive, send)

        return wrong

    assert {"ownership.refused", "ownership.no-effect"} <= found(run(change))
