"""Wrong queues: the position in line, how many run at once, and who is next."""

from __future__ import annotations

from dataclasses import replace
from heapq import heapify

from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import seeing, with_lines
from contracts.mutants.wrapping import Document, telling
from contracts.targets import App, Line, Status, View

_WHEN = ("queue-position.when",)


class LastInFirstOut(Line):
    """Of those that wait for a slot, the latest starts first."""

    __slots__ = ()

    def _start_ready(self, when: float) -> None:
        while self._ready and (self._slots is None or self._running < self._slots):
            turn = max(self._ready, key=lambda each: each[0])
            self._ready.remove(turn)
            heapify(self._ready)
            if turn[0] in self._queued:
                self._start(turn[1], when)


def _moved_by(steps: int) -> Break:
    def change(document: Document) -> None:
        if "queue_position" in document:
            document["queue_position"] += steps

    return telling("status", change)


def _deaf_to_cancels(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    """Count those ahead that were cancelled while this one was in line."""
    if view.position is None:
        return view
    mine, account = view.request, app.service.accounts.get(view.request.account)
    gone = [
        each
        for each in (account.requests.values() if account is not None else ())
        if each.number < mine.number and each.cancelled_at is not None and each.cancelled_at >= mine.submitted_at
    ]
    return replace(view, position=view.position + len(gone))


def _from_the_end(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    """Count those behind instead of those ahead."""
    if view.position is None:
        return view
    account = app.service.accounts.get(view.request.account)
    queued = [each.position for each in app.service.views(account) if each.position is not None]
    queued.append(view.position)  # by this very read it may have left the line
    return replace(view, position=min(queued) + max(queued) - view.position)


def _frozen(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    """Tell the position at the time of the submit."""
    if view.position is None:
        return view
    account = app.service.accounts.get(view.request.account)
    first = int(app.service.variants.queue_position_base)
    since = view.request.submitted_at
    ahead = [
        each
        for each in (account.requests.values() if account is not None else ())
        if each.number < view.request.number
        and (each.started_at is None or each.started_at > since)
        and (each.cancelled_at is None or each.cancelled_at > since)
    ]
    return replace(view, position=first + len(ahead))


def _while_running(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    return replace(view, position=0) if view.status is Status.IN_PROGRESS else view


def _missing(app: App, view: View, result: bool) -> View:  # noqa: FBT001 - as `seeing` calls it
    return replace(view, position=None)


def _null(document: Document) -> None:
    document.setdefault("queue_position", None)


def _as_text(document: Document) -> None:
    if "queue_position" in document:
        document["queue_position"] = str(document["queue_position"])


def _slots(more: int | None) -> Break:
    """Run more requests at once than there are slots (``None``: any number)."""

    def break_(app: App) -> App:
        slots = app.service.settings.slots
        if slots is not None:
            app.service.set_slots(None if more is None else slots + more, app.service.wall())
        return app

    return break_


MUTANTS = (
    Mutant(
        "position-starts-at-two", "the first in line reads queue_position 2", ("queue-position.base",), _moved_by(1)
    ),
    Mutant("position-missing", "queue_position is never there", ("status", *_WHEN), seeing(_missing)),
    Mutant("position-while-running", "queue_position is there while in_progress, as 0", _WHEN, seeing(_while_running)),
    Mutant("position-null", "queue_position is null where it should not be there", _WHEN, telling("status", _null)),
    Mutant("position-as-text", "queue_position is a text", _WHEN, telling("status", _as_text)),
    Mutant(
        "position-from-the-end", "queue_position counts those behind", ("queue-position.base",), seeing(_from_the_end)
    ),
    Mutant(
        "position-frozen", "queue_position stays what it was at the submit", ("queue-position.base",), seeing(_frozen)
    ),
    Mutant(
        "position-deaf-to-cancels",
        "nobody moves up when one ahead in line is cancelled",
        ("queue-position.base", "cancel.outcome"),
        seeing(_deaf_to_cancels),
    ),
    Mutant(
        "capacity-ignored",
        "more run at once than there are slots, as many as there are",
        ("status",),
        _slots(None),
        needs="--slots",
    ),
    Mutant("capacity-plus-one", "one more runs at once than there are slots", ("status",), _slots(1), needs="--slots"),
    Mutant(
        "last-in-first-out",
        "of those in line the latest starts first",
        ("queue-position.base",),
        with_lines(LastInFirstOut),
        needs="--slots",
    ),
)
