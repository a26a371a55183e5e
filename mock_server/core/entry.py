"""One call as the journal has it: what came in, what it met, what went out, and about how much memory that takes."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    `MOST_KEPT` of each; ``omitted`` counts the rest. ``payload_cut`` marks a payload of which a part is missing.
    ``token_sent_to_media`` marks a token that was sent where none belongs: to a media URL.

    ``wall`` is when the call came, ``took`` how many real seconds it took to its end (of one that
    stalls: until nothing more came). ``connection`` numbers the
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
    payload_cut: bool = False
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
