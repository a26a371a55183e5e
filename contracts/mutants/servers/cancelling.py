"""Wrong cancels: when one takes effect, and what it says of that."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

from contracts.mutants.asgi import Scope, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import patched, seeing, with_lines
from contracts.mutants.wrapping import Document, Reply, asked, error, replying, telling
from contracts.targets import Account, App, Conflict, Line, Outcome, Request, ResourceNotFound, Status, View

_OUTCOME = ("cancel.outcome",)
_Cancel = Callable[..., tuple[View, View, Outcome]]
_Told = tuple[View, View, Outcome]


class Stoppable(Line):
    """Requests that run can be cancelled too."""

    __slots__ = ()

    def cancel(self, request: Request, now: float) -> bool:
        """Take a request out of the line, wherever it is."""
        if super().cancel(request, now):
            return True
        if request.started_at is None or request.over_at is not None:
            return False
        self._end_cancelled(request, now)
        return True

    def _end_cancelled(self, request: Request, now: float) -> None:
        request.cancelled_at = now
        self._end(request, now)
        self._start_ready(now)
        self.settle(now)


class Revocable(Line):
    """Requests that are over can be cancelled too."""

    __slots__ = ()

    def cancel(self, request: Request, now: float) -> bool:
        """Take a request out of the line, or out of its history."""
        if request.ended_at is not None and request.started_at is not None and request.cancelled_at is None:
            request.cancelled_at = now
            return True
        return super().cancel(request, now)


def _cancelling(change: Callable[[App, _Cancel, Account, str, Any], _Told]) -> Break:
    def break_(app: App) -> App:
        def make(cancel: _Cancel) -> object:
            def changed(account: Account, request_id: str, *orders: Any) -> _Told:
                return change(app, cancel, account, request_id, orders)

            return changed

        patched(app.service, "cancel", make)
        return app

    return break_


def _without_effect(app: App, cancel: _Cancel, account: Account, request_id: str, orders: Any) -> _Told:
    view = app.service.find(account, request_id)
    if view.status is not Status.IN_QUEUE:
        return cancel(account, request_id, *orders)
    return view, replace(view, status=Status.CANCELLED, position=None), Outcome.CANCELLED


def _refused(app: App, cancel: _Cancel, account: Account, request_id: str, orders: Any) -> _Told:
    view = app.service.find(account, request_id)
    if view.status is not Status.IN_QUEUE:
        return cancel(account, request_id, *orders)
    return view, view, Outcome.NOT_CANCELLABLE


def _status_before(app: App, cancel: _Cancel, account: Account, request_id: str, orders: Any) -> _Told:
    before, after, outcome = cancel(account, request_id, *orders)
    return before, replace(after, status=before.status), outcome


def _first_alone(refusal: Callable[[], Exception] | None) -> Break:
    """A cancel of what is cancelled already is refused, or told that it cannot be."""

    def change(app: App, cancel: _Cancel, account: Account, request_id: str, orders: Any) -> _Told:
        before, after, outcome = cancel(account, request_id, *orders)
        if before.status is not Status.CANCELLED:
            return before, after, outcome
        if refusal is not None:
            raise refusal()
        return before, after, Outcome.NOT_CANCELLABLE

    return _cancelling(change)


def _too_late(reply: Reply) -> Reply:
    if reply.document.get("outcome") != "not_cancellable":
        return reply
    return error(409, 409001, "the request is not in the queue any more")


def _claim(*statuses: str) -> Callable[[Document], None]:
    def change(document: Document) -> None:
        if document["status"] in statuses:
            document["outcome"] = "cancelled"

    return change


def _without_outcome(document: Document) -> None:
    del document["outcome"]


def _only_on_status(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    is_cancelled = view.status is Status.CANCELLED
    return replace(view, status=Status.IN_PROGRESS) if result and is_cancelled else view


def _by_get(app: App) -> App:
    """A cancel is taken with any method."""

    def is_cancel(scope: Scope) -> bool:
        return bool(request_id(scope)) and scope["path"].endswith("/cancel") and scope["method"] == "GET"

    return asked(app, is_cancel, lambda scope: {**scope, "method": "POST"})


MUTANTS = (
    Mutant("cancel-of-running", "a request in progress is cancelled", _OUTCOME, with_lines(Stoppable)),
    Mutant("cancel-of-completed", "a completed request becomes cancelled", _OUTCOME, with_lines(Revocable)),
    Mutant(
        "cancel-without-effect",
        "a cancel is accepted, and the request runs all the same",
        _OUTCOME,
        _cancelling(_without_effect),
    ),
    Mutant("cancel-of-queued-refused", "a queued request is not_cancellable", _OUTCOME, _cancelling(_refused)),
    Mutant(
        "cancel-200",
        "a cancel is answered 200",
        ("cancel",),
        replying("cancel", lambda reply: replace(reply, status=200)),
    ),
    Mutant(
        "cancel-too-late-409",
        "a cancel that comes too late is answered 409",
        ("cancel", *_OUTCOME),
        replying("cancel", _too_late),
    ),
    Mutant(
        "cancel-again-409",
        "a repeated cancel is answered 409",
        _OUTCOME,
        _first_alone(partial(Conflict, "the request is cancelled already")),
    ),
    Mutant(
        "cancel-again-404",
        "a repeated cancel is answered 404",
        _OUTCOME,
        _first_alone(partial(ResourceNotFound, "nothing to cancel")),
    ),
    Mutant(
        "cancel-again-not-cancellable",
        "a repeated cancel has another outcome than the first",
        _OUTCOME,
        _first_alone(None),
    ),
    Mutant(
        "cancel-claims-completed",
        "a cancel of a completed request says cancelled",
        _OUTCOME,
        telling("cancel", _claim("completed")),
    ),
    Mutant(
        "cancel-claims-running",
        "a cancel of a running request says cancelled, and the request runs on",
        _OUTCOME,
        telling("cancel", _claim("in_progress")),
    ),
    Mutant(
        "cancel-status-before", "a cancel tells the status before it", ("cancel.status",), _cancelling(_status_before)
    ),
    Mutant(
        "cancel-without-outcome", "a cancel has no outcome", ("cancel", *_OUTCOME), telling("cancel", _without_outcome)
    ),
    Mutant(
        "cancelled-on-status-alone",
        "status says cancelled and result in_progress",
        ("result.poll-only", "result.words"),
        seeing(_only_on_status),
    ),
    Mutant("cancel-by-get", "a GET of the cancel_url cancels", ("cancel", "error.undocumented-codes"), _by_get),
)
