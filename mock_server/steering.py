"""The use cases of the control plane and of Python: look at a fake, and move what is in it by hand."""

from __future__ import annotations

from mock_server.core.accounts import Account, bearer
from mock_server.core.clock import Clock, Clocks
from mock_server.core.errors import Conflict
from mock_server.core.lifecycle import MOVES, Failure, Move, status_at
from mock_server.core.spend import Spend, charge
from mock_server.memory import CENTS, Memory, View

FAILURE = Failure(500001, "the generation failed")


class Steering(Memory):
    """What can be seen and steered; an account, or ``None`` for all of them."""

    def caller(self, authorization: str | None) -> Account | None:
        """Return the account that a control call acts on, ``None`` for all. Raises `UserAccountError`."""
        if authorization is None:
            return None
        with self._lock:
            return self.accounts.of(bearer(authorization))

    def spend(self, account: Account | None) -> Spend:
        """Return what an account has spent, or everyone: a line for each request that is still known."""
        with self._lock:
            everyone = sorted(self.accounts, key=lambda each: each.fingerprint)  # alike after a restart
            spenders = everyone if account is None else [self.accounts.current(account)]
            known = [charge(view.request, view.status) for view in self.views(account)]
            charges = (*(each for spender in spenders for each in spender.forgotten_charges), *known)
            return Spend(round(sum(each.spent_usd for each in spenders), CENTS), charges)

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
            why = failure if to is Move.FAILED else None
            owner.line.move(request, to, now, why)
            self.keeper.moved(request, to, why, now)
            return self._view(owner, request, now)

    def reset(self, account: Account | None) -> int:
        """Forget an account's requests, clock, books, rules and journal (or everyone's); return how many requests."""
        with self._lock:
            current = None if account is None else self.accounts.current(account)
            count = self.forget_all(current)
            self.keeper.reset(None if current is None else current.fingerprint)
            if current is None:
                self._watch(None, self.default_clock)
                self.keeper.clock_set(None, self.default_clock)
            return count
