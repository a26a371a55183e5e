"""What faults need to know, and what they have done to a request beside or instead of what a call asks for."""

from __future__ import annotations

from mock_server.core.accounts import MOST_ACCOUNTS, Account, bearer
from mock_server.core.errors import UserAccountError
from mock_server.core.lifecycle import Request, Status, status_at
from mock_server.memory import Memory


class Interference(Memory):
    """Looks that are no calls, and changes that no call of the API makes."""

    def account(self, authorization: str | None) -> Account | None:
        """Return the account of a call, a new one at its first; ``None`` where there is none. It is not counted."""
        try:
            token = bearer(authorization)
            with self._lock:
                return self.accounts.of(token)
        except UserAccountError:
            return None

    def note_magic_account(self, name: str, word: str) -> None:
        """Remember which magic word an account's token ends in: its downloads carry no token."""
        with self._lock:
            self.magic_accounts[name] = word
            if len(self.magic_accounts) > MOST_ACCOUNTS:
                self.magic_accounts.popitem(last=False)

    def known(self, request_id: str) -> Request | None:
        """Return a request of any account, whatever its state, or ``None``; that is no read."""
        return self.store.get(request_id)

    def state(self, request: Request) -> Status | None:
        """Return the present status of a request; that is no read."""
        with self._lock:
            owner = self.accounts.get(request.account)
            return None if owner is None else status_at(request, self._settle(owner))

    def withdraw(self, request_id: str) -> None:
        """Undo a submit: the request is gone, and is not billed."""
        with self._lock:
            request = self.store.get(request_id)
            if request is None:
                return
            now = self._settle(self.accounts.named(request.account))
            self.keeper.withdrawn(request, now)
            self.undo(request, now)

    def forget(self, request_id: str) -> None:
        """Make a request unknown; it goes on unseen, and is billed as ever."""
        with self._lock:
            request = self.store.get(request_id)
            if request is not None:
                self._forget(request)

    def expire(self, request_id: str) -> None:
        """Take the result and the files of a request away."""
        with self._lock:
            request = self.store.get(request_id)
            if request is not None:
                request.expired = True
                self.keeper.expired(request)
