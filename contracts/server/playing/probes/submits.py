"""What a submit can be besides a good one: bodies that are none, media types, open facts about payloads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from contracts.exchange import Exchange
from contracts.server.calling.session import Session
from contracts.server.calling.stage import json_body
from contracts.server.judging import seen
from contracts.server.playing.tour import NO_MONEY, Tour
from schemas.semantics import SumRule

_NOT_JSON = (
    b"",
    b"{",
    b"[]",
    b'"text"',
    b"null",
    b"12",
    b"\xff\xfe",
    b"{'prompt': 'x'}",
    b"[" * 600,
    b'{"prompt": "x"} x',
    b'{"prompt": "x", "cfg_scale": NaN}',
    b'{"prompt": "x", "cfg_scale": Infinity}',
)
_NOT_MEDIA_TYPES: tuple[dict[str, str], ...] = (
    {"Content-Type": "text/plain"},
    {"Content-Type": "application/x-www-form-urlencoded"},
    {},
)
_MEANT: Mapping[tuple[bool | None, bool | None], str] = {
    (False, False): "default",
    (True, True): "skip",
    (True, False): "zero",
}
"""What an omitted term counts for, by whether the sum without it is taken, and the sum with its default."""

_OK, _BAD, _TYPE, _INVALID = 200, 400, 415, 422


def submits(tour: Tour, session: Session) -> None:
    """Submit what is no good payload. None of it may cost anything, but a server that is wrong might take it."""
    if tour.stage.live:
        tour.collector.skip(NO_MONEY, "submit.malformed", "submit.media-type")
        return
    model_id = tour.model.model_id
    for body in _NOT_JSON:
        exchange = session.submit_raw(model_id, body)
        text = f"the body {body[:40]!r} is answered {_status(exchange)}, not 422 or 400"
        if session.hold("submit.malformed", exchange, text, ok=_status(exchange) in (_BAD, _INVALID), trace=[exchange]):
            seen.note(session, "malformed_body_status", str(_status(exchange)), exchange)
    for headers in _NOT_MEDIA_TYPES:
        exchange = session.submit_raw(model_id, json_body(tour.payload), headers=headers)
        named = headers.get("Content-Type", "no Content-Type")
        text = f"a body of {named} is answered {_status(exchange)}, not 415 or 422"
        if session.hold(
            "submit.media-type", exchange, text, ok=_status(exchange) in (_TYPE, _INVALID), trace=[exchange]
        ):
            seen.note(session, "media_type_status", str(_status(exchange)), exchange)
    with_charset = session.submit_raw(
        model_id, json_body(tour.payload), headers={"Content-Type": "application/json; charset=utf-8"}
    )
    text = f"application/json with a charset is answered {_status(with_charset)}"
    session.hold("submit.accepts", with_charset, text, ok=_status(with_charset) == _OK, case="charset")
    for _ in range(2):  # the same again is another request: the oracle looks at the ids
        session.submit(tour.model, tour.payload)
    _open_facts(tour, session)


def _status(exchange: Exchange) -> int:
    return 0 if exchange.answer is None else exchange.answer.status


def _open_facts(tour: Tour, session: Session) -> None:
    """Find out what the server makes of payloads of which nobody says whether they are valid."""
    is_taken = _taking(tour, session)
    taken = is_taken(tour.payload | {"runcomfy_mock_unknown": 1})
    if taken is not None:
        seen.note(session, "unknown_properties", "accepted" if taken else "refused", session.trace[-1])
    for rule in tour.model.rules:
        _sums(tour, session, rule, is_taken)


def _taking(tour: Tour, session: Session) -> Callable[[dict[str, Any]], bool | None]:
    def is_taken(payload: dict[str, Any]) -> bool | None:
        status = _status(session.submit(tour.model, payload))
        return {_OK: True, _INVALID: False}.get(status)

    return is_taken


def _sums(tour: Tour, session: Session, rule: SumRule, is_taken: Callable[[dict[str, Any]], bool | None]) -> None:
    """Ledger: ``rules.omitted-durations``, ``rules.no-durations``.

    Only rules about a property of the items of a list at the root are asked about, as all have been so far.
    """
    _, holder, *rest = rule.terms.split("/")
    properties = tour.model.input.normalised.get("properties", {})
    term = properties.get(holder, {}).get("items", {}).get("properties", {}).get(rest[-1], {})
    total = rule.total.removeprefix("/")
    if len(rest) != 2 or rest[0] != "*" or total not in properties or "default" not in term:  # noqa: PLR2004
        return
    least, default = term.get("minimum", 1), term["default"]
    empty = is_taken(tour.payload | {holder: []})
    if empty is not None:
        seen.note(session, "empty_sum", "exempt" if empty else "checked", session.trace[-1])
    if default == 0:
        return
    items = [{rest[-1]: least}, {}]
    told = {
        is_given: is_taken(tour.payload | {holder: items, total: due})
        for is_given, due in ((True, least), (False, default))
    }
    meant = _MEANT.get((told[True], told[False]))
    if meant is not None and least != default:
        seen.note(session, "omitted_durations", meant, session.trace[-1])
