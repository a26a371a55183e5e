"""What was called and what was answered: one entry a call, bounded in bytes, no token in it."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from threading import Lock

from schemas.findings import Finding

LONGEST_PAYLOAD = 16 * 1024
LONGEST_NAME = 1024
MOST_KEPT = 100
_ENTRY_BYTES = 600  # what an entry costs beside what a client can make large, about
_TEXT_BYTES = 60
_FINDING_BYTES = 320


@dataclass(slots=True, eq=False)
class Entry:
    """One call, filled in while it is answered; ``at`` (the account's time) and ``wall`` are seconds since 1970.

    ``account`` is a fingerprint, or ``""`` for a call without an accepted token. ``payload`` is cut at
    `LONGEST_PAYLOAD` bytes; ``findings`` and ``unknown`` are what validation said of the whole of it, the first
    `MOST_KEPT` of each; ``omitted`` counts the rest.
    ``token_sent_to_media`` marks a token that was sent where none belongs: to a media URL.

    ``wall`` is when the call came, ``took`` how many real seconds it took to its end. ``connection`` numbers the
    connection it came on (0 in process), ``call`` its place among the calls there. ``rule`` is the name of the rule
    that fired (its id if it has none), ``effects`` what it had happen; ``http_status`` is 0 where no status line was
    sent.
    """

    method: str
    path: str
    operation: str = "unknown"
    account: str = ""
    request_id: str | None = None
    model_id: str | None = None
    status_before: str | None = None
    status_after: str | None = None
    http_status: int = 0
    error_code: int | None = None
    findings: tuple[Finding, ...] = ()
    unknown: tuple[str, ...] = ()
    omitted: int = 0
    payload: bytes | None = None
    token_sent_to_media: bool = False
    at: float = 0.0
    wall: float = 0.0
    took: float = 0.0
    connection: int = 0
    call: int = 0
    rule: str | None = None
    effects: tuple[str, ...] = ()
    seq: int = 0

    def cut(self) -> None:
        """Bound what a client can make large; only after redaction, since half a token would not be recognised."""
        if len(self.path) > LONGEST_NAME:
            self.path = self.path[:LONGEST_NAME]
            self.request_id = self.request_id and self.request_id[:LONGEST_NAME]
            self.model_id = self.model_id and self.model_id[:LONGEST_NAME]
        if self.findings or self.unknown:
            self.omitted = max(0, len(self.findings) - MOST_KEPT) + max(0, len(self.unknown) - MOST_KEPT)
            self.findings = tuple(
                replace(each, pointer=each.pointer[:LONGEST_NAME], message=each.message[:LONGEST_NAME])
                for each in self.findings[:MOST_KEPT]
            )
            self.unknown = tuple(pointer[:LONGEST_NAME] for pointer in self.unknown[:MOST_KEPT])

    @property
    def size(self) -> int:
        """About how many bytes of memory this entry holds."""
        size = _ENTRY_BYTES + _bytes(self.path) + len(self.request_id or "") + len(self.model_id or "")
        if self.payload is not None:
            size += len(self.payload)
        if self.unknown:
            size += sum(_TEXT_BYTES + _bytes(pointer) for pointer in self.unknown)
        if self.findings:
            size += sum(
                _FINDING_BYTES + _bytes(each.pointer) + _bytes(each.value) + _bytes(each.message)
                for each in self.findings
            )
        return size


def _bytes(text: str) -> int:
    return len(text) if text.isascii() else 4 * len(text)


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
        self._lock = Lock()
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.of(None))

    def append(self, entry: Entry) -> None:
        """Number an entry and keep it, evicting the oldest ones if need be."""
        with self._lock:
            self._seq = entry.seq = self._seq + 1
            self._entries[entry.seq] = entry
            numbers = self._numbers.get(entry.account)
            if numbers is None:
                numbers = self._numbers[entry.account] = deque()
            numbers.append(entry.seq)
            self._size += entry.size
            while self._size > self._limit and len(self._entries) > 1:
                self._evict()

    def of(self, account: str | None) -> list[Entry]:
        """Return the entries of one account (a fingerprint), or all of them for ``None``."""
        with self._lock:
            if account is None:
                return list(self._entries.values())
            return [self._entries[number] for number in self._numbers.get(account, ())]

    def forget(self, account: str | None) -> None:
        """Drop the entries of one account, or all of them for ``None``; numbers go on."""
        with self._lock:
            if account is None:
                self._entries.clear()
                self._numbers.clear()
                self._size = self.evicted = 0
                return
            for number in self._numbers.pop(account, ()):
                self._size -= self._entries.pop(number).size

    def _evict(self) -> None:
        _, oldest = self._entries.popitem(last=False)
        self._size -= oldest.size
        self.evicted += 1
        numbers = self._numbers[oldest.account]
        numbers.popleft()
        if not numbers:
            del self._numbers[oldest.account]
