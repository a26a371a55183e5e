"""How a request lives: a plan made at submit, the moments that came of it, and the status they amount to.

``in_queue`` to ``in_progress`` to ``completed``, or from ``in_queue`` to ``cancelled``; nothing else, never back
(ledger: ``status.words``, ``cancel.outcome``). A failure is a way to be ``completed`` (ledger: ``result.failed``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """The words of the status answer."""

    IN_QUEUE = "in_queue"
    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    CANCELLED = "cancelled"

    @property
    def over(self) -> bool:
        """Whether nothing can change any more."""
        return self is Status.COMPLETED or self is Status.CANCELLED


class Outcome(StrEnum):
    """The words of the cancel answer."""

    CANCELLED = "cancelled"
    NOT_CANCELLABLE = "not_cancellable"


class Move(StrEnum):
    """Where a request can be moved by hand."""

    IN_PROGRESS = "in_progress"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"


MOVES: Mapping[Status, tuple[Move, ...]] = {
    Status.IN_QUEUE: tuple(Move),
    Status.IN_PROGRESS: (Move.COMPLETED, Move.FAILED),
    Status.COMPLETED: (),
    Status.CANCELLED: (),
}


@dataclass(frozen=True, slots=True)
class Seconds:
    """Wait that many seconds of the account's clock."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Reads:
    """Wait until the request was read (status or result) that many times in this state."""

    count: int


@dataclass(frozen=True, slots=True)
class Held:
    """Wait until moved by hand."""


Wait = Seconds | Reads | Held

MOST_CODE = 999_999_999
_UTF8 = re.compile("[^\ud800-\udfff]*")


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a generation failed, as the result's ``error`` tells it. Ledger: ``result.error``.

    ``form`` is ``object`` or ``string``, ``None`` for the variant that is set. Raises ``ValueError`` for what could not
    be told in JSON.
    """

    error_code: int
    error_message: str
    form: str | None = None

    def __post_init__(self) -> None:
        """Check both."""
        if abs(self.error_code) > MOST_CODE:
            raise ValueError(f"error_code is a whole number of at most nine digits, not {self.error_code!r}")
        if not _UTF8.fullmatch(self.error_message):
            raise ValueError(f"error_message is a text that can be written as UTF-8, not {self.error_message!r}")


@dataclass(frozen=True, slots=True)
class Plan:
    """How long a request is queued (at least) and runs, and whether it fails in the end."""

    queue: Wait
    run: Wait
    failure: Failure | None = None


@dataclass(slots=True, eq=False)
class Request:
    """One request. Times are seconds since 1970 on the account's clock; ``None`` while they have not come.

    ``number`` counts the account's requests from 1; ``payload`` holds the JSON as it came; ``cost_usd`` is what it
    costs if it succeeds; ``reads`` counts the reads that found it in its present status; ``expired`` says that
    its result and its files are gone.
    """

    request_id: str
    account: str
    number: int
    model_id: str
    payload: bytes
    cost_usd: float
    plan: Plan
    submitted_at: float
    started_at: float | None = None
    ended_at: float | None = None
    cancelled_at: float | None = None
    failure: Failure | None = None
    reads: int = 0
    expired: bool = False

    @property
    def over_at(self) -> float | None:
        """When it ended or was cancelled."""
        return self.ended_at if self.cancelled_at is None else self.cancelled_at


def status_at(request: Request, now: float) -> Status:
    """Return the status at the time ``now``: a pure function of the request's moments."""
    if request.cancelled_at is not None and request.cancelled_at <= now:
        return Status.CANCELLED
    if request.ended_at is not None and request.ended_at <= now:
        return Status.COMPLETED
    if request.started_at is not None and request.started_at <= now:
        return Status.IN_PROGRESS
    return Status.IN_QUEUE
