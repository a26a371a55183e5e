"""The use cases of the API: submit, status, result, cancel, and the catalog. The only room that knows all of core.

It speaks in requests and statuses, not in JSON or HTTP. Every method may be called from any thread.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping
from typing import Any

from mock_server.core import ids
from mock_server.core.accounts import Account, bearer
from mock_server.core.errors import (
    InsufficientResources,
    InvalidResourceIdentifier,
    ResourceNotFound,
    ValidationFailed,
)
from mock_server.core.lifecycle import Outcome, Request, Status
from mock_server.core.orders import NONE, Orders
from mock_server.interference import Interference
from mock_server.memory import CENTS, View, unknown_request
from mock_server.settings import Settings
from mock_server.steering import FAILURE, Steering
from schemas.catalog import Catalog
from schemas.model import Model
from schemas.pricing import cost
from schemas.validation import PayloadValidator, Verdict

__all__ = ["FAILURE", "Service", "View", "check_payload"]


class Service(Steering, Interference):
    """One fake: its accounts, its requests, its journal, its catalog."""

    def __init__(self, settings: Settings, catalog: Catalog, seed: int, now: Callable[[], float]) -> None:
        """Start empty. ``now`` is the source of real time, in seconds since 1970."""
        super().__init__(settings, catalog, seed, now)
        self._validators = {name: PayloadValidator(model, self.variants) for name, model in catalog.items()}

    # -- who calls

    def recognise(self, authorization: str | None) -> Account:
        """Return the account of an ``Authorization`` header. Raises `UserAccountError`."""
        token = bearer(authorization)
        with self._lock:
            return self.accounts.of(token)

    def count_call(self, account: Account) -> None:
        """Count a call against the account's rate limit. Raises `RateLimited`."""
        if self.settings.rate_limit is not None:
            with self._lock:
                self.settings.rate_limit.count(account)

    def authenticate(self, authorization: str | None) -> Account:
        """Return the account of a call, and count it. Raises `UserAccountError` or `RateLimited`."""
        account = self.recognise(authorization)
        self.count_call(account)
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

    def submit(
        self,
        account: Account,
        model: Model,
        payload: Mapping[str, Any],
        raw: bytes,
        *,
        orders: Orders = NONE,
        kept: bytes | None = None,
    ) -> View:
        """Accept a payload that `check` found nothing against; ``raw`` is the JSON that it was read from.

        ``kept`` is what a file may have of it: the same without secrets, if it has any.

        Raises `InsufficientResources` where the balance is spent, `RateLimited` where nothing more can be stored.
        """
        price = cost(model, payload)
        balance = self.settings.balance_usd
        with self._lock:
            account = self.accounts.current(account)
            now = self._settle(account)
            if balance is not None and round(account.spent_usd + price, CENTS) > balance:
                left = max(0.0, balance - account.spent_usd)
                raise InsufficientResources(f"this generation costs {price:g} USD, the account has {left:g} USD left")
            self.store.make_room(len(raw), self._settle_all)
            number = account.submitted + 1
            plan = orders.plan(self.settings.pace.plan)
            form = orders.id_form or self.variants.request_id_format
            request = Request(
                request_id=ids.request_id(self.seed, account.fingerprint, number, form),
                account=account.fingerprint,
                number=number,
                model_id=model.model_id,
                payload=raw,
                cost_usd=price,
                plan=plan,
                submitted_at=now,
                failure=plan.failure,
            )
            self.admit(account, request)
            self.keeper.submitted(request, raw if kept is None else kept)
            return self._view(account, request, now)

    def read(self, account: Account, request_id: str, *, result: bool = False) -> View:
        """Find a request as it is now, and count the read, be it of its status or of its ``result``.

        Raises `ResourceNotFound` or `PermissionDenied`.
        """
        with self._lock:
            account = self.accounts.current(account)
            request, now = self._find(account, request_id)
            if result and request.expired:
                raise ResourceNotFound(unknown_request(request_id))
            view = self._view(account, request, now)
            if account.line.read(request, now):
                self.keeper.read(request, now)
            return view

    def cancel(self, account: Account, request_id: str, orders: Orders = NONE) -> tuple[View, View, Outcome]:
        """Cancel a request if it is queued; return it before and after, and what is told. Raises as `read` does.

        Ledger: ``cancel.outcome``; a repeated cancel is told what the first one was.
        """
        with self._lock:
            account = self.accounts.current(account)
            request, now = self._find(account, request_id)
            before = self._view(account, request, now)
            if orders.told is not Outcome.CANCELLED and account.line.cancel(request, now):
                self.keeper.cancelled(request, now)
            after = self._view(account, request, now)
            cancelled = after.status is Status.CANCELLED
            return before, after, orders.told or (Outcome.CANCELLED if cancelled else Outcome.NOT_CANCELLABLE)


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
