"""What holds over several answers: each request's life, followed from its submit to its end by what is seen of it."""

from __future__ import annotations

import re

from contracts.exchange import Answer, Exchange, Who
from contracts.model import CANCELLED, FOLLOWS, MEANS, NOT_CANCELLABLE, OVER, Word
from contracts.server.judging.court import Court
from contracts.server.judging.life import Life, request_id_of
from contracts.server.judging.results import judge_result
from schemas.findings import cut

_FORBIDDEN, _NOT_FOUND = 403, 404
_FORBIDDEN_CODE, _NOT_FOUND_CODE = 403001, 404001
_OK, _ACCEPTED, _TOO_MANY = 200, 202, 429
_TELLING = 8  # characters of a text that do not stand in an answer by chance

REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
"""Ledger: ``request-id.opaque``."""

_ASKABLE = re.compile(r"[A-Za-z0-9._~-]*[A-Za-z0-9_~-][A-Za-z0-9._~-]*")
"""What can stand in a path as it is."""

_REFUSED, _INVALID = 400, 422


def follow(court: Court, exchange: Exchange, answer: Answer) -> None:
    """Hold an answer to what is known of its request, and learn from it."""
    if exchange.call.operation == "submit":
        if answer.status == _OK:
            _begin(court, exchange, answer)
        return
    request_id = request_id_of(exchange)
    if exchange.call.who is Who.NOBODY:  # it was looked at whether it is refused; what it is told is of no request
        return
    if request_id is None or answer.status == _TOO_MANY or _has_bad_query(exchange, answer):
        return
    life = court.lives.get(request_id)
    if life is None:
        _judge_unknown(court, exchange, answer, request_id)
    elif exchange.call.who is not life.who:
        text = f"{exchange.call.operation} by another account is answered {_told(answer)}, not 403 with 403001"
        is_fine = answer.status == _FORBIDDEN and answer.get("error_code") == _FORBIDDEN_CODE
        court.hold("ownership.refused", exchange, text, ok=is_fine)
        _judge_discretion(court, exchange, answer, life)
    elif court.hold(
        "lifecycle.kept",
        exchange,
        f"{exchange.call.operation} of an accepted request is answered {_told(answer)}",
        ok=answer.status in (_OK, _ACCEPTED),
    ):
        _go_on(court, exchange, answer, life)


def _has_bad_query(exchange: Exchange, answer: Answer) -> bool:
    """Tell whether a call was refused for its query, before anybody looked for the request. Ledger: ``query.bad``."""
    query = exchange.call.path.partition("?")[2]
    return answer.status == _INVALID and query not in ("", "include_cost=true", "include_cost=false")


def _judge_discretion(court: Court, exchange: Exchange, answer: Answer, life: Life) -> None:
    """What another account is told has nothing of the request in it."""
    payload = life.payload if isinstance(life.payload, dict) else {}
    said = answer.body.decode("utf-8", "replace")
    leaked = [
        name for name, value in payload.items() if isinstance(value, str) and len(value) >= _TELLING and value in said
    ]
    text = f"{exchange.call.operation} by another account is told the {', '.join(leaked)} of the request"
    court.hold("ownership.refused", exchange, text, ok=not leaked, case="leak")


def _judge_unknown(court: Court, exchange: Exchange, answer: Answer, request_id: str) -> None:
    """Ledger: ``error.404001``; what an id that is none is told beyond a refusal, nobody says."""
    told = f"{exchange.call.operation} of an unknown request is answered {_told(answer)}"
    if REQUEST_ID.fullmatch(request_id):
        is_fine = answer.status == _NOT_FOUND and answer.get("error_code") == _NOT_FOUND_CODE
        court.hold("unknown.request", exchange, f"{told}, not 404 with 404001", ok=is_fine)
    else:
        court.hold("unknown.malformed", exchange, told, ok=answer.status >= _REFUSED)


def _told(answer: Answer) -> str:
    return f"{answer.status} {cut(answer.body[:200].decode('utf-8', 'replace'))}"


def _begin(court: Court, exchange: Exchange, answer: Answer) -> None:
    """Ledger: ``submit``, ``submit.no-idempotency``."""
    request_id = answer.get("request_id")
    if not isinstance(request_id, str) or not _ASKABLE.fullmatch(request_id):  # the shape has said so
        return
    known = court.lives.get(request_id)
    trace = None if known is None else [known.submitted, exchange]
    text = f"the submit is answered with the id {cut(request_id)!r} of an earlier one"
    if court.hold("submit.new-id", exchange, text, ok=known is None, trace=trace):
        court.lives.add(Life(request_id, exchange.call.who, exchange))


def _go_on(court: Court, exchange: Exchange, answer: Answer, life: Life) -> None:
    told = answer.get("request_id")
    text = f"the answer is about {cut(str(told))!r}, asked was for {cut(life.request_id)!r}"
    if isinstance(told, str):  # what is missing the shape has said
        court.hold("lifecycle.echo", exchange, text, ok=told == life.request_id)
    word = MEANS.get(str(answer.get("status")))
    if word is None:  # the shape has said so already
        return
    match exchange.call.operation:
        case "status":
            _see(court, exchange, life, word)
            _judge_position(court, exchange, life, answer.get("queue_position"), word)
        case "result":
            _see(court, exchange, life, word)
            judge_result(court, exchange, answer, life)
        case "cancel":
            outcome = answer.get("outcome")
            if outcome in (CANCELLED, NOT_CANCELLABLE):
                _judge_cancel(court, exchange, life, word, outcome)


def _see(court: Court, exchange: Exchange, life: Life, word: Word) -> None:
    """Take note of what a request is now; whether it can be follows from what it was."""
    before, life.word = life.word, word
    if life.cancelled == CANCELLED:
        text = f"it was cancelled, and now it is {word}"
        court.hold("cancel.holds", exchange, text, ok=word is Word.CANCELLED, case="cancelled")
    elif life.cancelled == NOT_CANCELLABLE:
        text = f"its cancel was told not_cancellable, and now it is {word}"
        is_fine = word in (Word.RUNNING, Word.COMPLETED)
        court.hold("cancel.holds", exchange, text, ok=is_fine, case="not-cancellable")
    if before is None:
        return
    text = f"it was {before}, and now it is {word}"
    is_fine = word in FOLLOWS[before]
    # Two words about one moment: with nothing in between, the second read is the odd one.
    check = "lifecycle.transitions" if is_fine or not _are_both_reads(court, life, exchange) else "lifecycle.agreement"
    court.hold(check, exchange, text, ok=is_fine, case=f"{before}-{word}")
    if before in OVER:
        court.hold("lifecycle.agreement", exchange, text, ok=word is before, case="over")


def _are_both_reads(court: Court, life: Life, exchange: Exchange) -> bool:
    """Tell whether the call before this one read the same request by the other read."""
    if len(court.trace) < 2:  # noqa: PLR2004 - this one and that before it
        return False
    before = court.trace[-2]
    return request_id_of(before) == life.request_id and {before.call.operation, exchange.call.operation} == {
        "status",
        "result",
    }


def _judge_position(court: Court, exchange: Exchange, life: Life, position: object, word: Word) -> None:
    """Ledger: ``queue-position.when``; whether it is there at all is the shape's to say."""
    if word is not Word.QUEUED or not isinstance(position, int):
        life.position = None
        return
    if life.position is not None:
        text = f"queue_position was {life.position}, and now it is {position}"
        court.hold("queue-position.falls", exchange, text, ok=position <= life.position)
    life.position = position


def _judge_cancel(court: Court, exchange: Exchange, life: Life, word: Word, outcome: str) -> None:
    """Ledger: ``cancel.outcome``, ``cancel.status``; that the two words fit each other is the shape's to say."""
    before, life.word = life.word, word
    if life.cancelled is None:
        if before in (Word.RUNNING, Word.COMPLETED):
            text = f"it was {before}, and its cancel is told {outcome}"
            court.hold("cancel.running", exchange, text, ok=outcome == NOT_CANCELLABLE, case=before)
        life.cancelled = outcome
    else:
        text = f"the first cancel was told {life.cancelled}, this one {outcome}"
        court.hold("cancel.repeated", exchange, text, ok=outcome == life.cancelled)
    if before is not None:
        text = f"it was {before}, and its cancel says that it is {word}"
        court.hold("lifecycle.transitions", exchange, text, ok=word in FOLLOWS[before], case=f"{before}-{word}")
