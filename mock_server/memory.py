"""What one fake remembers: accounts, requests, journal, rules, and how a request is found there as it is now."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Lock, RLock

from mock_server.core.accounts import Account, Accounts
from mock_server.core.capacity import Line
from mock_server.core.clock import Clock, Mark
from mock_server.core.entry import Entry
from mock_server.core.errors import PermissionDenied, ResourceNotFound
from mock_server.core.journal import Journal
from mock_server.core.keeper import Keeper
from mock_server.core.lifecycle import Request, Status, status_at
from mock_server.core.spend import charge
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
        self.default_clock = self._first_clock()
        self.accounts = Accounts(settings.tokens, self._new_account, self._token_without_magic)
        self.store = Store(settings.max_requests, settings.max_payload_bytes, self._forgotten)
        self.journal = Journal(settings.journal_bytes)
        self._lock = RLock()
        self.rules = RuleBook(self._lock)
        self.keeper = Keeper()
        self.magic_accounts: OrderedDict[str, str] = OrderedDict()  # which word the token of an account ends in
        self.magic_requests = False  # whether any request had a magic word, which later calls may bring up
        self._retention = RETENTION_SECONDS[self.variants.retention]
        self._first_position = int(self.variants.queue_position_base)
        self._slots = settings.slots
        self._writing = Lock()

    # -- what every change of state comes down to, be it new or read from a journal

    def keep(self, keeper: Keeper) -> None:
        """Tell ``keeper`` of every change from now on."""
        self.keeper = self.rules.keeper = keeper
        self._watch(None, self.default_clock)
        for account in self.accounts:
            self._watch(account.fingerprint, account.clock)

    def write_down(self, entry: Entry, window: tuple[float, int] | None) -> None:
        """Put an entry into the journal, and into the file in the same order."""
        if not self.keeper.keeps:
            self.journal.append(entry)
            return
        with self._writing:
            self.journal.append(entry)
            self.keeper.called(entry, window)

    def admit(self, account: Account, request: Request) -> None:
        """Let a request in."""
        account.submitted = max(account.submitted, request.number)
        account.requests[request.request_id] = request
        self.magic_requests = self.magic_requests or magic.MARK in request.payload
        account.spent_usd = round(account.spent_usd + request.cost_usd, CENTS)
        self.store.add(request)
        account.line.enter(request, request.submitted_at)

    def undo(self, request: Request, now: float) -> None:
        """Take a request back as if it had never been; what it cost is given back."""
        account = self.accounts.named(request.account)
        is_free = request.over_at is not None and (request.cancelled_at is not None or request.failure is not None)
        account.line.withdraw(request, now)
        if not is_free:
            account.spent_usd = round(account.spent_usd - request.cost_usd, CENTS)
        self._drop(request)

    def forget_at(self, request: Request, now: float) -> None:
        """Forget a request at a time that is past."""
        account = self.accounts.named(request.account)
        account.line.settle(now)
        self._drop(request)
        account.forgotten_charges.append(charge(request, status_at(request, now)))

    def forget_all(self, account: Account | None) -> int:
        """Forget an account with all that it has, or everyone; return how many requests that were."""
        gone = [account] if account is not None else list(self.accounts)
        requests = [request for each in gone for request in each.requests.values()]
        for request in requests:
            self._drop(request)
        for each in gone:
            self.accounts.discard(each)
        name = None if account is None else account.fingerprint
        if name is None:
            self.default_clock.retire()
            self.default_clock = self._first_clock()
        self.journal.forget(name)
        self.rules.reset(name)
        return len(requests)

    def set_slots(self, slots: int | None, wall: float) -> None:
        """Have another number of slots from the real time ``wall`` on."""
        self._slots = slots
        for account in self.accounts:
            account.line.set_slots(slots, account.clock.at(wall))

    # -- inside

    def _watch(self, name: str | None, clock: Clock) -> None:
        def tell() -> None:
            if not clock.retired:
                self.keeper.clock_set(name, clock)

        clock.watch(tell)

    def _first_clock(self) -> Clock:
        frozen_at, speed = self.settings.frozen_at, self.settings.speed
        mark = None if frozen_at is None else Mark(self.wall(), frozen_at.timestamp(), speed, frozen=True)
        return Clock(self.wall, speed=speed, mark=mark)

    def _new_account(self, name: str) -> Account:
        account = Account(name, self.default_clock.fork(), Line(self._slots, self._over))
        if self.keeper.keeps:
            self._watch(name, account.clock)
        return account

    def _token_without_magic(self, token: str) -> str:
        found = magic.in_token(token) if self.settings.magic.in_tokens else None
        return token if found is None else found[1]

    def _over(self, request: Request) -> None:
        self.store.is_over(request)
        if request.cancelled_at is not None or request.failure is not None:
            account = self.accounts.named(request.account)
            account.spent_usd = round(account.spent_usd - request.cost_usd, CENTS)

    def _drop(self, request: Request) -> None:
        """Take a request out, as a part of a change that the keeper hears of as one."""
        self.store.forget(request)
        del self.accounts.named(request.account).requests[request.request_id]

    def _forget(self, request: Request) -> None:
        """Forget a request that goes on to be billed."""
        self.store.forget(request)
        self._forgotten(request)

    def _forgotten(self, request: Request) -> None:
        account = self.accounts.named(request.account)
        del account.requests[request.request_id]
        now = self._settle(account)
        account.forgotten_charges.append(charge(request, status_at(request, now)))
        self.keeper.forgotten(request, now)

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
            self._forget(request)
        return expired

    def _view(self, account: Account, request: Request, now: float) -> View:
        status = status_at(request, now)
        position = self._first_position + account.line.ahead(request) if status is Status.IN_QUEUE else None
        return View(request, status, position, now)


def unknown_request(request_id: str) -> str:
    """Say that a request is unknown."""
    return f"unknown or expired request_id {request_id[:140]!r}"
