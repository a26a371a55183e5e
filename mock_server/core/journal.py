"""What was called and what was answered: one entry a call, bounded in bytes, no token in it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace

from schemas.findings import Finding

LONGEST_PAYLOAD = 16 * 1024
SHORTEST_SECRET = 8
REDACTED = "<token>"
_ENTRY_BYTES = 600  # what an entry costs beside its payload, about


@dataclass(slots=True, eq=False)
class Entry:
    """One call. ``at`` is the account's time, ``wall`` the real one, both in seconds since 1970.

    ``account`` is a fingerprint, or ``""`` for a call without an accepted token. ``payload`` is cut at
    `LONGEST_PAYLOAD` bytes; ``findings`` and ``unknown`` are what validation said of the whole of it.
    ``token_sent`` marks a token that was sent where none belongs: to a media URL.
    """

    at: float
    wall: float
    account: str
    operation: str
    method: str
    path: str
    request_id: str | None
    model_id: str | None
    status_before: str | None
    status_after: str | None
    http_status: int
    error_code: int | None
    findings: tuple[Finding, ...]
    unknown: tuple[str, ...]
    payload: bytes | None
    token_sent: bool
    seq: int = 0

    @property
    def size(self) -> int:
        """About how many bytes of memory this entry holds."""
        return _ENTRY_BYTES + len(self.path) + (0 if self.payload is None else len(self.payload))


def redact(entry: Entry, secret: str) -> None:
    """Take a token out of an entry, wherever its sender put it: path, ids, payload, or what validation quotes of it.

    A token shorter than `SHORTEST_SECRET` characters is a word that may stand anywhere, and is left.
    """
    if len(secret) < SHORTEST_SECRET:
        return
    raw = secret.encode("utf-8", "surrogateescape")
    if secret in entry.path:
        entry.path = entry.path.replace(secret, REDACTED)
        entry.request_id = entry.request_id and entry.request_id.replace(secret, REDACTED)
        entry.model_id = entry.model_id and entry.model_id.replace(secret, REDACTED)
    if entry.payload is not None and raw in entry.payload:
        entry.payload = entry.payload.replace(raw, REDACTED.encode())
        entry.unknown = tuple(pointer.replace(secret, REDACTED) for pointer in entry.unknown)
        entry.findings = tuple(_redacted(finding, secret) for finding in entry.findings)


def _redacted(finding: Finding, secret: str) -> Finding:
    # A value is shortened, and a part of a token is too much of it: the value goes as a whole.
    value = REDACTED if secret[:SHORTEST_SECRET] in finding.value else finding.value
    return replace(
        finding,
        value=value,
        pointer=finding.pointer.replace(secret, REDACTED),
        message=finding.message.replace(secret, REDACTED),
    )


class Journal:
    """The latest calls of all accounts, oldest first, in at most ``limit`` bytes; ``evicted`` counts the rest."""

    def __init__(self, limit: int) -> None:
        """Keep at most about ``limit`` bytes, and always the latest entry."""
        self._limit = limit
        self._entries: deque[Entry] = deque()
        self._size = 0
        self._seq = 0
        self.evicted = 0

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        return iter(list(self._entries))

    def append(self, entry: Entry) -> None:
        """Number an entry and keep it, evicting the oldest ones if need be."""
        self._seq += 1
        entry.seq = self._seq
        self._entries.append(entry)
        self._size += entry.size
        while self._size > self._limit and len(self._entries) > 1:
            self._size -= self._entries.popleft().size
            self.evicted += 1

    def of(self, account: str | None) -> list[Entry]:
        """Return the entries of one account (a fingerprint), or all of them for ``None``."""
        return [entry for entry in self if account is None or entry.account == account]

    def forget(self, account: str | None) -> None:
        """Drop the entries of one account, or all of them for ``None``; numbers go on."""
        self._entries = deque(entry for entry in self._entries if account is not None and entry.account != account)
        self._size = sum(entry.size for entry in self._entries)
        if account is None:
            self.evicted = 0
