"""The use cases of the API: submit, status, result, cancel, and the catalog. The only room that knows all of core.

It speaks in requests and statuses, not in JSON or HTTP. Every method may be called from any thread.
"""

from __future__ import annotations

import difflib
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from threading import RLock
from typing import Any

from mock_server.core import ids
from mock_server.core.accounts import Account, Accounts, bearer
from mock_server.core.capacity import Line
from mock_server.core.clock import Clock, Clocks
from mock_server.core.errors import (
    Conflict,
    InsufficientResources,
    InvalidResourceIdentifier,
    PermissionDenied,
    ResourceNotFound,
    ValidationFailed,
)
from mock_server.core.journal import Journal
from mock_server.core.lifecycle import MOVES, Failure, Move, Outcome, Request, Status, status_at
from mock_server.core.store import Store
from mock_server.settings import Settings
from schemas.catalog import Catalog
from schemas.model import Model
from schemas.pricing import cost
from schemas.validation import PayloadValidator, Verdict

RETENTION_SECONDS: Mapping[str, float] = {"never": math.inf, "week": 7 * 86400.0, "day": 86400.0}
_CENTS = 6  # decimals of a USD that are kept; prices have three
FAILURE = Failure(500001, "the generation failed")


@dataclass(frozen=True, slots=True)
class View:
    """A request as one call finds it ``at`` a time of its account.

    ``position`` counts from the ledger's base and is there only while queued.
    """

    request: Request
    status: Status
    position: int | None
    at: float


class Service:
    """One fake: its accounts, its requests, its journal, its catalog."""

    def __init__(self, settings: Settings, catalog: Catalog, seed: int, now: Callable[[], float]) -> None:
        """Start empty. ``now`` is the source of real time, in seconds since 1970."""
        self.settings = settings
        self.catalog = catalog
        self.seed = seed
        self.variants = settings.effective_variants
        self.wall = now
        self.default_clock = Clock(now, speed=settings.speed)
        self.accounts = Accounts(settings.tokens, self._new_account)
        self.store = Store(settings.max_requests, settings.max_payload_bytes, self._forgotten)
        self.journal = Journal(settings.journal_bytes)
        self._validators = {name: PayloadValidator(model, self.variants) for name, model in catalog.items()}
        self._retention = RETENTION_SECONDS[self.variants.retention]
        self._first_position = int(self.variants.queue_position_base)
        self._lock = RLock()

    # -- who calls

    def authenticate(self, authorization: str | None) -> Account:
        """Return the account of an ``Authorization`` header, and count the call against its rate limit.

        Raises `UserAccountError` or `RateLimited`.
        """
        token = bearer(authorization)
        with self._lock:
            account = self.accounts.of(token)
            if self.settings.rate_limit is not None:
                self.settings.rate_limit.count(account)
        return account

    # -- the operations

    def model(self, model_id: str) -> Model:
        """Return a model. Raises `InvalidResourceIdentifier`."""
        model = self.catalog.get(model_id)
        if model is None:
            close = difflib.get_close_matches(model_id[:200], self.catalog, n=1)
            hint = f"did you mean {close[0]!r}?" if close else "GET /v1/models lists those there are"
            raise InvalidResourceIdentifier(f"unknown model_id {model_id[:200]!r}; {hint}")
        return model

    def check(self, model: Model, payload: Mapping[str, Any]) -> Verdict:
        """Hold a payload against a model's schema and rules."""
        return self._validators[model.model_id].check(payload)

    def submit(self, account: Account, model: Model, payload: Mapping[str, Any], raw: bytes) -> View:
        """Accept a payload that `check` found nothing against; ``raw`` is the JSON that it was read from.

        Raises `InsufficientResources` where the balance is spent, `RateLimited` where nothing more can be stored.
        """
        price = cost(model, payload)
        balance = self.settings.balance_usd
        with self._lock:
            account = self.accounts.current(account)
            now = self._settle(account)
            if balance is not None and round(account.spent_usd + price, _CENTS) > balance:
                left = max(0.0, balance - account.spent_usd)
                raise InsufficientResources(f"this generation costs {price:g} USD, the account has {left:g} USD left")
            self.store.make_room(len(raw), self._settle_all)
            account.submitted += 1
            plan = self.settings.pace.plan
            request = Request(
                request_id=ids.request_id(
                    self.seed, account.fingerprint, account.submitted, self.variants.request_id_format
                ),
                account=account.fingerprint,
                number=account.submitted,
                model_id=model.model_id,
                payload=raw,
                cost_usd=price,
                plan=plan,
                submitted_at=now,
                failure=plan.failure,
            )
            account.requests[request.request_id] = request
            account.spent_usd = round(account.spent_usd + price, _CENTS)
            self.store.add(request)
            account.line.enter(request, now)
            return self._view(account, request, now)

    def read(self, account: Account, request_id: str) -> View:
        """Find a request as it is now, and count the read. Raises `ResourceNotFound` or `PermissionDenied`."""
        with self._lock:
            account = self.accounts.current(account)
            request, now = self._find(account, request_id)
            view = self._view(account, request, now)
            account.line.read(request, now)
            return view

    def cancel(self, account: Account, request_id: str) -> tuple[View, View, Outcome]:
        """Cancel a request if it is queued; return it before and after. Raises as `read` does.

        Ledger: ``cancel.outcome``; a repeated cancel is told what the first one was.
        """
        with self._lock:
            account = self.accounts.current(account)
            request, now = self._find(account, request_id)
            before = self._view(account, request, now)
            account.line.cancel(request, now)
            after = self._view(account, request, now)
            cancelled = after.status is Status.CANCELLED
            return before, after, Outcome.CANCELLED if cancelled else Outcome.NOT_CANCELLABLE

    # -- the control plane

    def caller(self, authorization: str | None) -> Account | None:
        """Return the account that a control call acts on, ``None`` for all. Raises `UserAccountError`."""
        if authorization is None:
            return None
        with self._lock:
            return self.accounts.of(bearer(authorization))

    def clock(self, account: Account | None) -> Clock | Clocks:
        """Return the clock of an account, or all clocks, those of accounts yet to come included."""
        if account is not None:
            return self.accounts.current(account).clock
        return Clocks(lambda: [self.default_clock, *(each.clock for each in self.accounts)])

    def views(self, account: Account | None) -> list[View]:
        """Return every request of an account, or of all, the oldest first; that is no read."""
        with self._lock:
            if account is None:
                owners, requests = self.accounts.by_name(), list(self.store)
            else:
                current = self.accounts.current(account)
                owners, requests = {current.fingerprint: current}, list(current.requests.values())
            times = {name: self._settle(owner) for name, owner in owners.items()}
            return [
                self._view(owners[request.account], request, times[request.account])
                for request in requests
                if not self._expire(request, times[request.account])
            ]

    def find(self, account: Account | None, request_id: str) -> View:
        """Return one request without counting a read; ``None`` may see every account's. Raises as `read` does."""
        with self._lock:
            owner = self._owner(request_id) if account is None else self.accounts.current(account)
            return self._view(owner, *self._find(owner, request_id))

    def move(self, account: Account | None, request_id: str, to: Move, failure: Failure = FAILURE) -> View:
        """Move a request by hand. Raises `Conflict` where its status does not allow it, and as `read` does."""
        with self._lock:
            owner = self._owner(request_id) if account is None else self.accounts.current(account)
            request, now = self._find(owner, request_id)
            status = status_at(request, now)
            if to not in MOVES[status]:
                allowed = ", ".join(MOVES[status]) or "nothing, it is over"
                raise Conflict(f"a request that is {status} cannot be moved to {to}; allowed is {allowed}")
            owner.line.move(request, to, now, failure if to is Move.FAILED else None)
            return self._view(owner, request, now)

    def reset(self, account: Account | None) -> int:
        """Forget an account's requests, clock, books and journal (or everyone's); return how many requests."""
        with self._lock:
            gone: Sequence[Account] = [self.accounts.current(account)] if account is not None else list(self.accounts)
            requests = [request for each in gone for request in each.requests.values()]
            for request in requests:
                self.store.forget(request)
            for each in gone:
                self.accounts.discard(each)
            if account is None:
                self.default_clock = Clock(self.wall, speed=self.settings.speed)
            self.journal.forget(None if account is None else account.fingerprint)
            return len(requests)

    # -- inside

    def _new_account(self, name: str) -> Account:
        return Account(name, self.default_clock.fork(), Line(self.settings.slots, self._over))

    def _over(self, request: Request) -> None:
        self.store.is_over(request)
        if request.cancelled_at is not None or request.failure is not None:
            account = self.accounts.named(request.account)
            account.spent_usd = round(account.spent_usd - request.cost_usd, _CENTS)

    def _forgotten(self, request: Request) -> None:
        del self.accounts.named(request.account).requests[request.request_id]

    def _settle(self, account: Account) -> float:
        now = account.clock.now()
        account.line.settle(now)
        return now

    def _settle_all(self) -> float:
        """Settle every account; return the earliest of their times, until which all that is over is known."""
        return min((self._settle(account) for account in self.accounts), default=-math.inf)

    def _owner(self, request_id: str) -> Account:
        request = self.store.get(request_id)
        if request is None:
            raise ResourceNotFound(_unknown(request_id))
        return self.accounts.named(request.account)

    def _find(self, account: Account, request_id: str) -> tuple[Request, float]:
        """Return a request, its line settled, and the account's time."""
        owner = self._owner(request_id)
        request = owner.requests[request_id]
        now = self._settle(owner)
        if self._expire(request, now):
            raise ResourceNotFound(_unknown(request_id))
        if owner is not account:
            raise PermissionDenied("the request belongs to another account")
        return request, now

    def _expire(self, request: Request, now: float) -> bool:
        """Forget a request that has been over for too long; return whether it was."""
        expired = request.over_at is not None and now - request.over_at >= self._retention
        if expired:
            self.store.forget(request)
        return expired

    def _view(self, account: Account, request: Request, now: float) -> View:
        status = status_at(request, now)
        position = self._first_position + account.line.ahead(request) if status is Status.IN_QUEUE else None
        return View(request, status, position, now)


def check_payload(verdict: Verdict) -> None:
    """Raise `ValidationFailed` with all findings if there are any. Ledger: ``error.422``."""
    if verdict.findings:
        count = len(verdict.findings)
        what = "one finding" if count == 1 else f"{count} findings"
        if not verdict.is_whole:
            what += ", and maybe more: the payload is vast, and only its beginning was looked at"
        raise ValidationFailed(
            f"the payload does not match the model's input schema: {what}", findings=verdict.findings
        )


def _unknown(request_id: str) -> str:
    return f"unknown or expired request_id {request_id[:140]!r}"
