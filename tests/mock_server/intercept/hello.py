"""The first message of a TLS client, written by hand: libraries do not ask for a host in junk."""

from __future__ import annotations


def client_hello(name: bytes) -> bytes:
    """Return a record with a ClientHello of TLS 1.2 that asks for the host ``name``."""
    entry = b"\0" + _sized(2, name)
    extensions = (b"\0\0", _sized(2, entry)), (b"\0\x0a", b"\0\2\0\x1d"), (b"\0\x0d", b"\0\4\4\3\x08\4")
    body = b"\3\3" + bytes(32) + b"\0" + _sized(2, b"\xc0\x2b") + b"\1\0"
    body += _sized(2, b"".join(kind + _sized(2, data) for kind, data in extensions))
    return b"\x16\3\1" + _sized(2, b"\1" + _sized(3, body))


def _sized(width: int, data: bytes) -> bytes:
    return len(data).to_bytes(width, "big") + data
