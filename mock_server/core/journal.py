"""What was called and what was answered: one entry a call, bounded in bytes, no token in it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Sequence
from threading import Lock

from mock_server.core.entry import Entry
from mock_server.core.evictions import Evictions, Loss
from mock_server.core.tally import Tally

Observer = Callable[[Entry, int], None]
"""Is told each entry as it is written down, with its size in bytes, in the thread that made the call and with the
journal locked: it must be quick, must not raise, and must not ask the journal anything."""


class Journal:
    """The latest calls of all accounts, oldest first, in at most ``limit`` bytes; ``evicted`` counts the rest.

    What one account asks for costs what that account has, however much the others wrote.
    """

    def __init__(self, limit: int) -> None:
        """Keep at most about ``limit`` bytes, and always the latest entry."""
        self._limit = limit
        self._entries: OrderedDict[int, Entry] = OrderedDict()  # by number, so that any can be taken out
        self._numbers: dict[str, deque[int]] = {}  # an account's own, oldest first
        self._size = 0
        self._seq = 0
        self._tally = Tally()
        self._evictions = Evictions()
        self._observers: tuple[Observer, ...] = ()
        self._lock = Lock()
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.of(None))

    @property
    def size(self) -> int:
        """About how many bytes of memory the entries hold."""
        return self._size

    def append(self, entry: Entry) -> None:
        """Number an entry and keep it, evicting the oldest ones if need be; then tell the observers."""
        with self._lock:
            self._seq = entry.seq = self._seq + 1
            self._entries[entry.seq] = entry
            numbers = self._numbers.get(entry.account)
            if numbers is None:
                numbers = self._numbers[entry.account] = deque()
            numbers.append(entry.seq)
            self._tally.add(entry)
            size = entry.size
            self._size += size
            while self._size > self._limit and len(self._entries) > 1:
                self._evict()
            for observer in self._observers:
                observer(entry, size)

    def restore(self, entry: Entry) -> None:
        """Keep an entry under the number that it had."""
        last = self._seq
        self._seq = entry.seq - 1
        self.append(entry)
        self._seq = max(last, entry.seq)

    def of(self, account: str | None) -> list[Entry]:
        """Return the entries of one account (a fingerprint), or all of them for ``None``."""
        with self._lock:
            return self._of(account)

    def whole(self, account: str | None) -> tuple[list[Entry], Sequence[Loss]]:
        """Return what `of` does, and what is missing of it."""
        with self._lock:
            return self._of(account), self._evictions.losses(account)

    def after(self, account: str | None, number: int, most: int, most_bytes: int) -> tuple[list[Entry], Sequence[Loss]]:
        """Return the first entries above a number, and what is missing of those above it.

        They are at most ``most``, and no more than the first of them goes past ``most_bytes`` together.
        """
        with self._lock:
            newest = reversed(self._entries if account is None else self._numbers.get(account, ()))
            later: deque[int] = deque(maxlen=most)  # the oldest of them: what was put in first falls out
            for each in newest:
                if each <= number:
                    break
                later.append(each)
            found: list[Entry] = []
            for each in reversed(later):
                entry = self._entries[each]
                most_bytes -= entry.size
                if found and most_bytes < 0:
                    break
                found.append(entry)
            return found, self._evictions.losses(account, number)

    def tally(self, account: str | None) -> tuple[Tally, int, int]:
        """Tell what all calls since the start (or the last `forget`) amount to, how many are kept, how many evicted.

        No count goes down by eviction. Those of one account begin anew where too many others
        were evicted since.
        """
        with self._lock:
            if account is None:
                return self._tally.copy(), len(self._entries), self.evicted
            tally = self._evictions.tally(account)
            kept = self._of(account)
            evicted = tally.total
        for entry in kept:
            tally.add(entry)
        return tally, len(kept), evicted

    def forget(self, account: str | None) -> None:
        """Drop the entries of one account, or all of them for ``None``, and what was counted; numbers go on."""
        with self._lock:
            if account is None:
                self._entries.clear()
                self._numbers.clear()
                self._size = self.evicted = 0
                self._tally = Tally()
                self._evictions = Evictions()
                return
            self._evictions.forget(account)
            for number in self._numbers.pop(account, ()):
                self._size -= self._entries.pop(number).size

    def observe(self, observer: Observer) -> int:
        """Tell ``observer`` every entry from now on; return the number of the latest one before."""
        with self._lock:
            self._observers = (*self._observers, observer)
            return self._seq

    def dismiss(self, observer: Observer) -> None:
        """Tell ``observer`` nothing more."""
        with self._lock:
            self._observers = tuple(each for each in self._observers if each != observer)

    def _of(self, account: str | None) -> list[Entry]:
        if account is None:
            return list(self._entries.values())
        return [self._entries[number] for number in self._numbers.get(account, ())]

    def _evict(self) -> None:
        _, oldest = self._entries.popitem(last=False)
        self._size -= oldest.size
        self.evicted += 1
        self._evictions.add(oldest)
        numbers = self._numbers[oldest.account]
        numbers.popleft()
        if not numbers:
            del self._numbers[oldest.account]
