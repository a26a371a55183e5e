"""Three lives told step by step: one that succeeds, one that fails, one that is cancelled in a line of several.

On a server whose clock can be moved each step is worked out beforehand; any other is polled at its own pace, and what
is seen of it is held to what may follow what.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from contracts.exchange import Call, Exchange, Who
from contracts.model import CANCELLED, NOT_CANCELLABLE, Timetable
from contracts.server.calling.session import Session, answered
from contracts.server.judging import seen
from contracts.server.judging.life import Life
from contracts.server.judging.results import media_urls, moment
from contracts.server.playing.tour import NO_MONEY, OF_REQUESTS, Tour
from schemas.outputs import media_kind

_TOLERANCE = 600  # seconds by which two clocks may differ
_OK = 200
_LONG_AFTER = 7200  # seconds; every variant of how long results are kept is longer
_CLOSE = 1.0  # seconds
_TO_THE_END = (
    "lifecycle.ends",
    "result.output",
    "result.media",
    "result.media-host",
    "result.failure",
    "cancel.running",
)
_NO_TIMETABLE = "its pace is not in seconds on a clock that can be moved, for accounts that are fresh"
_OF_TIMETABLE = ("lifecycle.timetable", "queue-position.first", "queue-position.place", "cancel.queued")


def lives(tour: Tour, session: Session) -> None:
    """Tell the lives that the target allows."""
    if not tour.may_submit:
        tour.collector.skip(NO_MONEY, *OF_REQUESTS)
        return
    if tour.stage.live:
        tour.collector.skip("a live request is cancelled at once, so that it is not billed", *OF_REQUESTS)
        life = tour.submit(session)
        if life is not None:
            _cancelled(session, life)
        return
    if session.stage.pace is not None:
        session.freeze()
        _in_line(tour, tour.session())
    else:
        tour.collector.skip(_NO_TIMETABLE, *_OF_TIMETABLE)
    _succeeds(tour, tour.session())
    for tier in tour.model.price_tiers:
        _costs(tour, tour.session(), {path[0]: value for path, value in tier.when if len(path) == 1})
    _fails(tour, tour.session())
    echoing = tour.target.staged("--pace", "time:2,4", "--variant", "result_echo=present")
    if echoing is not None:
        _succeeds(tour, tour.session(echoing), _odd_texts(tour))
    elif tour.collector.observed.get("result_echo") != "present":
        tour.collector.skip("the server echoes no input", "result.input")
    life = tour.submit(session)
    if life is not None:
        now = None if session.stage.pace is None else _now(session)
        session.cancel(life.request_id)
        if now is not None:
            _hold_end(session, life, now)
        _cancelled(session, life)


def _cancelled(session: Session, life: Life) -> None:
    """What was tried to be cancelled is looked at from all sides; what is due is the oracles' to say."""
    session.status(life.request_id)
    session.result(life.request_id)
    session.result(life.request_id, cost=True)
    session.cancel(life.request_id)
    session.status(life.request_id)
    session.result(life.request_id)


def _odd_texts(tour: Tour) -> dict[str, Any]:
    """Return texts that somebody might tidy up on their way into an echo, for the properties that take any text."""
    properties = tour.model.input.normalised.get("properties", {})
    bounds = {"enum", "const", "pattern", "format", "maxLength", "minLength"}
    plain = [name for name, part in properties.items() if part.get("type") == "string" and not bounds & part.keys()]
    return dict.fromkeys(plain, " A\u030a \ufb01 \U0001f680 ")


def _succeeds(tour: Tour, session: Session, more: Mapping[str, Any] | None = None) -> None:
    """Ledger: ``result.early``, ``result.output``, ``cancel.outcome``."""
    now = _now(session)
    life = tour.submit(session, more=more)
    if life is None:
        return
    created = moment(answered(session.result(life.request_id)).get("created_at"))
    if created is not None:
        text = f"created_at is {created - now:g} s away from the time of the submit"
        session.hold("result.clock", session.trace[-1], text, ok=abs(created - now) <= _TOLERANCE)
    session.result(life.request_id, cost=True)
    session.result(life.request_id, cost=False)
    session.status(life.request_id)
    pace = session.stage.pace
    if pace is not None:
        session.advance(pace.queue)
        session.status(life.request_id)
        session.result(life.request_id)
        session.cancel(life.request_id)
        session.result(life.request_id, cost=True)
    _to_the_end(tour, session, life)
    if pace is not None and created is not None:
        _hold_end(session, life, created + pace.queue + pace.run)
    cancel = session.cancel(life.request_id)
    outcome = answered(cancel).get("outcome")
    text = f"it is over, and its cancel is told {outcome}"
    is_fine = outcome == NOT_CANCELLABLE or life.cancelled == CANCELLED
    session.hold("cancel.running", cancel, text, ok=is_fine, case="over")
    if session.has_control:
        session.advance(_LONG_AFTER)
    session.status(life.request_id)
    session.result(life.request_id)


def _hold_end(session: Session, life: Life, due: float) -> None:
    """Hold ``finished_at`` to the moment at which the request was over, in seconds since 1970."""
    result = session.result(life.request_id)
    ended = moment(answered(result).get("finished_at"))
    if ended is not None:
        text = f"finished_at is {ended - due:g} s away from the moment at which it was over"
        session.hold("result.clock", result, text, ok=abs(ended - due) <= _CLOSE, case="end")


def _now(session: Session) -> float:
    """Return the time that it is for the server: by its control plane, or else for everyone."""
    clock = session.control("clock", {"advance": 0}) if session.has_control else None
    told = None if clock is None else answered(clock).get("now")
    return told if isinstance(told, (int, float)) else time.time()


def _costs(tour: Tour, session: Session, more: Mapping[str, Any]) -> None:
    """Pay another price; what is due is the oracle's to say. Ledger: ``seed.price``."""
    life = tour.submit(session, more=more)
    if life is not None and tour.until_over(session, life):
        session.result(life.request_id, cost=True)
        session.result(life.request_id, cost=False)


def _to_the_end(tour: Tour, session: Session, life: Life) -> None:
    is_over = tour.until_over(session, life)
    text = f"it is still {life.word} after {tour.patience:g} s"
    if not is_over and not session.has_control:  # which may be slow, and right
        tour.collector.skip(f"{text}, and the server's clock cannot be moved", *_TO_THE_END)
        return
    if not session.hold("lifecycle.ends", session.trace[-1], text, ok=is_over):
        return
    result = session.result(life.request_id)
    session.result(life.request_id, cost=True)
    session.result(life.request_id)
    own = urlsplit(session.stage.connection.base_url)
    for url in media_urls(answered(result, _OK).get("output")):
        try:
            parts = urlsplit(url)
        except ValueError:  # the output's shape has said so
            continue
        if (parts.scheme, parts.netloc) != (own.scheme, own.netloc):
            tour.collector.skip("the files are on another host, which is not called", "result.media")
            continue
        exchange = session.call(Call("media", "GET", parts.path.removeprefix(own.path), Who.NOBODY))
        if exchange.answer is not None:
            media_type = exchange.answer.headers.get("content-type", "")
            size = len(exchange.answer.body)
            text = f"the file {url} is answered {exchange.answer.status} with {size} bytes of {media_type or 'no type'}"
            is_due = media_type.startswith(f"{media_kind(tour.model)}/")
            is_fine = exchange.answer.status == _OK and is_due and size > 0
            session.hold("result.media", exchange, text, ok=is_fine, trace=[*session.whole()[:1], result, exchange])


def _fails(tour: Tour, session: Session) -> None:
    """Ledger: ``result.failed``, ``result.error``."""
    if not session.has_control:
        tour.collector.skip("nobody can ask this server for a generation that fails", "result.failure")
        return
    session.next_fails()
    life = tour.submit(session)
    if life is None:
        return
    tour.until_over(session, life, by_hand="failed")
    status = answered(session.status(life.request_id)).get("status")
    result = session.result(life.request_id)
    text = f"a generation that failed reads {status!r} on status and {answered(result).get('status')!r} on result"
    is_fine = (status, answered(result).get("status")) == ("completed", "failed")
    session.hold("result.failure", result, text, ok=is_fine, trace=session.whole())
    error = answered(result).get("error")
    said = (error.get("error_message") or error.get("message")) if isinstance(error, dict) else error
    text = f"the error of a generation that failed says nothing: {error!r}"
    session.hold("result.failure", result, text, ok=bool(said), case="text", trace=session.whole())
    session.result(life.request_id, cost=True)
    session.cancel(life.request_id)
    session.result(life.request_id)


def _in_line(tour: Tour, session: Session) -> None:
    """Submit several and cancel from the front, the middle and the end of the line, each look worked out beforehand."""
    pace, promises = session.stage.pace, session.stage.promises
    assert pace is not None
    assert promises is not None
    session.freeze()
    table = Timetable(pace.queue, pace.run, promises.slots)
    found = [(table.submit(), tour.submit(session)) for _ in range(5)]
    line = [(index, life) for index, life in found if life is not None]
    cancels = {1: line[2:3], 3: line[1:2], 5: line[4:5]}
    for step in range(2 * len(line)):
        for index, life in cancels.get(step, ()):
            outcome = answered(session.cancel(life.request_id)).get("outcome")
            hold_outcome(session, table.cancel(index), outcome)
        for index, life in line:
            hold_place(session, table, index, life)
        session.advance(pace.run / 2 or 1)
        table.now += pace.run / 2 or 1
    for _, life in line:
        tour.until_over(session, life)
        session.result(life.request_id)  # each has files of its own


def _deeds(session: Session) -> list[Exchange]:
    """Return the last call, and those before it that its account has moved something with.

    On a clock that stands, looking changes nothing; a trace with every look is one that nobody reads.
    """
    *before, last = session.whole()
    return [each for each in before if each.call.method != "GET" and each.call.who is last.call.who] + [last]


def hold_outcome(session: Session, due: str, outcome: object) -> None:
    """Hold the cancel that was just made to the outcome that was worked out."""
    check = "cancel.queued" if due == CANCELLED else "cancel.running"
    text = f"the cancel is told {outcome}, due is {due}"
    session.hold(check, session.trace[-1], text, ok=outcome == due, case="timetable", trace=_deeds(session))


def hold_place(session: Session, table: Timetable, index: int, life: Life, *, by_result: bool = False) -> None:
    """Read a request, and hold what is told to what was worked out."""
    due = table.look(index)
    exchange = session.result(life.request_id, life.who) if by_result else session.status(life.request_id, life.who)
    if exchange.answer is None or not answered(exchange, _OK):
        return
    text = f"it is {life.word}, due is {due.word}"
    is_fine = life.word is due.word
    hold = session.hold("lifecycle.timetable", exchange, text, ok=is_fine, case=due.word, trace=_deeds(session))
    position = exchange.answer.get("queue_position")
    if not hold or due.ahead is None or by_result or not isinstance(position, int):
        return
    base = position - due.ahead
    if due.ahead == 0:
        text = f"the first in line is at {position}"
        is_fine = session.hold("queue-position.first", exchange, text, ok=base in (0, 1), trace=_deeds(session))
        if is_fine:
            seen.note(session, "queue_position_base", str(base), exchange)
        return
    usual = session.collector.observed.get("queue_position_base")
    text = f"queue_position is {position} with {due.ahead} ahead in line"
    is_fine = base in (0, 1) if usual is None else str(base) == usual
    session.hold("queue-position.place", exchange, text, ok=is_fine, trace=_deeds(session))
