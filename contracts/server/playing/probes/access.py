"""Who may call, and what for: tokens, other people's requests, ids and models that there are not, methods."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from contracts.exchange import Call, Exchange, Who
from contracts.server.calling.refusals import is_refused_token
from contracts.server.calling.session import JSON, Session, answered
from contracts.server.calling.stage import json_body
from contracts.server.judging.life import Life
from contracts.server.playing.tour import NO_MONEY, NO_OTHER, Tour

UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"
NOT_A_TOKEN = "runcomfy-mock-not-a-token"  # noqa: S105 - it is none
_SCHEMES = ("Basic Zmlyc3Q6c2Vjb25k", "Bearer", "Digest username", NOT_A_TOKEN)
_NOT_IDS = ("x" * 129, "a.b", "%20", "%00", "%F0%9F%9A%80", "..%2Fmodels")
_BAD_REQUEST, _MODEL_CODE = 400, 400001


def access(tour: Tour, session: Session) -> None:
    """Call everything in ways in which nobody may."""
    life = tour.submit(session) if tour.may_submit else None
    if life is None:
        tour.collector.skip(NO_MONEY, "ownership.refused", "ownership.no-effect")
    _tokens(tour, session, life)
    _models(tour, session)
    _ids(session)
    _methods(tour, session, life)
    if life is not None:
        _others(tour, session, life)


def calls(tour: Tour, life: Life | None, who: Who = Who.NOBODY) -> Iterator[Call]:
    """Yield one call of each operation, on a request of the account's own if there is one."""
    request_id = UNKNOWN_ID if life is None else life.request_id
    model_id = tour.model.model_id
    if not tour.stage.live:  # nobody's submit is billed to nobody, but a server that is wrong may do anything
        yield Call("submit", "POST", f"/v1/models/{model_id}", who, json_body(tour.payload), JSON)
    yield Call("status", "GET", f"/v1/requests/{request_id}/status", who)
    yield Call("result", "GET", f"/v1/requests/{request_id}/result", who)
    yield Call("cancel", "POST", f"/v1/requests/{request_id}/cancel", who)
    yield Call("list", "GET", "/v1/models", who)
    yield Call("categories", "GET", "/v1/models/categories", who)
    yield Call("model", "GET", f"/v1/models/{model_id}", who)


def closed(tour: Tour, session: Session) -> None:
    """Call a server that we have given its tokens, with one that is nearly right."""
    token = session.tokens.first
    for call in calls(tour, None):
        for nearly in (token.swapcase(), f"{token}-x", token[:-1]):
            _refused(session, call, f"Bearer {nearly}", "auth.unknown-token", "a token that is nearly right")


def _tokens(tour: Tour, session: Session, life: Life | None) -> None:
    for call in calls(tour, life):
        session.call(call)  # what is due is the oracle's to say
        for text in _SCHEMES:
            _refused(session, call, text, "auth.scheme", f"the header 'Authorization: {text}'")
        if tour.stage.tokens.made_up:
            tour.collector.skip("the server takes every token for an account", "auth.unknown-token")
        else:
            text = f"Bearer {NOT_A_TOKEN}"
            _refused(session, call, text, "auth.unknown-token", "a token that nobody was given")


def _refused(session: Session, call: Call, authorization: str, check: str, what: str) -> None:
    exchange = session.call(
        Call(
            call.operation,
            call.method,
            call.path,
            Who.NOBODY,
            call.body,
            {**call.headers, "Authorization": authorization},
        ),
        check=False,
    )
    if exchange.answer is not None:
        text = f"{what} is answered {_told(exchange)}, not 401 or 400 with 400004"
        session.hold(check, exchange, text, ok=is_refused_token(exchange.answer), trace=[exchange])


def _told(exchange: Exchange) -> str:
    return (
        ""
        if exchange.answer is None
        else f"{exchange.answer.status} {exchange.answer.body[:120].decode('utf-8', 'replace')}"
    )


def _models(tour: Tour, session: Session) -> None:
    """Ledger: ``error.400001``, ``model-id.path``."""
    known = tour.model.model_id
    encoded = quote(known, safe="")
    for model_id in (
        "nobody/nothing",
        f"{known}/more",
        known.rpartition("/")[0],
        "nobody",
        known.swapcase(),
        encoded,
        "a//b",
        f"{known}%20",
    ):
        body = json_body(tour.payload)
        answers = [session.call(Call("model", "GET", f"/v1/models/{model_id}"))]
        if not tour.stage.live:
            answers.append(session.submit_raw(model_id, body))
        for exchange in answers:
            answer = exchange.answer
            is_fine = answer is None or (answer.status == _BAD_REQUEST and answer.get("error_code") == _MODEL_CODE)
            text = f"the unknown model {model_id!r} is answered {_told(exchange)}, not 400 with 400001"
            session.hold("unknown.model", exchange, text, ok=is_fine, trace=[exchange])


def _ids(session: Session) -> None:
    """What is due is the oracle's to say. Ledger: ``error.404001``."""
    for request_id in (UNKNOWN_ID, "unknown", "-", *_NOT_IDS):
        session.status(request_id)
        session.result(request_id)
        session.cancel(request_id)


def _methods(tour: Tour, session: Session, life: Life | None) -> None:
    """Ledger: ``error.undocumented-codes``."""
    request_id = UNKNOWN_ID if life is None else life.request_id
    wrong = [("DELETE", "status"), ("PUT", "result"), ("POST", "status"), ("POST", "result"), ("GET", "cancel")]
    paths = [(method, f"/v1/requests/{request_id}/{name}") for method, name in wrong]
    paths += [("GET", f"/v1/requests/{request_id}"), ("GET", f"/v1/requests/{request_id}/more"), ("GET", "/v1/nothing")]
    if not tour.stage.live:
        paths += [("PUT", f"/v1/models/{tour.model.model_id}"), ("DELETE", "/v1/models"), ("POST", "/v1/models")]
    for method, path in paths:
        exchange = session.call(Call("unknown", method, path))
        if exchange.answer is not None:
            text = f"{method} {path} is answered {_told(exchange)}; it is no call of the API"
            case = f"{method} {path}".replace(request_id, "*").replace(tour.model.model_id, "*")
            is_fine = exchange.answer.status >= _BAD_REQUEST
            session.hold("unknown.method", exchange, text, ok=is_fine, case=case, trace=[exchange])


def _others(tour: Tour, session: Session, life: Life) -> None:
    """Ledger: ``error.403001``; what is due to the other account is the oracle's to say."""
    if Who.SECOND not in session.accounts:
        tour.collector.skip(NO_OTHER, "ownership.refused", "ownership.no-effect")
        return
    before = answered(session.status(life.request_id)).get("status")
    session.status(life.request_id, Who.SECOND)
    session.result(life.request_id, Who.SECOND)
    session.cancel(life.request_id, Who.SECOND)
    after = session.status(life.request_id)
    text = f"it was {before}, and once another account had tried to cancel it, it is {answered(after).get('status')}"
    is_fine = before == "cancelled" or answered(after).get("status") != "cancelled"
    session.hold("ownership.no-effect", after, text, ok=is_fine)
