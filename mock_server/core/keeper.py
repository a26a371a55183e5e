"""Who is told of every change of the fake's state: nobody, or a file that the state can be read from again."""

from __future__ import annotations

from collections.abc import Iterable

from mock_server.core.clock import Clock
from mock_server.core.entry import Entry
from mock_server.core.lifecycle import Failure, Move, Request


class Keeper:
    """Hears of each change just after it was made, before the call that made it is answered; this one keeps nothing.

    ``at`` is the account's time in seconds since 1970; an account is a fingerprint, ``None`` means all of them.
    """

    @property
    def state(self) -> str:
        """Tell how it is: ``none`` where nothing is kept, ``written``, or ``broken``."""
        return "none"

    @property
    def keeps(self) -> bool:
        """Whether anything is kept."""
        return self.state != "none"

    def submitted(self, request: Request, kept: bytes) -> None:
        """A request was accepted; ``kept`` is its payload without secrets."""

    def read(self, request: Request, at: float) -> None:
        """A read was counted that may move the request on."""

    def cancelled(self, request: Request, at: float) -> None:
        """A queued request was cancelled."""

    def moved(self, request: Request, to: Move, failure: Failure | None, at: float) -> None:
        """A request was moved by hand."""

    def withdrawn(self, request: Request, at: float) -> None:
        """A submit was undone."""

    def forgotten(self, request: Request, at: float) -> None:
        """A request is not known any more."""

    def expired(self, request: Request) -> None:
        """The result of a request is gone."""

    def reset(self, account: str | None) -> None:
        """An account was forgotten with all that it had."""

    def clock_set(self, account: str | None, clock: Clock) -> None:
        """A clock was set; ``None`` is the one that new accounts start with."""

    def rules_added(self, rules: Iterable[tuple[str, str | None, object]]) -> None:
        """Rules are in force: the id, the owner, and the rule of each."""

    def rules_removed(self, rule_ids: Iterable[str]) -> None:
        """Rules are in force no more."""

    def rule_counted(self, rule_id: str, counter: str, met: int, fired: int) -> None:
        """A rule was met."""

    def called(self, entry: Entry, window: tuple[float, int] | None) -> None:
        """A call was written down; ``window`` is its account's rate-limit window, if any."""
