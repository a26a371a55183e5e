"""The state of a fake out of the lines of its journal: each line does again what it tells of, at its own time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from hashlib import blake2b
from typing import Any

import orjson

from mock_server.core.clock import Clock
from mock_server.core.lifecycle import Move, Request
from mock_server.memory import Memory
from mock_server.persistence.file_keeper import FileKeeper
from mock_server.persistence.journal_file import JournalError, JournalFile
from mock_server.persistence.records import read_entry, read_failure, read_mark, read_request, write_mark
from mock_server.trouble import scenario
from mock_server.trouble.book import Count, Standing
from schemas import __version__

FORMAT = 1


def seed_of(file: JournalFile) -> int | None:
    """Return the seed with which a journal began, ``None`` for a new one. Raises `JournalError`."""
    for number, line in file.lines():
        if line.get("kind") != "opened" or not isinstance(line.get("seed"), int):
            raise file.error(number, "a journal of this fake begins with its opening")
        if line.get("format") != FORMAT:
            raise file.error(number, f"is of format {line.get('format')!r}, and this version reads {FORMAT}")
        return int(line["seed"])
    return None


def restore(memory: Memory, file: JournalFile) -> None:
    """Bring a new memory to where the journal ends, and have it kept there from now on. Raises `JournalError`."""
    player = _Player(memory)
    for number, line in file.lines():
        try:
            player.play(line)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            raise file.error(number, f"tells what cannot be ({type(error).__name__}: {error})") from None
    player.finish()
    wall = memory.wall()
    memory.set_slots(memory.settings.slots, wall)
    memory.keep(FileKeeper(file))
    file.write(
        {
            "kind": "opened",
            "format": FORMAT,
            "version": __version__,
            "seed": memory.seed,
            "slots": memory.settings.slots,
            "speed": memory.settings.speed,
            "scenario": _digest(memory),
            "wall": wall,
            "clock": write_mark(memory.default_clock.mark),
        }
    )
    if player.speed not in (None, memory.settings.speed):
        for clock in (memory.default_clock, *(account.clock for account in memory.accounts)):
            clock.set_speed(memory.settings.speed)


def _digest(memory: Memory) -> str:
    """Name the rules that the settings bring: counts of others say nothing about them."""
    documents = [scenario.describe(each.rule) for each, _ in memory.rules.listed(None) if each.lasting]
    return blake2b(orjson.dumps(documents), digest_size=8).hexdigest()


class _Player:
    """Plays the lines."""

    def __init__(self, memory: Memory) -> None:
        self.speed: float | None = None
        self._memory = memory
        self._latest: dict[str, float] = {}
        self._scenario = _digest(memory)
        self._is_of_this_scenario = True
        self._plays: Mapping[str, Callable[[Mapping[str, Any]], None]] = {
            "opened": self._opened,
            "submitted": self._submitted,
            "read": self._read,
            "cancelled": self._cancelled,
            "moved": self._moved,
            "withdrawn": self._withdrawn,
            "forgotten": self._forgotten,
            "expired": self._expired,
            "reset": self._reset,
            "clock": self._clock,
            "rules_added": self._rules_added,
            "rules_removed": self._rules_removed,
            "rule_counted": self._rule_counted,
            "call": self._call,
        }

    def play(self, line: Mapping[str, Any]) -> None:
        """Do what a line tells of. Raises ``LookupError``, ``TypeError`` or ``ValueError`` for what cannot be."""
        self._plays[line["kind"]](line)

    def finish(self) -> None:
        """Let no clock show less than was told before."""
        for name, latest in self._latest.items():
            account = self._memory.accounts.get(name)
            if account is not None:
                account.clock.not_before(latest)

    def _opened(self, line: Mapping[str, Any]) -> None:
        memory = self._memory
        if self.speed is None:
            memory.default_clock.set_mark(read_mark(line["clock"]))
        self.speed = float(line["speed"])
        self._is_of_this_scenario = line["scenario"] == self._scenario
        memory.set_slots(line["slots"], float(line["wall"]))

    def _submitted(self, line: Mapping[str, Any]) -> None:
        request = read_request(line)
        if request.model_id not in self._memory.catalog:
            raise ValueError(f"the model {request.model_id} is not known here; --schemas adds folders of models")
        self._at(request, line)
        self._memory.admit(self._memory.accounts.restored(request.account), request)

    def _read(self, line: Mapping[str, Any]) -> None:
        request = self._request(line)
        line_of_account = self._memory.accounts.named(request.account).line
        line_of_account.settle(self._at(request, line))
        line_of_account.read(request, line["at"])

    def _cancelled(self, line: Mapping[str, Any]) -> None:
        request = self._request(line)
        line_of_account = self._memory.accounts.named(request.account).line
        line_of_account.settle(self._at(request, line))
        line_of_account.cancel(request, line["at"])

    def _moved(self, line: Mapping[str, Any]) -> None:
        request = self._request(line)
        line_of_account = self._memory.accounts.named(request.account).line
        line_of_account.settle(self._at(request, line))
        line_of_account.move(request, Move(line["to"]), line["at"], read_failure(line["failure"]))

    def _withdrawn(self, line: Mapping[str, Any]) -> None:
        request = self._request(line)
        self._memory.undo(request, self._at(request, line))

    def _forgotten(self, line: Mapping[str, Any]) -> None:
        request = self._request(line)
        self._memory.forget_at(request, self._at(request, line))

    def _expired(self, line: Mapping[str, Any]) -> None:
        self._request(line).expired = True

    def _reset(self, line: Mapping[str, Any]) -> None:
        name = line["account"]
        self._memory.forget_all(None if name is None else self._memory.accounts.restored(name))
        if name is None:
            self._latest.clear()
        else:
            self._latest.pop(name, None)

    def _clock(self, line: Mapping[str, Any]) -> None:
        name = line["account"]
        clock: Clock = self._memory.default_clock if name is None else self._memory.accounts.restored(name).clock
        clock.set_mark(read_mark(line["clock"]))

    def _rules_added(self, line: Mapping[str, Any]) -> None:
        for each in line["rules"]:
            (rule,) = scenario.read(each["rule"])
            self._memory.rules.restore(Standing(each["id"], rule, each["account"]))

    def _rules_removed(self, line: Mapping[str, Any]) -> None:
        for rule_id in line["ids"]:
            self._memory.rules.drop(rule_id, lasting=self._is_of_this_scenario)

    def _rule_counted(self, line: Mapping[str, Any]) -> None:
        if self._is_of_this_scenario or not self._memory.rules.is_lasting(line["id"]):
            count = Count(int(line["met"]), int(line["fired"]))
            self._memory.rules.recall(line["id"], line["counter"], count)

    def _call(self, line: Mapping[str, Any]) -> None:
        entry = read_entry(line)
        self._memory.journal.restore(entry)
        if "window" in line:
            account = self._memory.accounts.restored(entry.account)
            account.window_start, account.window_calls = line["window"]
        if self._memory.accounts.get(entry.account) is not None:
            self._latest[entry.account] = max(entry.at, self._latest.get(entry.account, entry.at))

    def _request(self, line: Mapping[str, Any]) -> Request:
        request = self._memory.store.get(line["request_id"])
        if request is None:
            raise ValueError(f"the request {line['request_id']!r} is not known at that time")
        return request

    def _at(self, request: Request, line: Mapping[str, Any]) -> float:
        at = float(line["at"])
        self._latest[request.account] = max(at, self._latest.get(request.account, at))
        return at


def check_seed(wanted: int | None, found: int | None) -> None:
    """Raise `JournalError` for a seed that is not the journal's."""
    if None not in (wanted, found) and wanted != found:
        raise JournalError(f"the journal was begun with the seed {found}, not {wanted}; leave --seed out, or give that")
