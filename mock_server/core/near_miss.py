"""The call that came closest to what was asked for: most failed expectations are a slip in a word of the question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mock_server.core.entry import Entry
from mock_server.core.question import Criterion
from schemas.findings import cut


def nearest(entries: Iterable[Entry], missed: Sequence[Criterion]) -> tuple[Entry | None, str]:
    """Find the call that meets the most of what was asked but not all, and tell it.

    Of equals it is the one where more is there, if not as it was asked; of equals in that too, the latest.
    """
    best: Entry | None = None
    most = (0, 0)
    for entry in entries:
        lacking = _lacking(entry, missed)
        rank = (-len(lacking), sum(bool(each.is_there(entry)) for each in lacking))
        if lacking and (best is None or rank >= most):
            best, most = entry, rank
    told = ", ".join(f"{each.name}={each.asked}" for each in missed)
    if best is None:
        return None, told
    lacking = _lacking(best, missed)
    told_of = [each for each in lacking if not each.is_own] or lacking
    lacks = ", ".join(f"{each.name} is {each.found(best)}" for each in told_of)
    return best, f"{told}; closest was {short(best)}: {lacks}"


def _lacking(entry: Entry, asked: Sequence[Criterion]) -> list[Criterion]:
    """Return what does not hold; the user's own functions see no entry for which anything else does not."""
    own = [each for each in asked if each.is_own]
    lacks = [each for each in asked if not each.is_own and not each.test(entry)]
    return [*lacks, *own] if lacks else [each for each in own if not each.test(entry)]


def short(entry: Entry) -> str:
    """Tell a call in one line."""
    return f"#{entry.seq} {entry.method} {cut(entry.path)} ({entry.operation}, {entry.http_status or 'no answer'})"
