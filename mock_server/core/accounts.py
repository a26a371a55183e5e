"""Who calls. An account is its token; all that is kept of the token is a fingerprint (ledger: ``auth.bearer``)."""

from __future__ import annotations

import math
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2b

from mock_server.core.capacity import Line
from mock_server.core.clock import Clock
from mock_server.core.errors import RateLimited, UserAccountError
from mock_server.core.lifecycle import Request
from mock_server.core.spend import Charge

MOST_ACCOUNTS = 10_000
MOST_CHARGES = 1000
_LOOKED_AT = 16


@dataclass(slots=True, eq=False)
class Account:
    """One account's clock, its line, and its books.

    ``submitted`` counts its submits, ``requests`` holds those still known, ``spent_usd`` is what they cost so far;
    ``forgotten_charges`` are of those that are known no more; ``window_start`` and ``window_calls`` count the calls of
    the present rate-limit window.
    """

    fingerprint: str
    clock: Clock
    line: Line
    submitted: int = 0
    requests: dict[str, Request] = field(default_factory=dict)
    spent_usd: float = 0.0
    forgotten_charges: deque[Charge] = field(default_factory=lambda: deque(maxlen=MOST_CHARGES))
    window_start: float = -math.inf
    window_calls: int = 0


@dataclass(frozen=True, slots=True)
class RateLimit:
    """At most ``calls`` calls in each window of ``seconds``, on the account's clock."""

    calls: int
    seconds: float

    def count(self, account: Account) -> None:
        """Count one call of ``account``. Raises `RateLimited` with ``Retry-After`` in whole seconds."""
        now = account.clock.now()
        if now >= account.window_start + self.seconds:
            account.window_start, account.window_calls = now, 0
        account.window_calls += 1
        if account.window_calls > self.calls:
            wait = max(1, math.ceil(account.window_start + self.seconds - now))
            message = f"more than {self.calls} calls in {self.seconds:g} seconds; try again in {wait} seconds"
            raise RateLimited(message, headers={"Retry-After": str(wait)})


def fingerprint(token: str) -> str:
    """Name an account without telling its token: the 16 hex digits of a BLAKE2b digest of 8 bytes."""
    return blake2b(token.encode("utf-8", "surrogateescape"), digest_size=8).hexdigest()


def bearer(authorization: str | None) -> str:
    """Take the token out of an ``Authorization`` header. Raises `UserAccountError` if there is none."""
    scheme, _, token = (authorization or "").partition(" ")
    token = token.strip(" \t")
    if scheme.lower() != "bearer" or not token:
        raise UserAccountError("no token: every call carries the header 'Authorization: Bearer <token>'")
    return token


class Accounts:
    """All accounts by fingerprint; any token makes one, unless the accepted tokens are listed."""

    def __init__(
        self, accepted: Iterable[str], new: Callable[[str], Account], base: Callable[[str], str] = str
    ) -> None:
        """Accept the tokens given (none: any), and make accounts with ``new(fingerprint)``.

        A token is accepted too if its ``base`` is, which is the token without what means something to the fake alone.
        """
        self._accepted = frozenset(map(fingerprint, accepted))
        self._base = base
        self._new = new
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    def __iter__(self) -> Iterator[Account]:
        return iter(list(self._accounts.values()))

    def __len__(self) -> int:
        return len(self._accounts)

    def of(self, token: str) -> Account:
        """Return the account of ``token``, a new one at its first call. Raises `UserAccountError` if not accepted."""
        name = fingerprint(token)
        account = self._accounts.get(name)
        if account is not None:
            return account
        if self._accepted and name not in self._accepted and fingerprint(self._base(token)) not in self._accepted:
            raise UserAccountError("the token is not one of those that this fake accepts (--token)")
        self._forget_idle()
        return self._accounts.setdefault(name, self._new(name))

    def named(self, name: str) -> Account:
        """Return the account with that fingerprint. Raises ``KeyError``."""
        return self._accounts[name]

    def get(self, name: str) -> Account | None:
        """Return the account with that fingerprint, or ``None``."""
        return self._accounts.get(name)

    def by_name(self) -> dict[str, Account]:
        """Return every account by its fingerprint."""
        return dict(self._accounts)

    def restored(self, name: str) -> Account:
        """Return the account with that fingerprint, a new one if need be, whatever its token."""
        return self._accounts.setdefault(name, self._accounts.get(name) or self._new(name))

    def current(self, account: Account) -> Account:
        """Return the account that now bears the name of ``account``: itself, unless it was forgotten meanwhile."""
        found = self._accounts.get(account.fingerprint)
        return found or self._accounts.setdefault(account.fingerprint, self._new(account.fingerprint))

    def discard(self, account: Account) -> None:
        """Forget an account; its next call starts a new one."""
        self._accounts.pop(account.fingerprint, None)
        account.clock.retire()

    def _forget_idle(self) -> None:
        """Keep the number of accounts bounded by forgetting old ones without requests."""
        if len(self._accounts) < MOST_ACCOUNTS:
            return
        for name in [name for name, _ in zip(self._accounts, range(_LOOKED_AT), strict=False)]:
            if not self._accounts[name].requests:
                del self._accounts[name]
                return
            self._accounts.move_to_end(name)
