"""Wrong doors: who is let in, and how the others are told."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

from contracts.mutants.asgi import ASGIApp, Receive, Scope, Send, operation, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import owner_of, patched
from contracts.mutants.wrapping import REFUSED, Reply, around, replying
from contracts.targets import Account, App, UserAccountError

_BEARER = ("auth.bearer",)
_REFUSAL = ("error.400004", "error.400004-status")
_NOBODY = "0" * 16
_BAD_TOKEN = 400004

_Recognise = Callable[[str | None], Account]


def _recognising(change: Callable[[App, _Recognise, str | None], Account]) -> Break:
    def break_(app: App) -> App:
        def make(recognise: _Recognise) -> object:
            def changed(authorization: str | None) -> Account:
                return change(app, recognise, authorization)

            return changed

        patched(app.service, "recognise", make)
        return app

    return break_


def _public(name: str) -> Break:
    """Ask nobody for a token on one route; whoever comes without a good one is taken for the request's owner."""

    def break_(app: App) -> App:
        door: ContextVar[str | None] = ContextVar("door", default=None)  # the request asked for, on the open route

        def recognise(app: App, recognise: _Recognise, authorization: str | None) -> Account:
            try:
                return recognise(authorization)
            except UserAccountError:
                request = door.get()
                if request is None:
                    raise
                return owner_of(app, request) or app.service.accounts.restored(_NOBODY)

        def make(inner: ASGIApp) -> ASGIApp:
            async def api(scope: Scope, receive: Receive, send: Send) -> None:
                mark = door.set(request_id(scope) if operation(scope) == name else None)
                try:
                    await inner(scope, receive, send)
                finally:
                    door.reset(mark)

            return api

        _recognising(recognise)(app)
        return around(app, make)

    return break_


def _empty(app: App, recognise: _Recognise, authorization: str | None) -> Account:
    if (authorization or "").strip().lower() == "bearer":
        return app.service.accounts.restored(_NOBODY)
    return recognise(authorization)


def _any_scheme(app: App, recognise: _Recognise, authorization: str | None) -> Account:
    _, _, token = (authorization or "").partition(" ")
    return recognise(f"Bearer {token}")


def _bare(app: App, recognise: _Recognise, authorization: str | None) -> Account:
    """Take a header without a scheme for a token."""
    given = (authorization or "").strip()
    return recognise(f"Bearer {given}" if given and " " not in given and given.lower() != "bearer" else authorization)


def _unlisted(app: App) -> App:
    """Accept every token, whichever are listed."""
    patched(app.service.accounts, "_accepted", lambda _accepted: frozenset())
    return app


def _blind_to_case(app: App, recognise: _Recognise, authorization: str | None) -> Account:
    """Take a token that differs from a listed one in case alone for that one."""
    scheme, _, token = (authorization or "").partition(" ")
    listed = (each for each in app.service.settings.tokens if each.lower() == token.lower())
    return recognise(f"{scheme} {next(listed, token)}")


def _by_prefix(app: App, recognise: _Recognise, authorization: str | None) -> Account:
    """Take a token that begins with a listed one for that one."""
    try:
        return recognise(authorization)
    except UserAccountError:
        scheme, _, token = (authorization or "").partition(" ")
        listed = (each for each in app.service.settings.tokens if token.startswith(each))
        return recognise(f"{scheme} {next(listed, token)}")


def _refused(status: int, code: int) -> Callable[[Reply], Reply]:
    def edit(reply: Reply) -> Reply:
        document = reply.document
        if not isinstance(document, dict) or document.get("error_code") != _BAD_TOKEN:
            return reply
        return reply.saying({**document, "error_code": code}, status)

    return edit


def _anonymous(app: App, recognise: _Recognise, authorization: str | None) -> Account:
    if authorization is None:
        return app.service.accounts.restored(_NOBODY)
    return recognise(authorization)


MUTANTS = (
    *(
        Mutant(f"{name}-without-token", f"{text} needs no token", _BEARER, _public(name))
        for name, text in (
            ("submit", "a submit"),
            ("status", "a status"),
            ("result", "a result"),
            ("cancel", "a cancel"),
            ("list", "the list of models"),
            ("model", "a model's record"),
            ("categories", "the list of categories"),
        )
    ),
    Mutant(
        "token-missing-accepted",
        "a call without Authorization is one of nobody's account",
        _BEARER,
        _recognising(_anonymous),
    ),
    Mutant("token-empty-accepted", "'Bearer' without a token is let in", _BEARER, _recognising(_empty)),
    Mutant("scheme-ignored", "a token is taken under any scheme, Basic among them", _BEARER, _recognising(_any_scheme)),
    Mutant("scheme-optional", "a token is taken without a scheme", _BEARER, _recognising(_bare)),
    Mutant(
        "token-unlisted-accepted",
        "a token is let in that nobody was given",
        ("auth.bearer", "error.400004"),
        _unlisted,
        needs="--token",
    ),
    Mutant(
        "token-case-ignored",
        "a token is let in whatever its case",
        ("auth.bearer", "error.400004"),
        _recognising(_blind_to_case),
        needs="--token",
    ),
    Mutant(
        "token-prefix-accepted",
        "a token is let in that begins with one that somebody was given",
        ("auth.bearer", "error.400004"),
        _recognising(_by_prefix),
        needs="--token",
    ),
    Mutant("token-refused-403", "a bad token is answered 403", _REFUSAL, replying("", _refused(403, 403001), REFUSED)),
    Mutant("token-refused-404", "a bad token is answered 404", _REFUSAL, replying("", _refused(404, 404001), REFUSED)),
    Mutant("token-refused-500", "a bad token is answered 500", _REFUSAL, replying("", _refused(500, 500001), REFUSED)),
)
