"""What one fake remembers: accounts, requests, journal, rules, and how a request is found there as it is now."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import RLock

from mock_server.core.accounts import Account, Accounts
from mock_server.core.capacity import Line
from mock_server.core.clock import Clock
from mock_server.core.errors import PermissionDenied, ResourceNotFound
from mock_server.core.journal import Journal
from mock_server.core.lifecycle import Request, Status, status_at
from mock_server.core.store import Store
from mock_server.settings import Settings
from mock_server.trouble import magic
from mock_server.trouble.book import RuleBook
from schemas.catalog import Catalog

RETENTION_SECONDS: Mapping[str, float] = {"never": math.inf, "week": 7 * 86400.0, "day": 86400.0}
CENTS = 6  # decimals of a USD that are kept; prices have three


@dataclass(frozen=True, slots=True)
class View:
    """A request as one call finds it ``at`` a time of its account.

    ``position`` counts from the ledger's base and is there only while queued.
    """

    request: Request
    status: Status
    position: int | None
    at: float


class Memory:
    """The state of one fake. What begins with an underscore is called with the lock held."""

    def __init__(self, settings: Settings, catalog: Catalog, seed: int, now: Callable[[], float]) -> None:
        """Start empty. ``now`` is the source of real time, in seconds since 1970."""
        self.settings = settings
        self.catalog = catalog
        self.seed = seed
        self.variants = settings.effective_variants
        self.wall = now
        self.default_clock = Clock(now, speed=settings.speed)
        self.accounts = Accounts(settings.tokens, self._new_account, self._token_without_magic)
        self.store = Store(settings.max_requests, settings.max_payload_bytes, self._forgotten)
        self.journal = Journal(settings.journal_bytes)
        self.rules = RuleBook()
        self.magic_accounts: OrderedDict[str, str] = OrderedDict()  # which word the token of an account ends in
        self.magic_requests = False  # whether any payload had a magic word
        self._retention = RETENTION_SECONDS[self.variants.retention]
        self._first_position = int(self.variants.queue_position_base)
        self._lock = RLock()

    def _new_account(self, name: str) -> Account:
        return Account(name, self.default_clock.fork(), Line(self.settings.slots, self._over))

    def _token_without_magic(self, token: str) -> str:
        found = magic.in_token(token) if self.settings.magic.in_tokens else None
        return token if found is None else found[1]

    def _over(self, request: Request) -> None:
        self.store.is_over(request)
        if request.cancelled_at is not None or request.failure is not None:
            account = self.accounts.named(request.account)
            account.spent_usd = round(account.spent_usd - request.cost_usd, CENTS)

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
            raise ResourceNotFound(unknown_request(request_id))
        return self.accounts.named(request.account)

    def _find(self, account: Account, request_id: str) -> tuple[Request, float]:
        """Return a request, its line settled, and the account's time."""
        owner = self._owner(request_id)
        request = owner.requests[request_id]
        now = self._settle(owner)
        if self._expire(request, now):
            raise ResourceNotFound(unknown_request(request_id))
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


def unknown_request(request_id: str) -> str:
    """Say that a request is unknown."""
    return f"unknown or expired request_id {request_id[:140]!r}"
