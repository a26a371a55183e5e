"""What a journal let go for want of room, by account, so that a quiet account is not blamed for a loud one's."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field

from mock_server.core.entry import Entry
from mock_server.core.tally import Tally

MOST_NAMED = 4000
"""How many accounts are told apart. Those that fell out of that number are known together, and each only roughly."""

_BITS = 19


@dataclass(frozen=True, slots=True)
class Loss:
    """``count`` entries of one account are gone, the latest of them with the number ``last``.

    ``account`` is ``None`` for those of accounts that are no longer told apart: any of them, or none, may be meant.
    """

    account: str | None
    count: int
    last: int


@dataclass(slots=True, eq=False)
class _Gone:
    tally: Tally = field(default_factory=Tally)
    last: int = 0


class Evictions:
    """Counts what is evicted. For whoever holds the journal's lock."""

    def __init__(self) -> None:
        """Start with nothing evicted."""
        self._gone: OrderedDict[str, _Gone] = OrderedDict()
        self._faded = bytearray((1 << _BITS) // 8)  # a Bloom filter of the names that are not told apart any more
        self._faded_loss = Loss(None, 0, 0)

    def add(self, entry: Entry) -> None:
        """Count one entry that is gone."""
        gone = self._gone.get(entry.account)
        if gone is None:
            gone = self._named(entry.account)
        gone.tally.add(entry)
        gone.last = entry.seq

    def losses(self, account: str | None, after: int = 0) -> Sequence[Loss]:
        """Tell what is gone with a number above ``after``, of one account or of all for ``None``.

        An account that may be among those no longer told apart has their loss for its own: rather an error too many
        than a call that nobody misses.
        """
        if account is None:
            found = [Loss(name, gone.tally.total, gone.last) for name, gone in self._gone.items()]
            found.append(self._faded_loss)
        elif account in self._gone:
            gone = self._gone[account]
            found = [Loss(account, gone.tally.total, gone.last)]
        else:
            found = [self._faded_loss] if self._is_faded(account) else []
        return tuple(loss for loss in found if loss.count and loss.last > after)

    def tally(self, account: str) -> Tally:
        """Return what the evicted entries of one account amount to, as a copy."""
        gone = self._gone.get(account)
        return Tally() if gone is None else gone.tally.copy()

    def forget(self, account: str) -> None:
        """Begin to count one account anew."""
        self._gone.pop(account, None)
        if self._is_faded(account):  # named again, it has lost nothing
            self._named(account)

    def _named(self, account: str) -> _Gone:
        if len(self._gone) >= MOST_NAMED:
            name, gone = self._gone.popitem(last=False)
            faded = self._faded_loss
            self._faded_loss = Loss(None, faded.count + gone.tally.total, max(faded.last, gone.last))
            for bit in _bits(name):
                self._faded[bit >> 3] |= 1 << (bit & 7)
        new = self._gone[account] = _Gone()
        return new

    def _is_faded(self, account: str) -> bool:
        return bool(self._faded_loss.count) and all(self._faded[bit >> 3] & (1 << (bit & 7)) for bit in _bits(account))


def _bits(name: str) -> list[int]:
    digest = hash(name)
    return [(digest >> shift) & ((1 << _BITS) - 1) for shift in (0, _BITS, 2 * _BITS)]
