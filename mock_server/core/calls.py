"""Calls in the hand of a test: a sequence of the journal's entries that can be asked questions, and be held to answers.

>>> fake.journal.where(operation="submit", payload={"/prompt": "*boat*"}).verify(1)
>>> fake.journal.verify(submit=1, status="2..", cancel=0)
>>> fake.journal.in_order("submit", "status", "result")
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict, Unpack, overload

from mock_server.core.entry import LONGEST_PAYLOAD, Entry
from mock_server.core.evictions import Loss
from mock_server.core.journal import Journal
from mock_server.core.near_miss import nearest, short
from mock_server.core.question import (
    OPERATIONS,
    Criterion,
    Filters,
    Predicate,
    QuestionError,
    criteria,
    of_predicate,
    one_operation,
)
from mock_server.core.span import Span

MOST_TOLD = 20
"""How many calls an error lists."""


class Counts(TypedDict, total=False):
    """How often each operation is expected: ``2`` exactly, ``"2.."``, ``"..3"``, ``"1..3"``."""

    submit: int | str
    status: int | str
    result: int | str
    cancel: int | str
    list: int | str
    categories: int | str
    model: int | str
    media: int | str
    unknown: int | str


class VerificationError(AssertionError):
    """The calls are not what was expected; ``closest`` is the call that came nearest to it, if there is one."""

    def __init__(self, message: str, closest: Entry | None = None) -> None:
        """Say what was expected and what was found."""
        super().__init__(message)
        self.closest = closest


class IncompleteJournalError(RuntimeError):
    """The journal has not kept enough to tell. That is no `AssertionError`: nothing was found to be wrong, or right."""


class Calls(Sequence[Entry]):
    """Some calls of the journal as they were when it was asked, the oldest first.

    It equals the list of its entries. `where` narrows it; `count`, `verify` and `in_order` raise
    `IncompleteJournalError` where a part of what they are asked about is gone.
    """

    __slots__ = ("_asked", "_cut", "_entries", "_losses", "_origin")

    def __init__(self, entries: Iterable[Entry], losses: Iterable[Loss] = ()) -> None:
        """Take entries, and what is missing of them."""
        self._entries: Sequence[Entry] = tuple(entries)
        self._losses = tuple(losses)
        self._origin: Sequence[Entry] = self._entries  # before any question
        self._asked: tuple[Criterion, ...] = ()
        self._cut: tuple[Entry, ...] = ()  # those that a question about payloads could not judge

    @classmethod
    def of(cls, journal: Journal, account: str | None) -> Calls:
        """Take the calls of one account (a fingerprint) out of a journal, or all of them for ``None``."""
        return cls(*journal.whole(account))

    # -- a sequence

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> Calls: ...
    def __getitem__(self, index: int | slice) -> Entry | Calls:
        if isinstance(index, slice):
            return self._with(self._entries[index], self._losses, self._origin, self._asked, self._cut)
        return self._entries[index]

    def __len__(self) -> int:
        return len(self._entries)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Calls):
            return self._entries == other._entries
        return list(self._entries) == other if isinstance(other, list) else NotImplemented

    __hash__ = None  # type: ignore[assignment]  # equal to a list, which has none either

    def __repr__(self) -> str:
        return f"Calls({list(self._entries)!r})"

    @property
    def evicted(self) -> int:
        """How many calls that may belong here are gone: the journal is bounded by ``--journal-bytes``."""
        return sum(loss.count for loss in self._losses)

    # -- questions

    def where(self, predicate: Predicate | None = None, /, **filters: Unpack[Filters]) -> Calls:
        """Return the calls for which all of it holds: `Filters` by name, and a function of an entry.

        Raises `QuestionError`, a ``ValueError``, for a filter that there is not and for a value that it cannot have.
        """
        asked = criteria(filters)
        cheap = [each for each in asked if not each.reads_payload]
        dear = [each for each in asked if each.reads_payload]
        own = [] if predicate is None else [of_predicate(predicate)]
        entries: list[Entry] = []
        undecided = [entry for entry in self._cut if _meets(entry, cheap)]
        for entry in self._entries:
            if _meets(entry, cheap):
                if dear and entry.payload_cut:
                    undecided.append(entry)
                elif _meets(entry, dear) and _meets(entry, own):
                    entries.append(entry)
        after = filters.get("after", 0)
        origin = [entry for entry in self._origin if entry.seq > after] if after else self._origin
        losses = _narrowed(self._losses, filters)
        return self._with(entries, losses, origin, (*self._asked, *asked, *own), undecided)

    def count(self, value: Any = None, **filters: Unpack[Filters]) -> int:
        """Count the calls for which `where` would hold, all of them without a question.

        An entry for ``value`` is counted as in any sequence. Raises as `where` does, and `IncompleteJournalError`.
        """
        if isinstance(value, Entry):
            return self._entries.count(value)
        if value is not None or filters:
            return self.where(value, **filters).count()
        self._check_whole()
        return len(self)

    def verify(self, expected: int | str | None = None, /, **counts: Unpack[Counts]) -> None:
        """Hold the number of calls to what is expected: of all these calls, or of operations by their names.

        ``2`` means exactly, ``"2.."`` two or more, ``"..3"`` at most three, ``"1..3"`` from one to three. Raises
        `VerificationError` if it is another, `IncompleteJournalError`, and `QuestionError` for what cannot be.
        """
        if (expected is None) == (not counts):
            raise QuestionError("verify", 'expected is one number for all, or one by operation: verify(submit="1..")')
        if expected is not None:
            spans = {"": _span("verify", expected)}
        else:
            spans = {one_operation(name): _span(name, wanted) for name, wanted in counts.items()}
        self._check_whole()
        found = {name: [entry for entry in self._entries if name in ("", entry.operation)] for name in spans}
        wrong = [name for name, span in spans.items() if len(found[name]) not in span]
        if wrong:
            first = next((name for name in wrong if len(found[name]) < spans[name].least), None)
            self._fail(
                "expected " + ", ".join(f"{_named(name)}{spans[name]}" for name in wrong),
                "found " + ", ".join(f"{_named(name)}{len(found[name])}" for name in wrong),
                (*self._asked, *_operation(first)) if first is not None else None,
            )

    def in_order(self, *operations: str) -> None:
        """Find these operations in this order; other calls may stand between. Raises as `verify` does."""
        if not operations:
            raise QuestionError("in_order", f"no operation is given; known are {', '.join(OPERATIONS)}")
        wanted = [one_operation(name) for name in operations]
        self._check_whole()
        reached: list[Entry] = []
        instead: list[Entry] = []
        for entry in self._entries:
            if len(reached) == len(wanted):
                return
            if entry.operation == wanted[len(reached)]:
                reached.append(entry)
                instead = []
            else:
                instead.append(entry)
        if len(reached) == len(wanted):
            return
        step = len(reached)
        before = "" if not reached else f" after {short(reached[-1])}"
        came = ", ".join(f"#{entry.seq} {entry.operation}" for entry in instead[:MOST_TOLD]) or "nothing"
        self._fail(
            f"expected {', '.join(wanted)} in this order",
            f"step {step + 1} of {len(wanted)}, {wanted[step]}, is missing{before}; instead came {came}",
            None,
            next(iter(instead), None),
        )

    # -- inside

    def _with(
        self,
        entries: Iterable[Entry],
        losses: Iterable[Loss],
        origin: Sequence[Entry],
        asked: Iterable[Criterion],
        undecided: Iterable[Entry],
    ) -> Calls:
        calls = Calls(entries, losses)
        calls._origin, calls._asked, calls._cut = origin, tuple(asked), tuple(undecided)
        return calls

    def _check_whole(self) -> None:
        if self._losses:
            raise IncompleteJournalError(
                f"{self.evicted} earlier calls that may belong here were evicted from the journal, so that there is no "
                "telling; --journal-bytes (journal_bytes in Python) makes it larger, a reset or where(after=…) begins "
                "behind them"
            )
        if self._cut:
            raise IncompleteJournalError(
                f"the payload of {short(self._cut[0])}"
                + (f" and {len(self._cut) - 1} more" if len(self._cut) > 1 else "")
                + f" is cut at {LONGEST_PAYLOAD} bytes in the journal, so that there is no telling what it had"
            )

    def _fail(
        self, expected: str, found: str, missed: Sequence[Criterion] | None, closest: Entry | None = None
    ) -> None:
        lines = [expected + _asked(self._asked), found]
        if missed:
            closest, told = nearest(self._origin, missed)
            lines.append(f"no {'other ' if self._entries else ''}call matched {told}")
        listed = self._entries or self._origin
        if listed:
            lines.append("the calls found:" if self._entries else "the calls there are:")
            lines += [f"  {short(entry)}" for entry in listed[-MOST_TOLD:]]
            if len(listed) > MOST_TOLD:
                lines[-MOST_TOLD:-MOST_TOLD] = [f"  … {len(listed) - MOST_TOLD} earlier ones"]
        else:
            lines.append("there are no calls")
        raise VerificationError("\n".join(lines), closest)


def _meets(entry: Entry, asked: Iterable[Criterion]) -> bool:
    return all(each.test(entry) for each in asked)


def _narrowed(losses: Sequence[Loss], filters: Filters) -> Sequence[Loss]:
    """Leave out the losses that filters are not about: of other accounts, and from before."""
    if "account" in filters and losses:
        (account,) = criteria({"account": filters["account"]})
        losses = [loss for loss in losses if loss.account is None or account.test(Entry("", "", account=loss.account))]
    return [loss for loss in losses if loss.last > filters.get("after", 0)]


def _operation(name: str) -> list[Criterion]:
    return criteria({"operation": name}) if name else []


def _named(name: str) -> str:
    return f"{name}: " if name else ""


def _asked(asked: Sequence[Criterion]) -> str:
    return " of the calls with " + ", ".join(f"{each.name}={each.asked}" for each in asked) if asked else ""


def _span(place: str, value: object) -> Span:
    try:
        return Span.parse(value)
    except ValueError as error:
        raise QuestionError(place, str(error)) from None
