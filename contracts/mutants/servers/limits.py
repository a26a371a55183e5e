"""Wrong limits: on calls, on money, and how their refusals look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import patched
from contracts.mutants.wrapping import REFUSED, Reply, replying
from contracts.targets import Account, App, RateLimited

_BUSY = range(429, 430)
_DIGITS = 6
_POOR = ("error.400002", "error.400002-status")


def _unset(**values: Any) -> Break:
    def break_(app: App) -> App:
        app.service.settings = replace(app.service.settings, **values)
        return app

    return break_


def _submits_alone(app: App) -> App:
    """Count the submits against the rate limit, and no reads."""

    def make(count: Callable[[Account], None]) -> object:
        def changed(account: Account) -> None:
            return None

        return changed

    def make_submit(submit: Callable[..., Any]) -> object:
        def changed(account: Account, *arguments: Any, **others: Any) -> Any:
            count(account)
            return submit(account, *arguments, **others)

        return changed

    count = app.service.count_call
    patched(app.service, "count_call", make)
    patched(app.service, "submit", make_submit)
    return app


def _poor(status: int, code: int) -> Callable[[Reply], Reply]:
    def edit(reply: Reply) -> Reply:
        document = reply.document
        if not isinstance(document, dict) or document.get("error_code") != 400002:  # noqa: PLR2004 - no balance left
            return reply
        return reply.saying(document | {"error_code": code}, status)

    return edit


def _at_once(reply: Reply) -> Reply:
    return reply.under(b"retry-after", b"0")


def _counting(change: Callable[[App, Callable[[Account], None], Account], None]) -> Callable[[App], App]:
    """Count calls against the rate limit in another way, where there is one."""

    def break_(app: App) -> App:
        def make(count: Callable[[Account], None]) -> object:
            return lambda account: change(app, count, account)

        if app.service.settings.rate_limit is not None:
            patched(app.service, "count_call", make)
        return app

    return break_


def _for_all(app: App) -> App:
    """Count every call as one of the account that called first, as long as that is known."""
    first: list[Account] = []

    def count(app: App, count: Callable[[Account], None], account: Account) -> None:
        if not first or app.service.accounts.get(first[0].fingerprint) is not first[0]:
            first[:] = [account]
        count(first[0])

    return _counting(count)(app)


def _from_refusals(_app: App, count: Callable[[Account], None], account: Account) -> None:
    try:
        count(account)
    except RateLimited:
        account.window_start = account.clock.now()
        raise


def _one_purse(app: App) -> App:
    """Let every submit find what all accounts have spent."""

    def make(submit: Callable[..., Any]) -> object:
        def changed(account: Account, *arguments: Any, **others: Any) -> Any:
            by_others = sum(each.spent_usd for each in app.service.accounts if each is not account)
            account.spent_usd += by_others
            try:
                return submit(account, *arguments, **others)
            finally:
                account.spent_usd = round(account.spent_usd - by_others, _DIGITS)

        return changed

    patched(app.service, "submit", make)
    return app


MUTANTS = (
    Mutant(
        "rate-limit-ignored", "calls are never too many", ("error.429",), _unset(rate_limit=None), needs="--rate-limit"
    ),
    Mutant("rate-limit-of-submits", "reads are never too many", ("error.429",), _submits_alone, needs="--rate-limit"),
    Mutant(
        "429-without-retry-after",
        "a 429 has no Retry-After",
        ("error.429",),
        replying("", lambda reply: reply.under(b"retry-after", None), _BUSY),
        needs="--rate-limit",
    ),
    Mutant(
        "429-retry-at-once",
        "Retry-After is 0, and a call at once is refused again",
        ("error.429",),
        replying("", _at_once, _BUSY),
        needs="--rate-limit",
    ),
    Mutant(
        "429-as-503",
        "too many calls are answered 503",
        ("error.429", "error.429-code"),
        replying("", lambda reply: reply.saying({**reply.document, "error_code": 503001}, 503), _BUSY),
        needs="--rate-limit",
    ),
    Mutant(
        "balance-ignored",
        "submits are accepted without balance",
        ("error.400002",),
        _unset(balance_usd=None),
        needs="--balance-usd",
    ),
    Mutant(
        "balance-403",
        "no balance is answered 403, as if it were no permission",
        _POOR,
        replying("submit", _poor(403, 403001), REFUSED),
        needs="--balance-usd",
    ),
    Mutant(
        "balance-429",
        "no balance is answered 429, so that clients try again",
        _POOR,
        replying("submit", _poor(429, 429001), REFUSED),
        needs="--balance-usd",
    ),
    Mutant(
        "rate-limit-shared",
        "the calls of all accounts count against one rate limit",
        ("error.429",),
        _for_all,
        needs="--rate-limit",
    ),
    Mutant(
        "rate-window-slides",
        "a refused call begins the window anew, so that whoever tries again is never let in",
        ("error.429",),
        _counting(_from_refusals),
        needs="--rate-limit",
    ),
    Mutant(
        "balance-shared",
        "what one account spends is missing in the balance of the others",
        ("error.400002",),
        _one_purse,
        needs="--balance-usd",
    ),
)
