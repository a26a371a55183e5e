"""Bodies as Python expressions: short for what repeats itself, and never cut without a word."""

from __future__ import annotations

import base64
import hashlib
import re
import zlib

LONGEST = 16_000
"""Characters of an expression that is written out."""
LONGEST_PACKED = 100_000
"""Characters of one that is packed. A single argument of a command may have 131,072 bytes on Linux."""
KEPT = 1_000
"""Bytes that are left of a body that is too long even then."""

_RUN = re.compile(rb"(.)\1{63}", re.DOTALL)


def expression(body: bytes) -> str | None:
    """Return an expression that gives ``body``, as in ``b'{"prompt": "' + b'a' * 70000 + b'"}'``.

    ``None`` if the shortest that is known is longer than `LONGEST_PACKED`. It prints in one line.
    """
    written = _with_runs(body)
    if len(written) <= LONGEST:
        return written
    packed = base64.b64encode(zlib.compress(body, 9)).decode("ascii")
    if len(packed) <= LONGEST_PACKED:
        return f'__import__("zlib").decompress(__import__("base64").b64decode("{packed}"))'
    return None


def cut(body: bytes) -> tuple[bytes, str]:
    """Return the beginning of a body that is too long, and the words that say so."""
    return body[:KEPT], (
        f"CUT: the body had {len(body):,} bytes (SHA-256 {hashlib.sha256(body).hexdigest()}); "
        f"the first {KEPT:,} stand here, which is another call."
    )


def _with_runs(body: bytes) -> str:
    pieces: list[str] = []
    end = 0
    while run := _RUN.search(body, end):
        if run.start() > end:
            pieces.append(repr(body[end : run.start()]))
        whole = re.compile(re.escape(run[1]) + b"+").match(body, run.end())  # a hundred times faster than \1{63,} is
        stop = whole.end() if whole else run.end()
        pieces.append(f"{run[1]!r} * {stop - run.start()}")
        end = stop
    if end < len(body) or not pieces:
        pieces.append(repr(body[end:]))
    return " + ".join(pieces)
