"""Wrong walls: the requests of other accounts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from contracts.mutants.asgi import Scope, calls, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import owner_of, patched
from contracts.mutants.wrapping import REFUSED, Document, Reply, edited, replying, telling
from contracts.targets import Account, App, Outcome, PermissionDenied, View

_OTHERS = ("error.403001",)
_FORBIDDEN = 403001
_SHOWN = 80


def _readable(*, results: bool) -> Break:
    """Let everybody read the results, or the statuses, of all."""

    def break_(app: App) -> App:
        def make(read: Callable[..., View]) -> object:
            def changed(account: Account, request_id: str, *, result: bool = False) -> View:
                owner = owner_of(app, request_id) if result is results else None
                return read(owner or account, request_id, result=result)

            return changed

        patched(app.service, "read", make)
        return app

    return break_


def _cancellable(app: App) -> App:
    def make(cancel: Callable[..., object]) -> object:
        def changed(account: Account, request_id: str, *orders: Any) -> object:
            return cancel(owner_of(app, request_id) or account, request_id, *orders)

        return changed

    patched(app.service, "cancel", make)
    return app


def _silent(app: App) -> App:
    """Answer a cancel of another's request as one that came too late, and so tell of it."""

    def make(cancel: Callable[..., tuple[View, View, Outcome]]) -> object:
        def changed(account: Account, request_id: str, *orders: Any) -> tuple[View, View, Outcome]:
            try:
                return cancel(account, request_id, *orders)
            except PermissionDenied:
                view = app.service.find(owner_of(app, request_id), request_id)
                return view, view, Outcome.NOT_CANCELLABLE

        return changed

    patched(app.service, "cancel", make)
    return app


def _as_unknown(reply: Reply) -> Reply:
    document = reply.document
    if not isinstance(document, dict) or document.get("error_code") != _FORBIDDEN:
        return reply
    return reply.saying({**document, "error_code": 404001}, 404)


def _as_unauthorised(reply: Reply) -> Reply:
    document = reply.document
    if not isinstance(document, dict) or document.get("error_code") != _FORBIDDEN:
        return reply
    return reply.saying({**document, "error_code": 400004}, 401)


def _talkative(app: App) -> App:
    """Tell in the refusal what the request is, so that the reader can see whether it is his."""

    def edit(reply: Reply, scope: Scope) -> Reply:
        request = app.service.known(request_id(scope))
        document = reply.document
        if request is None or not isinstance(document, dict) or document.get("error_code") != _FORBIDDEN:
            return reply
        name = "message" if "message" in document else "error_message"
        payload = request.payload[:_SHOWN].decode("utf-8", "replace")
        return reply.saying({**document, name: f"this request is of {request.account}: {payload}"})

    return edited(app, calls(), edit)


def _leaking(document: Document) -> None:
    document["account"] = "acc-0001"


MUTANTS = (
    Mutant(
        "others-status-readable", "the status of another account's request is told", _OTHERS, _readable(results=False)
    ),
    Mutant(
        "others-result-readable", "the result of another account's request is told", _OTHERS, _readable(results=True)
    ),
    Mutant("others-cancellable", "another account's request can be cancelled", _OTHERS, _cancellable),
    Mutant("others-not-cancellable", "a cancel of another account's request is answered 202", _OTHERS, _silent),
    Mutant(
        "others-unknown",
        "another account's request is answered 404 instead of 403",
        _OTHERS,
        replying("", _as_unknown, REFUSED),
    ),
    Mutant(
        "others-401",
        "another account's request is answered as a bad token",
        _OTHERS,
        replying("", _as_unauthorised, REFUSED),
    ),
    Mutant("account-leaks", "status tells whose request it is", ("status",), telling("status", _leaking)),
    Mutant(
        "others-403-leaks",
        "the refusal of another account's request tells whose it is, and its payload",
        _OTHERS,
        _talkative,
    ),
)
