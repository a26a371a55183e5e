"""Wrong lives: requests that get lost, are forgotten, run again, or never end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contracts.mutants.mutant import Mutant
from contracts.mutants.patching import Notes, Submit, patched, seeing, submitting
from contracts.targets import Account, App, Outcome, ResourceNotFound, Status, View

_HOUR = 3600
_WORDS = ("status.words",)


def _lost(app: App, submit: Submit) -> View:
    view = submit()
    app.service.forget(view.request.request_id)
    return view


def _late(app: App) -> App:
    """Read from a replica that hears of a submit only when somebody has asked for it."""
    seen: Notes[bool] = Notes(app)

    def change(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
        if not seen.get(view.request, default=False):
            seen.put(view.request, note=True)
            raise ResourceNotFound("unknown request_id")
        return view

    seeing(change)(app)
    return app


def _forgotten_when_read(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    if result and view.status.over:
        app.service.forget(view.request.request_id)
    return view


def _forgotten_when_cancelled(app: App) -> App:
    def make(cancel: Callable[..., tuple[View, View, Outcome]]) -> object:
        def changed(account: Account, request_id: str, *orders: Any) -> tuple[View, View, Outcome]:
            told = cancel(account, request_id, *orders)
            if told[1].status is Status.CANCELLED:
                app.service.forget(request_id)
            return told

        return changed

    patched(app.service, "cancel", make)
    return app


def _counting(change: Callable[[View, int], View]) -> Callable[[App], App]:
    """Break a fake by reads of what is over, each by its number, from 1."""

    def break_(app: App) -> App:
        counts: Notes[int] = Notes(app)

        def seen(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
            if not view.status.over:
                return view
            count = counts.get(view.request, 0) + 1
            counts.put(view.request, count)
            return change(view, count)

        seeing(seen)(app)
        return app

    return break_


def _runs_again(view: View, count: int) -> View:
    is_again = view.status is Status.COMPLETED and count > 1 and count % 2 == 0
    return replace(view, status=Status.IN_PROGRESS) if is_again else view


def _cancelled_runs(view: View, count: int) -> View:
    is_again = view.status is Status.CANCELLED and count > 1
    return replace(view, status=Status.IN_PROGRESS) if is_again else view


def _flips(view: View, count: int) -> View:
    if view.status is not Status.COMPLETED or count % 2 == 1:
        return view
    return replace(view, status=Status.CANCELLED)


def _endless(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    return replace(view, status=Status.IN_PROGRESS) if view.status is Status.COMPLETED else view


def _cached(app: App) -> App:
    """Answer every second read of a status as the one before it."""
    kept: Notes[View | None] = Notes(app)

    def change(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
        if result:
            return view
        before = kept.get(view.request, None)
        kept.put(view.request, view if before is None else None)
        return before or view

    seeing(change)(app)
    return app


def _reads_push(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    """Tell of a queued request that it runs, as soon as its result is asked for."""
    return replace(view, status=Status.IN_PROGRESS, position=None) if result and view.position is not None else view


def _expired(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    account, over_at = app.service.accounts.named(view.request.account), view.request.over_at
    if over_at is not None and account.clock.now() - over_at > _HOUR:
        raise ResourceNotFound("there is no such request")
    return view


MUTANTS = (
    Mutant("job-lost", "a request is unknown right after its submit", ("submit", "error.404001"), submitting(_lost)),
    Mutant("first-read-404", "the first read after a submit finds nothing", ("submit", "error.404001"), _late),
    Mutant(
        "forgotten-after-result",
        "a request is unknown once its result was read",
        ("result", "error.retention"),
        seeing(_forgotten_when_read),
    ),
    Mutant(
        "forgotten-after-cancel",
        "a request is unknown once it is cancelled",
        ("cancel.outcome", "error.404001"),
        _forgotten_when_cancelled,
    ),
    Mutant("runs-again", "a completed request goes back to in_progress", _WORDS, _counting(_runs_again)),
    Mutant(
        "cancelled-runs-again", "a cancelled request goes on to run", ("cancel.outcome",), _counting(_cancelled_runs)
    ),
    Mutant("end-flips", "a request that is over is completed and cancelled by turns", _WORDS, _counting(_flips)),
    Mutant("never-ends", "requests stay in progress for ever", ("status", "result"), seeing(_endless)),
    Mutant(
        "status-cached", "every second read of a status repeats the one before", ("status", "result.poll-only"), _cached
    ),
    Mutant(
        "result-ahead-of-status",
        "result says in_progress while status says in_queue",
        ("result.poll-only",),
        seeing(_reads_push),
    ),
    Mutant(
        "results-expire-in-an-hour",
        "an hour after its end a request is unknown",
        ("error.retention",),
        seeing(_expired),
    ),
)
