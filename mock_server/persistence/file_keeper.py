"""A keeper that writes every change into a journal file, a line each; ``kind`` says what happened."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

from mock_server.core.clock import Clock
from mock_server.core.entry import Entry
from mock_server.core.keeper import Keeper
from mock_server.core.lifecycle import Failure, Move, Request
from mock_server.persistence.journal_file import JournalFile
from mock_server.persistence.records import write_entry, write_failure, write_mark, write_request
from mock_server.trouble import scenario
from mock_server.trouble.rule import Rule


class FileKeeper(Keeper):
    """Writes into ``file``. See `Keeper` for what each method hears of."""

    def __init__(self, file: JournalFile) -> None:
        """Append to the file."""
        self.file = file
        self._write = file.write

    @property
    def state(self) -> str:
        """Tell whether every line could be written."""
        return "broken" if self.file.is_broken else "written"

    def submitted(self, request: Request, kept: bytes) -> None:
        """Write the whole request."""
        self._write({"kind": "submitted", **write_request(request, kept)})

    def read(self, request: Request, at: float) -> None:
        """Write the read."""
        self._write({"kind": "read", "request_id": request.request_id, "at": at})

    def cancelled(self, request: Request, at: float) -> None:
        """Write the cancel."""
        self._write({"kind": "cancelled", "request_id": request.request_id, "at": at})

    def moved(self, request: Request, to: Move, failure: Failure | None, at: float) -> None:
        """Write the move."""
        document = {"request_id": request.request_id, "to": to, "failure": write_failure(failure), "at": at}
        self._write({"kind": "moved", **document})

    def withdrawn(self, request: Request, at: float) -> None:
        """Write the withdrawal."""
        self._write({"kind": "withdrawn", "request_id": request.request_id, "at": at})

    def forgotten(self, request: Request, at: float) -> None:
        """Write that it is forgotten."""
        self._write({"kind": "forgotten", "request_id": request.request_id, "at": at})

    def expired(self, request: Request) -> None:
        """Write that it has expired."""
        self._write({"kind": "expired", "request_id": request.request_id})

    def reset(self, account: str | None) -> None:
        """Write the reset."""
        self._write({"kind": "reset", "account": account})

    def clock_set(self, account: str | None, clock: Clock) -> None:
        """Write where the clock stands."""
        self._write({"kind": "clock", "account": account, "clock": write_mark(clock.mark)})

    def rules_added(self, rules: Iterable[tuple[str, str | None, object]]) -> None:
        """Write the rules as documents."""
        written = [
            {"id": rule_id, "account": owner, "rule": scenario.describe(cast("Rule", rule))}
            for rule_id, owner, rule in rules
        ]
        self._write({"kind": "rules_added", "rules": written})

    def rules_removed(self, rule_ids: Iterable[str]) -> None:
        """Write their ids."""
        self._write({"kind": "rules_removed", "ids": list(rule_ids)})

    def rule_counted(self, rule_id: str, counter: str, met: int, fired: int) -> None:
        """Write the count."""
        self._write({"kind": "rule_counted", "id": rule_id, "counter": counter, "met": met, "fired": fired})

    def called(self, entry: Entry, window: tuple[float, int] | None) -> None:
        """Write the entry."""
        document = {"kind": "call", **write_entry(entry)}
        if window is not None:
            document["window"] = window
        self._write(document)
