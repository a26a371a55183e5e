"""Mistakes made inside: the use cases of one fake replaced on that fake alone.

Only what the API calls is replaced here (``read``, ``cancel``, ``submit``, ``check``, ``recognise``), so that the
control plane goes on to see and to steer what really is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Generic, TypeVar

from contracts.mutants.mutant import Break
from contracts.targets import Account, App, Line, Request, View
from schemas.findings import Finding
from schemas.model import Model
from schemas.validation import Verdict

Payload = dict[str, Any]
T = TypeVar("T")


class Notes(Generic[T]):
    """What a wrong server remembers of requests, as long as they are the same: after a reset their ids come again."""

    def __init__(self, app: App) -> None:
        """Remember nothing yet of the requests of ``app``."""
        self._known = app.service.known
        self._notes: dict[str, tuple[Request, T]] = {}

    def get(self, request: Request, default: T) -> T:
        """Return what is noted of a request."""
        noted = self._notes.get(request.request_id)
        return noted[1] if noted is not None and noted[0] is request else default

    def put(self, request: Request, note: T) -> None:
        """Note something of a request, in the place of what was noted before."""
        self._notes[request.request_id] = (request, note)


def patched(owner: object, name: str, make: Callable[[Callable[..., Any]], object]) -> None:
    """Replace a method of one object by what ``make`` makes of it."""
    setattr(owner, name, make(getattr(owner, name)))


def seeing(change: Callable[[App, View, bool], View]) -> Break:
    """Break a fake by what its reads see: ``change`` gets a view, and whether it is the result that is read."""
    return partial(_seen, change=change)


def _seen(app: App, change: Callable[[App, View, bool], View]) -> App:
    def make(read: Callable[..., View]) -> object:
        def changed(account: Account, request_id: str, *, result: bool = False) -> View:
            return change(app, read(account, request_id, result=result), result)

        return changed

    patched(app.service, "read", make)
    return app


def judging(change: Callable[[Model, Payload, Verdict], Verdict]) -> Break:
    """Break a fake by what it says of payloads."""
    return partial(_judged, change=change)


def _judged(app: App, change: Callable[[Model, Payload, Verdict], Verdict]) -> App:
    def make(check: Callable[..., Verdict]) -> object:
        def changed(model: Model, payload: Payload) -> Verdict:
            return change(model, payload, check(model, payload))

        return changed

    patched(app.service, "check", make)
    return app


def overlooking(is_blind: Callable[[Model, Finding], bool]) -> Break:
    """Break a fake by findings against payloads that it does not see."""

    def change(model: Model, payload: Payload, verdict: Verdict) -> Verdict:
        return replace(verdict, findings=tuple(each for each in verdict.findings if not is_blind(model, each)))

    return judging(change)


def refusing(find: Callable[[Model, Mapping[str, Any]], Finding | None]) -> Break:
    """Break a fake by findings against payloads that are right."""

    def change(model: Model, payload: Payload, verdict: Verdict) -> Verdict:
        more = find(model, payload)
        return verdict if more is None else replace(verdict, findings=(*verdict.findings, more))

    return judging(change)


@dataclass(frozen=True, slots=True)
class Submit:
    """A submit under way. Called, it is made, with another model if one is given."""

    right: Callable[..., View]
    account: Account
    model: Model
    payload: Payload
    raw: bytes
    others: Mapping[str, Any]

    def __call__(self, model: Model | None = None) -> View:
        """Make it."""
        return self.right(self.account, model or self.model, self.payload, self.raw, **self.others)


def submitting(change: Callable[[App, Submit], View]) -> Break:
    """Break a fake by what comes of a submit."""

    def break_(app: App) -> App:
        def make(submit: Callable[..., View]) -> object:
            def changed(account: Account, model: Model, payload: Payload, raw: bytes, **others: Any) -> View:
                return change(app, Submit(submit, account, model, payload, raw, others))

            return changed

        patched(app.service, "submit", make)
        return app

    return break_


def with_lines(kind: type[Line]) -> Break:
    """Break a fake by another kind of line: a class without slots of its own, so that each line can become one."""

    def break_(app: App) -> App:
        def make(new: Callable[[str], Account]) -> object:
            def changed(name: str) -> Account:
                account = new(name)
                account.line.__class__ = kind
                return account

            return changed

        patched(app.service.accounts, "_new", make)
        return app

    return break_


def owner_of(app: App, request_id: str) -> Account | None:
    """Return the account that a request belongs to, if there is such a request."""
    request = app.service.known(request_id)
    return None if request is None else app.service.accounts.get(request.account)
