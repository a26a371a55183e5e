"""What was called and what was answered: one entry a call, bounded in bytes, no token in it."""

from __future__ import annotations

import json
import re
from collections import OrderedDict, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from json.encoder import encode_basestring
from threading import Lock

from schemas.findings import Finding
from schemas.pointers import token

LONGEST_PAYLOAD = 16 * 1024
LONGEST_NAME = 1024
SHORTEST_SECRET = 8
REDACTED = "<token>"
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_ENTRY_BYTES = 600  # what an entry costs beside what a client can make large, about
_TEXT_BYTES = 60
_FINDING_BYTES = 320


@dataclass(slots=True, eq=False)
class Entry:
    """One call, filled in while it is answered; ``at`` (the account's time) and ``wall`` are seconds since 1970.

    ``account`` is a fingerprint, or ``""`` for a call without an accepted token. ``payload`` is cut at
    `LONGEST_PAYLOAD` bytes; ``findings`` and ``unknown`` are what validation said of the whole of it.
    ``token_sent_to_media`` marks a token that was sent where none belongs: to a media URL.
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
    payload: bytes | None = None
    token_sent_to_media: bool = False
    at: float = 0.0
    wall: float = 0.0
    seq: int = 0

    def cut(self) -> None:
        """Bound what a client can make large; only after `redact`, since half a token would not be recognised."""
        if self.payload is not None and len(self.payload) > LONGEST_PAYLOAD:
            self.payload = self.payload[:LONGEST_PAYLOAD]
        if len(self.path) > LONGEST_NAME:
            self.path = self.path[:LONGEST_NAME]
            self.request_id = self.request_id and self.request_id[:LONGEST_NAME]
            self.model_id = self.model_id and self.model_id[:LONGEST_NAME]

    @property
    def size(self) -> int:
        """About how many bytes of memory this entry holds."""
        size = _ENTRY_BYTES + len(self.path) + len(self.request_id or "") + len(self.model_id or "")
        if self.payload is not None:
            size += len(self.payload)
        if self.unknown:
            size += sum(_TEXT_BYTES + len(pointer) for pointer in self.unknown)
        if self.findings:
            size += sum(
                _FINDING_BYTES + len(each.pointer) + len(each.value) + len(each.message) for each in self.findings
            )
        return size


def redact(entry: Entry, secret: str) -> None:
    """Take a token out of an entry, wherever its sender put it: path, ids, payload, or what validation quotes of it.

    A token shorter than `SHORTEST_SECRET` characters is a word that may stand anywhere, and is left.
    """
    if len(secret) < SHORTEST_SECRET:
        return
    if secret in entry.path:
        entry.path = entry.path.replace(secret, REDACTED)
        entry.request_id = entry.request_id and entry.request_id.replace(secret, REDACTED)
        entry.model_id = entry.model_id and entry.model_id.replace(secret, REDACTED)
    if entry.payload is not None:
        found = _redacted_payload(entry.payload, secret)
        if found is not None:
            entry.payload = found
            spellings = (secret, token(secret), encode_basestring(secret)[1:-1])
            entry.unknown = tuple(_without(pointer, spellings) for pointer in entry.unknown)
            entry.findings = tuple(_redacted(finding, spellings) for finding in entry.findings)


def _redacted_payload(payload: bytes, secret: str) -> bytes | None:
    """Return the payload without the secret, or ``None`` if it is not in there; escapes do not hide it."""
    plain = secret.encode("utf-8", "surrogateescape")
    if b"\\" not in payload:  # so it is in most payloads, and there is no other spelling
        return payload.replace(plain, REDACTED.encode()) if plain in payload else None
    escaped = encode_basestring(secret)[1:-1].encode("utf-8", "surrogateescape")
    if _may_hide(payload, secret) and plain in _ESCAPE.sub(_unescaped, payload):
        payload = _written_plainly(payload)
    elif plain not in payload and escaped not in payload:
        return None
    payload = payload.replace(escaped, REDACTED.encode()).replace(plain, REDACTED.encode())
    return REDACTED.encode() if plain in _ESCAPE.sub(_unescaped, payload) else payload


def _may_hide(payload: bytes, secret: str) -> bool:
    """Tell whether escapes could spell the secret; those of other characters are common, and a look costs."""
    return b"\\u00" in payload or b"\\/" in payload or (not secret.isascii() and b"\\u" in payload)


def _written_plainly(payload: bytes) -> bytes:
    """Write JSON anew, without needless escapes; what is no JSON stays."""
    try:
        return json.dumps(json.loads(payload), ensure_ascii=False).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return payload


def _unescaped(match: re.Match[bytes]) -> bytes:
    """Read one escape of a JSON text that is not sound enough for a parser."""
    code = match[1]
    return chr(int(code, 16)).encode("utf-8", "surrogatepass") if code else match[0][1:]


def _redacted(finding: Finding, spellings: Iterable[str]) -> Finding:
    # A value is shortened, and a part of a token is too much of it: the value goes as a whole.
    quoted = any(spelling[:SHORTEST_SECRET] in finding.message for spelling in spellings)
    message = REDACTED if quoted else finding.message
    return replace(finding, value=REDACTED, pointer=_without(finding.pointer, spellings), message=message)


def _without(text: str, spellings: Iterable[str]) -> str:
    for spelling in spellings:
        text = text.replace(spelling, REDACTED)
    return text


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
