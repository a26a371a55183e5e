"""Wrong times: when a request was created and finished, and how that is written."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from contracts.mutants.asgi import Scope, calls, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.wrapping import Document, Reply, edited, telling
from contracts.targets import App, Request

_FORM = ("result.timestamps", "result.timestamp-form")
_FINISHED = ("result", "result.finished-at")
_NAMES = ("created_at", "finished_at")
_HOUR = 3600
_LOCAL = timedelta(hours=8)


def _z(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _written(write: Callable[[datetime], object]) -> Break:
    """Write both times in another way."""

    def change(document: Document) -> None:
        for name in _NAMES:
            if document.get(name) is not None:
                moment = datetime.fromisoformat(document[name])
                document[name] = write(moment if moment.tzinfo else moment.replace(tzinfo=UTC))

    return telling("result", change)


def _known(change: Callable[[Document, Request, float], object]) -> Break:
    """Change a result by what is known of the request, and by its account's time."""

    def break_(app: App) -> App:
        def edit(reply: Reply, scope: Scope) -> Reply:
            request = app.service.known(request_id(scope))
            document = reply.document
            account = None if request is None else app.service.accounts.get(request.account)
            if reply.status >= 300 or request is None or account is None:  # noqa: PLR2004 - a success is below
                return reply
            change(document, request, account.clock.now())
            return reply.saying(document)

        return edited(app, calls("result"), edit)

    return break_


def _is_over(document: Document) -> bool:
    return bool(document["status"] not in ("in_queue", "in_progress"))


def _created_now(document: Document, request: Request, now: float) -> None:
    document["created_at"] = _z(now)


def _created_at_start(document: Document, request: Request, now: float) -> None:
    document["created_at"] = _z(request.submitted_at if request.started_at is None else request.started_at)


def _finished_now(document: Document, request: Request, now: float) -> None:
    if _is_over(document):
        document["finished_at"] = _z(now)


def _finished_first(document: Document, request: Request, now: float) -> None:
    if _is_over(document):
        document["finished_at"] = _z(request.submitted_at - 1)


def _finished_at_start(document: Document, request: Request, now: float) -> None:
    if _is_over(document):
        document["finished_at"] = _z(request.submitted_at if request.started_at is None else request.started_at)


def _finished_in_future(document: Document, request: Request, now: float) -> None:
    if document["status"] == "cancelled":
        document["finished_at"] = _z(request.submitted_at + _HOUR)


def _finished_when_created(document: Document) -> None:
    if document.get("finished_at"):
        document["finished_at"] = document["created_at"]


def _finished_early(document: Document, request: Request, now: float) -> None:
    if not _is_over(document):
        document["finished_at"] = _z(now + 60)


def _never_finished(document: Document) -> None:
    document.pop("finished_at", None)


def _never_created(document: Document) -> None:
    document.pop("created_at", None)


MUTANTS = (
    Mutant("created-at-moves", "created_at is the time of the call", ("result",), _known(_created_now)),
    Mutant("created-at-start", "created_at becomes the time of the start", ("result",), _known(_created_at_start)),
    Mutant("created-at-missing", "there is no created_at", ("result",), telling("result", _never_created)),
    Mutant("finished-at-moves", "finished_at is the time of the call", ("result",), _known(_finished_now)),
    Mutant("finished-before-created", "finished_at is before created_at", ("result",), _known(_finished_first)),
    Mutant("finished-at-missing", "there is no finished_at at the end", _FINISHED, telling("result", _never_finished)),
    Mutant(
        "finished-at-early", "finished_at is there before the end, as an estimate", _FINISHED, _known(_finished_early)
    ),
    Mutant(
        "finished-at-is-created-at", "finished_at is created_at", _FINISHED, telling("result", _finished_when_created)
    ),
    Mutant("finished-at-is-start", "finished_at is the time of the start", _FINISHED, _known(_finished_at_start)),
    Mutant(
        "cancelled-finished-in-future",
        "a cancelled request is finished an hour after its submit",
        _FINISHED,
        _known(_finished_in_future),
    ),
    Mutant("times-as-numbers", "times are seconds since 1970", _FORM, _written(lambda moment: moment.timestamp())),
    Mutant("times-in-words", "times are written as in HTTP headers", _FORM, _written(format_datetime)),
    Mutant(
        "times-local",
        "times are those of the server's time zone, and say UTC",
        _FORM,
        _written(lambda moment: (moment + _LOCAL).isoformat(timespec="milliseconds").replace("+00:00", "Z")),
    ),
    Mutant(
        "times-local-naive",
        "times are those of the server's time zone, without a zone",
        _FORM,
        _written(lambda moment: (moment + _LOCAL).replace(tzinfo=None).isoformat(timespec="milliseconds")),
    ),
)
