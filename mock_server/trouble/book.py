"""The rules that are in force, and how often each was met: for one account each, and for all of them.

An account's own rules come before those of all accounts; within each, those added first. The first rule that has an
answer for a call fires, and no other. Every account counts for itself.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from threading import RLock
from typing import Any

from mock_server.core.errors import Conflict, ResourceNotFound
from mock_server.core.keeper import Keeper
from mock_server.trouble.call import Call, Operation
from mock_server.trouble.gates import Gates
from mock_server.trouble.rule import Answer, Rule

MOST_RULES = 1000
_MOST_COUNTERS = 20_000
_MOST_SHELVES = 4096
_LONGEST_MODEL = 256  # characters of a name that a shelf is kept for: those that callers make up may be vast
_SLACK = 64


@dataclass(frozen=True, slots=True)
class Standing:
    """A rule in force. ``owner`` is the account that has it, ``None`` for all; a reset leaves ``lasting`` ones."""

    rule_id: str
    rule: Rule
    owner: str | None = None
    lasting: bool = False


@dataclass(slots=True)
class Count:
    """How often a rule's match held for one account, and how often something came of it."""

    met: int = 0
    fired: int = 0


_NONE = Count()


@dataclass(frozen=True, slots=True)
class Fired:
    """A rule that fires: what happens, and how many calls it was met by before this one."""

    standing: Standing
    answer: Answer
    before: int


@dataclass(frozen=True, slots=True)
class _Shelf:
    """The rules for one operation and model, and the gates before them."""

    standing: Sequence[Standing]
    gates: Gates


_Counts = dict[str, Count]
"""The counts of one account, by rule; those of rules that are gone may be among them for a while."""


class RuleBook:
    """All rules of one fake. Every method may be called from any thread."""

    def __init__(self, lock: AbstractContextManager[Any] | None = None) -> None:
        """Start without rules, and with nobody who keeps them.

        Rules ask for the state of requests: whoever keeps these under a lock gives that one, which can be taken twice.
        """
        self.keeper = Keeper()
        self._standing: dict[str, Standing] = {}
        self._counters: OrderedDict[str, _Counts] = OrderedDict()
        self._totals: _Counts = {}
        self._shelves: dict[tuple[str | None, Operation, str | None], _Shelf | None] = {}
        self._owners: frozenset[str] = frozenset()
        self._added = {True: 0, False: 0}
        self._lock = lock or RLock()

    def __len__(self) -> int:
        return len(self._standing)

    def __bool__(self) -> bool:
        """Tell whether there is any rule."""
        return bool(self._standing)

    def add(self, rules: Iterable[Rule], owner: str | None = None, *, lasting: bool = False) -> list[Standing]:
        """Put rules in force, all or none. Raises `Conflict` where an owner would have more than `MOST_RULES`."""
        with self._lock:
            new = list(rules)
            if len(new) + sum(each.owner == owner for each in self._standing.values()) > MOST_RULES:
                raise Conflict(f"{MOST_RULES} rules are the most that an account can have, and that all can share")
            added: list[Standing] = []
            for rule in new:
                self._added[lasting] += 1
                rule_id = f"{'s' if lasting else 'r'}{self._added[lasting]}"
                named = rule if rule.name else replace(rule, name=rule_id)
                added.append(Standing(rule_id, named, owner, lasting))
            self._put(added)
            if added and not lasting:
                self.keeper.rules_added((each.rule_id, each.owner, each.rule) for each in added)
            return added

    def restore(self, standing: Standing) -> None:
        """Put a rule in force under the id that it had."""
        with self._lock:
            self._added[False] = max(self._added[False], int(standing.rule_id[1:]))
            self._put([standing])

    def drop(self, rule_id: str, *, lasting: bool) -> None:
        """Take a rule away that may be gone; one that lasts only if that is meant."""
        with self._lock:
            found = self._standing.get(rule_id)
            if found is not None and (lasting or not found.lasting):
                self._take([rule_id])

    def is_lasting(self, rule_id: str) -> bool:
        """Tell whether a rule came with the settings, by its id."""
        return rule_id.startswith("s")

    def remove(self, rule_id: str, owner: str | None) -> None:
        """Take one rule away. Raises `ResourceNotFound`, and `Conflict` where an account may not."""
        with self._lock:
            found = self._standing.get(rule_id)
            if found is None or (owner is not None and found.owner not in (None, owner)):
                raise ResourceNotFound(f"unknown rule {rule_id[:100]!r}; GET /__mock__/rules lists those there are")
            if owner is not None and found.owner is None:
                raise Conflict(f"the rule {rule_id} is for all accounts; a call without a token removes it")
            self._take([rule_id])
            self.keeper.rules_removed([rule_id])

    def clear(self, owner: str | None) -> int:
        """Take away all rules of an account, or (``None``) all there are; return how many."""
        with self._lock:
            gone = [each.rule_id for each in self._standing.values() if owner in (None, each.owner)]
            self._take(gone)
            self.keeper.rules_removed(gone)
            return len(gone)

    def reset(self, account: str | None) -> None:
        """Forget an account's rules and counts, or everything but the rules that last."""
        with self._lock:
            gone = [
                each.rule_id for each in self._standing.values() if not each.lasting and account in (None, each.owner)
            ]
            self._take(gone)
            if account is None:
                self._counters.clear()
                self._totals.clear()
                self._added[False] = 0
                return
            for name in [name for name in self._counters if name.partition(":")[0] == account]:
                for rule_id, count in self._counters.pop(name).items():
                    self._add_up(rule_id, -count.met, -count.fired)

    def listed(self, account: str | None) -> list[tuple[Standing, Count]]:
        """Return the rules that are in force for an account, or all, with their counts: its own, or everyone's."""
        with self._lock:
            shown = [each for each in self._standing.values() if account is None or each.owner in (None, account)]
            counts = self._totals if account is None else self._counters.get(account, {})
            return [(each, replace(counts.get(each.rule_id, _NONE))) for each in shown]

    def decide(self, call: Call) -> Fired | None:
        """Find what happens to a call, and count it."""
        with self._lock:
            shelf = self._shelf(call)
            if shelf is None:
                return None
            for place in shelf.gates.through(call):
                fired = self._try(shelf.standing[place], call, call.account)
                if fired is not None:
                    return fired
            return None

    def decide_among(self, standing: Iterable[Standing], call: Call, counter: str) -> Fired | None:
        """Do the same with other rules, which count under the name ``counter`` (``account:…``)."""
        with self._lock:
            for each in standing:
                if call.operation in each.rule.match.operation:
                    fired = self._try(each, call, counter)
                    if fired is not None:
                        return fired
            return None

    def recall(self, rule_id: str, counter: str, count: Count) -> None:
        """Set a count to what it was."""
        with self._lock:
            counts = self._counters_of(counter)
            before = counts.get(rule_id, _NONE)
            counts[rule_id] = count
            self._add_up(rule_id, count.met - before.met, count.fired - before.fired)

    # -- inside

    def _try(self, standing: Standing, call: Call, counter: str) -> Fired | None:
        rule = standing.rule
        if not rule.match.fits(call):
            return None
        known = self._counters.get(counter)
        count = None if known is None else known.get(standing.rule_id)
        before = 0 if count is None else count.met
        if rule.is_over(before):
            return None
        answer = rule.answer(before)
        if answer is not None and not all(effect.applies(call) for effect in answer):
            return None
        if count is None:
            count = self._counters_of(counter)[standing.rule_id] = Count()
        count.met += 1
        count.fired += answer is not None
        self._add_up(standing.rule_id, 1, int(answer is not None))
        self.keeper.rule_counted(standing.rule_id, counter, count.met, count.fired)
        return None if answer is None else Fired(standing, answer, before)

    def _add_up(self, rule_id: str, met: int, fired: int) -> None:
        total = self._totals.get(rule_id)
        if total is None:
            total = self._totals[rule_id] = Count()
        total.met += met
        total.fired += fired

    def _counters_of(self, counter: str) -> _Counts:
        found = self._counters.get(counter)
        if found is None:
            if len(self._counters) >= _MOST_COUNTERS:
                self._counters.popitem(last=False)
            found = self._counters[counter] = {}
        elif len(found) > 2 * len(self._standing) + _SLACK:  # most of them are of rules that are gone
            for rule_id in [rule_id for rule_id in found if rule_id[0] in "rs" and rule_id not in self._standing]:
                del found[rule_id]
        return found

    def _shelf(self, call: Call) -> _Shelf | None:
        owner = call.account if call.account in self._owners else None
        key = (owner, call.operation, call.model_id)
        try:
            return self._shelves[key]
        except KeyError:
            if len(self._shelves) >= _MOST_SHELVES:
                self._shelves.clear()
            found = self._build_shelf(owner, call)
            if call.model_id is None or len(call.model_id) <= _LONGEST_MODEL:
                self._shelves[key] = found
            return found

    def _build_shelf(self, owner: str | None, call: Call) -> _Shelf | None:
        meant = [
            each
            for each in self._standing.values()
            if each.owner in (None, owner)
            and call.operation in each.rule.match.operation
            and each.rule.match.model_fits(call.model_id)
        ]
        if not meant:
            return None
        meant.sort(key=lambda each: each.owner is None)
        return _Shelf(meant, Gates([each.rule.match for each in meant]))

    def _put(self, added: Iterable[Standing]) -> None:
        self._standing |= {each.rule_id: each for each in added}
        self._changed()

    def _take(self, gone: Iterable[str]) -> None:
        for rule_id in gone:
            del self._standing[rule_id]
            self._totals.pop(rule_id, None)
        self._changed()

    def _changed(self) -> None:
        self._shelves.clear()
        self._owners = frozenset(each.owner for each in self._standing.values() if each.owner is not None)
