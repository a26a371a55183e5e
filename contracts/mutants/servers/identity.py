"""Wrong identities: what a request is called, and which submit made it."""

from __future__ import annotations

from collections.abc import Callable

from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import Submit, patched, submitting
from contracts.mutants.wrapping import Document, telling
from contracts.targets import Account, App, Request, View

_OPAQUE = ("request-id.opaque",)
_LONGEST = 128


def _named(name: Callable[[Request], str]) -> Break:
    """Call requests by other names from their submit on, so that every part of the fake knows them by these."""

    def break_(app: App) -> App:
        def make(admit: Callable[[Account, Request], None]) -> object:
            def changed(account: Account, request: Request) -> None:
                request.request_id = name(request)
                admit(account, request)

            return changed

        patched(app.service, "admit", make)
        return app

    return break_


def _reusing(is_kept: bool) -> Break:  # noqa: FBT001 - two ways of one mistake
    """Answer a submit with the request that the same payload made before; for ever, or until that is over."""

    def break_(app: App) -> App:
        made: dict[tuple[str, str, bytes], View] = {}

        def change(app: App, submit: Submit) -> View:
            key = (submit.account.fingerprint, submit.model.model_id, submit.raw)
            before = made.get(key)
            if before is not None and app.service.known(before.request.request_id) is before.request:
                view = app.service.find(submit.account, before.request.request_id)
                if is_kept or not view.status.over:
                    return view
            made[key] = submit()
            return made[key]

        submitting(change)(app)
        return app

    return break_


def _upper(document: Document) -> None:
    document["request_id"] = document["request_id"].upper()


def _as_id(document: Document) -> None:
    document["id"] = document.pop("request_id")


MUTANTS = (
    Mutant(
        "id-reused",
        "the same payload again answers the first request",
        ("submit.no-idempotency",),
        _reusing(is_kept=True),
    ),
    Mutant(
        "id-reused-while-running",
        "the same payload again answers the first request until that is over",
        ("submit.no-idempotency",),
        _reusing(is_kept=False),
    ),
    Mutant(
        "id-collides",
        "ids count the requests of an account, and meet those of others",
        _OPAQUE,
        _named(lambda request: f"req-{request.number}"),
    ),
    Mutant(
        "id-alien",
        "ids have characters that clients refuse",
        _OPAQUE,
        _named(lambda request: f"req.{request.request_id}~1"),
    ),
    Mutant(
        "id-too-long",
        "ids are longer than clients accept",
        _OPAQUE,
        _named(lambda request: request.request_id.ljust(_LONGEST + 1, "0")),
    ),
    Mutant("id-case", "status writes the id in capitals", _OPAQUE, telling("status", _upper)),
    Mutant("id-renamed", "submit calls the request_id id", ("submit",), telling("submit", _as_id)),
)
