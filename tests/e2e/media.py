"""What a downloaded file must be to be played."""

from __future__ import annotations

import struct


def is_playable_mp4(data: bytes) -> bool:
    """Tell whether top-level boxes fill ``data`` exactly, with the type first, and both the index and the media."""
    kinds: list[bytes] = []
    offset = 0
    while offset + 8 <= len(data):
        size, kind = struct.unpack_from(">I4s", data, offset)
        if size < 8:
            return False
        kinds.append(kind)
        offset += size
    return offset == len(data) and kinds[:1] == [b"ftyp"] and {b"moov", b"mdat"} <= set(kinds)
