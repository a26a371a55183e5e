"""How a request lives, told a second time: an oracle for the harness that shares nothing with the fake.

Two views of the same facts. `FOLLOWS` and its companions say what may be seen after what, of any server, whatever its
pace (ledger: ``status.words``, ``result.words``, ``cancel.outcome``). `Timetable` says what is to be seen when, of a
server whose pace is known: it plays the whole history again for every question, the slow and plain way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Word(StrEnum):
    """What the status answer can say."""

    QUEUED = "in_queue"
    RUNNING = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"


OVER = frozenset({Word.COMPLETED, Word.CANCELLED})

FOLLOWS: Mapping[Word, frozenset[Word]] = {
    Word.QUEUED: frozenset(Word),
    Word.RUNNING: frozenset({Word.RUNNING, Word.COMPLETED}),
    Word.COMPLETED: frozenset({Word.COMPLETED}),
    Word.CANCELLED: frozenset({Word.CANCELLED}),
}
"""What a later look may find, after each word; states between two looks may have been missed."""

MEANS: Mapping[str, Word] = {
    "in_queue": Word.QUEUED,
    "in_progress": Word.RUNNING,
    "succeeded": Word.COMPLETED,
    "completed": Word.COMPLETED,
    "failed": Word.COMPLETED,
    "cancelled": Word.CANCELLED,
}
"""What each word of the result answer says in the words of the status answer. Ledger: ``result.failed``."""

CANCELLED, NOT_CANCELLABLE = "cancelled", "not_cancellable"


@dataclass(slots=True)
class Job:
    """One submit of a `Timetable`. Times are in seconds on the account's clock."""

    submitted_at: float
    cancelled_at: float | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What a look must find: a word and, while queued, how many of the account's requests are ahead in line."""

    word: Word
    ahead: int | None


@dataclass(slots=True)
class Timetable:
    """The requests of one account: queued for ``queue`` seconds at least, running for ``run``, ``slots`` at once.

    Whoever has waited long enough starts as soon as a slot is free, the earlier submit first. At one moment ends come
    before starts, and what the account does comes after both.
    """

    queue: float
    run: float
    slots: int | None = None
    now: float = 0.0
    jobs: list[Job] = field(default_factory=list)

    def submit(self) -> int:
        """Take in a request; return its index."""
        self.jobs.append(Job(self.now))
        return len(self.jobs) - 1

    def cancel(self, index: int) -> str:
        """Cancel a request if it can be; return the outcome that must be told."""
        match self.look(index).word:
            case Word.QUEUED:
                self.jobs[index].cancelled_at = self.now
                return CANCELLED
            case Word.CANCELLED:
                return CANCELLED
            case Word.RUNNING | Word.COMPLETED:
                return NOT_CANCELLABLE

    def look(self, index: int) -> Expected:
        """Say what a read at this moment must find."""
        started = self._starts()
        words = [self._word(job, start) for job, start in zip(self.jobs, started, strict=True)]
        ahead = sum(word is Word.QUEUED for word in words[:index])
        return Expected(words[index], ahead if words[index] is Word.QUEUED else None)

    def _word(self, job: Job, start: float | None) -> Word:
        if job.cancelled_at is not None:
            return Word.CANCELLED
        if start is None:
            return Word.QUEUED
        return Word.COMPLETED if start + self.run <= self.now else Word.RUNNING

    def _starts(self) -> list[float | None]:
        """Work out when each request started, from the beginning up to now. One that was cancelled never did."""
        starts: list[float | None] = [None] * len(self.jobs)
        readies = {job.submitted_at + self.queue for job in self.jobs}
        moments = sorted(moment for moment in readies if moment <= self.now)
        while moments:
            moment = moments.pop(0)
            for index, job in enumerate(self.jobs):
                is_ready = job.cancelled_at is None and job.submitted_at + self.queue <= moment
                if is_ready and starts[index] is None and self._has_room(starts, moment):
                    starts[index] = moment
                    if moment < moment + self.run <= self.now:
                        moments = sorted({*moments, moment + self.run})
        return starts

    def _has_room(self, starts: list[float | None], moment: float) -> bool:
        running = sum(start is not None and start + self.run > moment for start in starts)
        return self.slots is None or running < self.slots
