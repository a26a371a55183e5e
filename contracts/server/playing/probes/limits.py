"""Limits that a server has only if it is set up with them: calls, money, bytes."""

from __future__ import annotations

from contracts import strategies
from contracts.server.calling.session import Session, answered
from contracts.server.calling.stage import json_body
from contracts.server.judging import seen
from contracts.server.playing.tour import Tour

_NOT_OURS = "a server at a URL is set as it is; nobody provokes this there"
_CALLS, _SECONDS = 5, 60
_BYTES = 2000
_REFUSED = 30
_MORE_THAN_PAID = 4
_OK, _BAD, _TOO_LARGE, _TOO_MANY, _NO_BALANCE = 200, 400, 413, 429, 400002


def limits(tour: Tour, session: Session) -> None:
    """Set up a server for each limit, and go beyond it."""
    rate = tour.target.staged("--rate-limit", f"{_CALLS}/{_SECONDS}")
    balance = tour.target.staged("--balance-usd", str(round(tour.price_usd * 2.5, 6)))
    small = tour.target.staged("--max-body-bytes", str(_BYTES))
    if rate is None or balance is None or small is None:
        tour.collector.skip(_NOT_OURS, "limits.rate", "limits.balance", "submit.too-large")
        return
    _rate(tour.session(rate))
    _balance(tour, tour.session(balance))
    _size(tour, tour.session(small))


def _rate(session: Session) -> None:
    """Ledger: ``error.429``, ``error.429-code``."""
    for _ in range(_CALLS):
        fine = session.list()
        text = (
            f"call {len(session.trace)} of {_CALLS} that are allowed is answered {fine.answer and fine.answer.status}"
        )
        session.hold("limits.rate", fine, text, ok=bool(answered(fine, _OK)), case="before", trace=session.whole())
    over = session.list()
    answer = over.answer
    if answer is None:
        return
    text = f"call {_CALLS + 1} of {_CALLS} that are allowed is answered {answer.status}, not 429"
    if not session.hold("limits.rate", over, text, ok=answer.status == _TOO_MANY, trace=session.whole()):
        return
    told = answer.headers.get("retry-after", "")
    text = f"429 has the Retry-After {told!r}, no number of seconds that the window could last"
    is_fine = told.isascii() and told.isdigit() and len(told) <= len(str(_SECONDS)) and 0 < int(told) <= _SECONDS
    if session.hold("limits.rate", over, text, ok=is_fine, case="retry-after", trace=session.whole()):
        other = session.list(who=session.accounts[-1])
        text = f"a call of another account, which has made none, is answered {other.answer and other.answer.status}"
        session.hold("limits.rate", other, text, ok=bool(answered(other, _OK)), case="shared", trace=session.whole())
        session.advance(int(told) // 2)
        session.list()  # too early, and that must not make it later
        session.advance(int(told) - int(told) // 2)
        again = session.list()
        text = f"after the {told} s of Retry-After it is answered {again.answer and again.answer.status}"
        session.hold("limits.rate", again, text, ok=bool(answered(again, _OK)), case="after", trace=session.whole())


def _balance(tour: Tour, session: Session) -> None:
    """Ledger: ``error.400002``, ``error.400002-status``."""
    for _ in range(_REFUSED):
        session.submit_raw(tour.model.model_id, b"{")  # what is refused is not billed
    for violation in strategies.violation_cases(tour.model.model_id, models=session.stage.catalog)[:_REFUSED]:
        session.submit(tour.model, violation.payload)
    for _ in range(2):
        paid = session.submit(tour.model, tour.payload)
        text = f"a submit that the balance covers is answered {paid.answer and paid.answer.status}"
        session.hold("limits.balance", paid, text, ok=bool(answered(paid, _OK)), case="covered", trace=session.whole())
    unpaid = session.submit(tour.model, tour.payload)
    text = f"a submit that the balance does not cover is answered {unpaid.answer and unpaid.answer.status}"
    is_fine = answered(unpaid).get("error_code") == _NO_BALANCE
    if not session.hold("limits.balance", unpaid, text, ok=is_fine, trace=session.whole()):
        return
    other = session.submit(tour.model, tour.payload, session.accounts[-1])
    text = f"a submit of another account, which has spent nothing, is answered {other.answer and other.answer.status}"
    session.hold("limits.balance", other, text, ok=bool(answered(other, _OK)), case="shared", trace=session.whole())
    for life in session.lives:
        session.cancel(life.request_id, life.who)
    again = session.submit(tour.model, tour.payload)
    told = again.answer and again.answer.status
    text = f"what was cancelled costs nothing, and a submit that this covers is answered {told}"
    is_fine = bool(answered(again, _OK))
    session.hold("limits.balance", again, text, ok=is_fine, case="given-back", trace=session.whole())
    _failures(tour, session)


def _failures(tour: Tour, session: Session) -> None:
    """Let one fail after the other: none of them costs anything, so that there is always money for the next."""
    for _ in range(_MORE_THAN_PAID):
        session.next_fails()
        failing = session.submit(tour.model, tour.payload)
        text = (
            f"what failed costs nothing, and a submit after it is answered {failing.answer and failing.answer.status}"
        )
        is_fine = bool(answered(failing, _OK))
        session.hold("limits.balance", failing, text, ok=is_fine, case="failed", trace=session.whole())
        life = session.lives.of(failing)
        if life is None:
            return
        tour.until_over(session, life)


def _size(tour: Tour, session: Session) -> None:
    """Ledger: ``error.too-large``."""
    for size, is_large in ((_BYTES, False), (_BYTES + 1, True)):
        body = json_body(tour.payload)
        exchange = session.submit_raw(tour.model.model_id, body + b" " * (size - len(body)))
        status = 0 if exchange.answer is None else exchange.answer.status
        text = f"a body of {size} bytes, where {_BYTES} are allowed, is answered {status}"
        is_fine = status in (_TOO_LARGE, _BAD) if is_large else status == _OK
        held = session.hold("submit.too-large", exchange, text, ok=is_fine, case="over" if is_large else "under")
        if held and is_large:
            seen.note(session, "too_large_status", str(status), exchange)
