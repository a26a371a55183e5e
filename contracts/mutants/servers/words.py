"""Wrong words: what a status, an outcome or an error is called."""

from __future__ import annotations

from contracts.mutants.asgi import Scope, calls, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.wrapping import Document, Reply, edited, telling
from contracts.targets import App

_ALL = "status result cancel"


def _saying(operations: str, **words: str) -> Break:
    def change(document: Document) -> None:
        document["status"] = words.get(document["status"], document["status"])

    return telling(operations, change)


def _shout(document: Document) -> None:
    document["status"] = document["status"].upper()


def _without_error(document: Document) -> None:
    document.pop("error", None)


def _error_as_list(document: Document) -> None:
    if "error" in document:
        document["error"] = [document["error"]]


def _error_empty(document: Document) -> None:
    if "error" in document:
        document["error"] = type(document["error"])()


def _failed_on_status(app: App) -> App:
    """The word of the result on the status."""

    def edit(reply: Reply, scope: Scope) -> Reply:
        request = app.service.known(request_id(scope))
        document = reply.document
        if request is None or request.failure is None or document.get("status") != "completed":
            return reply
        return reply.saying(document | {"status": "failed"})

    return edited(app, calls("status"), edit)


MUTANTS = (
    Mutant(
        "status-misspelt",
        "a cancelled request reads canceled",
        ("status.words", "result.words"),
        _saying(_ALL, cancelled="canceled"),
    ),
    Mutant(
        "status-queued",
        "a request in the queue reads queued",
        ("status.words", "result.words"),
        _saying(_ALL, in_queue="queued"),
    ),
    Mutant(
        "status-processing",
        "status calls in_progress processing",
        ("status.words",),
        _saying("status", in_progress="processing"),
    ),
    Mutant(
        "status-succeeded",
        "status says succeeded, the result's word",
        ("status.words",),
        _saying("status", completed="succeeded"),
    ),
    Mutant(
        "status-failed",
        "a failed generation reads failed on status",
        ("result.failed", "status.words"),
        _failed_on_status,
    ),
    Mutant("status-upper-case", "status is written in capitals", ("status.words",), telling("status", _shout)),
    Mutant(
        "result-hides-failure",
        "a failed generation reads succeeded on result",
        ("result.failed", "result.words"),
        _saying("result", failed="succeeded"),
    ),
    Mutant(
        "result-calls-failure-completed",
        "a failed generation reads completed on result, as it does on status",
        ("result.failed", "result.words"),
        _saying("result", failed="completed"),
    ),
    Mutant(
        "result-failed-without-error",
        "a failed result has no error",
        ("result", "result.error"),
        telling("result", _without_error),
    ),
    Mutant(
        "result-error-list", "error on a failed result is a list", ("result.error",), telling("result", _error_as_list)
    ),
    Mutant(
        "fail-error-empty", "error on a failed result says nothing", ("result.error",), telling("result", _error_empty)
    ),
    Mutant(
        "result-behind-status",
        "result still says in_queue when status says in_progress",
        ("result.poll-only",),
        _saying("result", in_progress="in_queue"),
    ),
)
