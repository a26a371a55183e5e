"""No token in the journal, wherever its sender put it: path, ids, payload, or what validation quotes of these."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from json.encoder import encode_basestring

from mock_server.core.entry import LONGEST_PAYLOAD, Entry
from schemas.findings import Finding
from schemas.pointers import token

SHORTEST_SECRET = 8
"""A token shorter than that many characters is a word that may stand anywhere, and is left."""

REDACTED = "<token>"
_CARRIERS = frozenset({b"authorization", b"proxy-authorization", b"x-control-token"})
_PLAIN = re.compile(rb"[A-Za-z]{1,7} ([A-Za-z0-9._~+/=-]{8,})")
_MARK = REDACTED.encode()
_ESCAPE = re.compile(rb"\\(?:u([0-9a-fA-F]{4})|.)", re.DOTALL)
_LONGEST_ESCAPE = 6  # bytes: \u0041


def is_carrier(name: bytes) -> bool:
    """Tell whether a header (its name in lower case) carries a token."""
    return name in _CARRIERS


def secrets(header: bytes) -> list[str]:
    """Return what may be a token in a header such as ``Authorization``, however it was put there.

    That is all behind the scheme, and each word of it; as UTF-8 and as Latin-1, where these differ.
    """
    plain = _PLAIN.fullmatch(header)
    if plain is not None:  # as it is due, and as it nearly always comes
        return [plain[1].decode()]
    words = {word.strip(b"\"',;") for word in (header.partition(b" ")[2].strip(), *header.split())}
    found: list[str] = []
    for word in words:
        if len(word) >= SHORTEST_SECRET:
            found += [word.decode()] if word.isascii() else _decoded(word)
    return found


def _decoded(word: bytes) -> list[str]:
    return [word.decode("utf-8", "surrogateescape"), word.decode("latin-1")]


def redact(entry: Entry, found: Sequence[str]) -> None:
    """Take what `secrets` found out of an entry, and cut its payload to `LONGEST_PAYLOAD` bytes."""
    if len(found) > 1:  # the longest first: one may be a part of another, of which the rest would stay
        found = sorted(found, key=len, reverse=True)
    if entry.payload is not None:
        entry.payload_cut = len(entry.payload) > LONGEST_PAYLOAD
        entry.payload = _redacted_payload(entry.payload, found)
    for secret in found:
        if entry.rule is not None and secret in entry.rule:
            entry.rule = entry.rule.replace(secret, REDACTED)
        if secret in entry.path:
            entry.path = entry.path.replace(secret, REDACTED)
            entry.request_id = entry.request_id and entry.request_id.replace(secret, REDACTED)
            entry.model_id = entry.model_id and entry.model_id.replace(secret, REDACTED)
        if entry.unknown or entry.findings:
            spellings = (secret, token(secret), encode_basestring(secret)[1:-1])
            entry.unknown = tuple(_without(pointer, spellings) for pointer in entry.unknown)
            entry.findings = tuple(_redacted(finding, spellings) for finding in entry.findings)


def without(payload: bytes, found: Sequence[str]) -> bytes:
    """Return a payload without what `secrets` found, whole; as ``{}`` where it could not be taken out of it."""
    for secret in sorted(found, key=len, reverse=True):
        payload = _without_secret(payload, secret)
    return b"{}" if payload == _MARK else payload


def _redacted_payload(payload: bytes, found: Sequence[str]) -> bytes:
    """Return the payload without the secrets, cut; of a long one no more than its beginning is looked at."""
    if len(payload) <= LONGEST_PAYLOAD:
        for secret in found:
            payload = _without_secret(payload, secret)
        return payload
    margin = _LONGEST_ESCAPE * max((len(_encoded(secret)) for secret in found), default=0)
    payload = payload[: LONGEST_PAYLOAD + margin]
    for secret in found:
        payload = _without_secret(payload, secret)
    if payload == _MARK:
        return payload
    # A secret may have been cut in two at the end; after redaction, it could stand further to the front.
    return payload[: max(0, min(LONGEST_PAYLOAD, len(payload) - margin))]


def _without_secret(payload: bytes, secret: str) -> bytes:
    """Return the payload without one secret; escapes do not hide it."""
    plain = _encoded(secret)
    if b"\\" not in payload:  # so it is in most payloads, and there is no other spelling
        return payload.replace(plain, _MARK)
    escaped = encode_basestring(secret)[1:-1].encode("utf-8", "surrogateescape")
    if _may_hide(payload, secret) and plain in _ESCAPE.sub(_unescaped, payload):
        payload = _written_plainly(payload)
    elif plain not in payload and escaped not in payload:
        return payload
    payload = payload.replace(escaped, _MARK).replace(plain, _MARK)
    return _MARK if plain in _ESCAPE.sub(_unescaped, payload) else payload


def _encoded(secret: str) -> bytes:
    return secret.encode("utf-8", "surrogateescape")


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
    """Take a token out of a finding. Its value and message are shortened: a part of a token is too much of it."""
    parts = [spelling[:SHORTEST_SECRET] for spelling in spellings]
    texts = {
        name: REDACTED
        for name in ("value", "message", "limit")
        if any(part in str(getattr(finding, name)) for part in parts)
    }
    return replace(finding, **texts, pointer=_without(finding.pointer, spellings))


def _without(text: str, spellings: Iterable[str]) -> str:
    for spelling in spellings:
        text = text.replace(spelling, REDACTED)
    return text
