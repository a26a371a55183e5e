"""One who follows the journal from some call on, at the own pace; the journal is the queue, and the lag is bounded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mock_server.core.entry import Entry
from mock_server.core.journal import Journal

MOST_CALLS = 4096
MOST_BYTES = 8 * 1024 * 1024
_PAGE_CALLS = 64
_PAGE_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Page:
    """The calls that come next; ``evicted`` is not 0 where some before them are gone, and how many that are so far."""

    entries: Sequence[Entry]
    evicted: int


class Follower:
    """Follows the calls of one account (a fingerprint), or of all for ``None``.

    It holds no entries: what it has not read yet is in the journal. It is ``lost`` once more than `MOST_CALLS` or
    `MOST_BYTES` of what came since the start wait to be read, and then follows no more. ``wake`` is called in any
    thread, and quick, once there is something to read or all is lost.
    """

    def __init__(self, journal: Journal, account: str | None, after: int | None, wake: Callable[[], None]) -> None:
        """Follow from the first call after that number; ``None``, for those to come.

        A number that was not given yet is one of another journal: what this one has is new then, and all of it follows.
        """
        self._journal = journal
        self._account = account
        self._wake = wake
        self._is_woken = False
        self._came = self._came_bytes = self._read = self._read_bytes = 0
        self._page: Sequence[Entry] = ()
        self.lost = False
        self._start = journal.observe(self._observe)
        self._position = self._start if after is None else after if after <= self._start else 0

    def page(self) -> Page:
        """Return what comes next, nothing if all is read; what the page before had is no longer waited for."""
        for entry in self._page:
            if entry.seq > self._start:
                self._read += 1
                self._read_bytes += entry.size
        self._is_woken = False
        came, came_bytes = self._came, self._came_bytes
        self._page, losses = self._journal.after(self._account, self._position, _PAGE_CALLS, _PAGE_BYTES)
        if losses:
            self._position = max(loss.last for loss in losses)
        if self._page:
            self._position = self._page[-1].seq
        else:  # what was evicted or forgotten meanwhile does not wait to be read
            self._read, self._read_bytes = came, came_bytes
        return Page(self._page, sum(loss.count for loss in losses))

    def end(self) -> None:
        """Follow no more."""
        self._journal.dismiss(self._observe)

    def _observe(self, entry: Entry, size: int) -> None:
        # The two counts that grow here are written by whoever holds the journal's lock, the other two by the reader.
        if self.lost or self._account not in (None, entry.account):
            return
        self._came += 1
        self._came_bytes += size
        if self._came - self._read > MOST_CALLS or self._came_bytes - self._read_bytes > MOST_BYTES:
            self.lost = True
        elif self._is_woken:
            return
        self._is_woken = True
        self._wake()
