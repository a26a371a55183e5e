"""Wrong money: what a result says that it costs, and what a submit is billed."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import replace

from contracts.mutants.asgi import Scope, calls, query, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import Payload, patched, submitting
from contracts.mutants.wrapping import Document, Reply, asked, edited, telling
from contracts.targets import Account, App, Request
from schemas.model import Model
from schemas.validation import Verdict

_COST = ("result.cost",)
_UNBILLED = ("result.unbilled-cost",)
_PRICE = ("seed.price",)
_CENTS = 100
_FEE = 0.1


def _at_price(change: Callable[[Model, Payload], Model]) -> Break:
    """Bill a submit as if its model had other prices."""
    return submitting(lambda _app, submit: submit(change(submit.model, submit.payload)))


def _without_tiers(model: Model, payload: Payload) -> Model:
    return replace(model, price_tiers=())


def _by_default_tier(model: Model, payload: Payload) -> Model:
    """Take what the payload says is false for something that it does not say."""
    paths = {name for tier in model.price_tiers for path, _ in tier.when for name in path[:1]}
    said = {name: value for name, value in payload.items() if name not in paths or value}
    complete = model.complete(said)
    tiers = [tier for tier in model.price_tiers if all(complete.get(path[0]) == due for path, due in tier.when)]
    return replace(model, price_tiers=(), base_price_usd=tiers[0].usd) if tiers else model


def _by_output(model: Model, payload: Payload) -> Model:
    return replace(model, price_unit="output")


def _billed(is_billed: Callable[[Request], bool]) -> Break:
    """Tell the price of some requests as their cost, whatever came of them."""

    def break_(app: App) -> App:
        def edit(reply: Reply, scope: Scope) -> Reply:
            request = app.service.known(request_id(scope))
            document = reply.document
            if request is None or "created_at" not in document or "cost" not in document or not is_billed(request):
                return reply
            return reply.saying(document | {"cost": request.cost_usd})

        return edited(app, calls("result"), edit)

    return break_


def _always(app: App) -> App:
    def change(scope: Scope) -> Scope:
        return scope if "include_cost" in query(scope) else _with_cost(scope)

    return asked(app, calls("result"), change)


def _whatever_it_says(app: App) -> App:
    """Look whether include_cost is there, not what it says."""

    def change(scope: Scope) -> Scope:
        return _with_cost(scope) if "include_cost" in query(scope) else scope

    return asked(app, calls("result"), change)


def _with_cost(scope: Scope) -> Scope:
    before: bytes = scope["query_string"]
    return {**scope, "query_string": before + b"&include_cost=true" if before else b"include_cost=true"}


def _missing(document: Document) -> None:
    document.pop("cost", None)


def _as_text(document: Document) -> None:
    if "cost" in document:
        document["cost"] = f"{document['cost']:.3f}"


def _as_object(document: Document) -> None:
    if "cost" in document:
        document["cost"] = {"amount": document["cost"], "currency": "USD"}


def _in_cents(document: Document) -> None:
    if "cost" in document:
        document["cost"] = round(document["cost"] * _CENTS, 4)


def _kept(is_kept: Callable[[Request], bool]) -> Break:
    """Give nothing back for some of the requests that failed or were cancelled."""

    def break_(app: App) -> App:
        def make(over: Callable[[Request], None]) -> object:
            def changed(request: Request) -> None:
                account = app.service.accounts.named(request.account)
                spent = account.spent_usd
                over(request)
                if is_kept(request):
                    account.spent_usd = spent

            return changed

        patched(app.service, "_over", make)
        return app

    return break_


def _fined(app: App) -> App:
    """Bill a submit before its payload is looked at, and so one that is refused for it."""
    caller: ContextVar[Account | None] = ContextVar("caller", default=None)

    def make(recognise: Callable[[str | None], Account]) -> object:
        def changed(authorization: str | None) -> Account:
            account = recognise(authorization)
            caller.set(account)
            return account

        return changed

    def make_check(check: Callable[[Model, Payload], Verdict]) -> object:
        def changed(model: Model, payload: Payload) -> Verdict:
            verdict = check(model, payload)
            account = caller.get()
            if verdict.findings and account is not None:
                account.spent_usd += _FEE
            return verdict

        return changed

    patched(app.service, "recognise", make)
    patched(app.service, "check", make_check)
    return app


MUTANTS = (
    Mutant("cost-unasked", "cost is there without include_cost", _COST, _always),
    Mutant("cost-whatever-asked", "cost is there with include_cost=false", _COST, _whatever_it_says),
    Mutant("cost-missing", "there is no cost with include_cost=true", _COST, telling("result", _missing)),
    Mutant("cost-as-text", "cost is a text", _COST, telling("result", _as_text)),
    Mutant("cost-as-object", "cost is an object of amount and currency", _COST, telling("result", _as_object)),
    Mutant("cost-in-cents", "cost is in cents", _COST, telling("result", _in_cents)),
    Mutant(
        "failure-costs",
        "a failed request costs its price",
        _UNBILLED,
        _billed(lambda request: request.failure is not None),
    ),
    Mutant(
        "cancel-costs",
        "a cancelled request costs its price",
        _UNBILLED,
        _billed(lambda request: request.cancelled_at is not None),
    ),
    Mutant(
        "nothing-given-back",
        "the balance pays for cancelled and failed requests",
        (*_UNBILLED, "error.400002"),
        _kept(lambda _request: True),
        needs="--balance-usd",
    ),
    Mutant(
        "failure-not-given-back",
        "the balance pays for failed requests, and for no cancelled ones",
        (*_UNBILLED, "error.400002"),
        _kept(lambda request: request.failure is not None and request.cancelled_at is None),
        needs="--balance-usd",
    ),
    Mutant(
        "invalid-payload-billed",
        "a submit that is refused for its payload is billed",
        ("error.422", "error.400002"),
        _fined,
        needs="--balance-usd",
    ),
    Mutant(
        "price-without-sound", "a generation with sound is billed as one without", _PRICE, _at_price(_without_tiers)
    ),
    Mutant("price-deaf-to-false", "sound: false is billed as if it were not said", _PRICE, _at_price(_by_default_tier)),
    Mutant("price-by-output", "a second's price is billed for the whole video", _PRICE, _at_price(_by_output)),
)
