"""Who runs when: one account's requests in line for its slots, first in, first out, in the fake's own time.

A `Line` is a small discrete-event simulation. `Line.settle` plays every event that was due up to ``now``, in the order
of their times, so that it makes no difference how often anyone looks. A request becomes *ready* when its plan's queue
wait is over, starts as soon as a slot is free and no ready request is ahead of it, and ends when its run wait is over.
A request that is not ready yet holds nobody up.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heapify, heappop, heappush

from mock_server.core.lifecycle import Failure, Move, Reads, Request, Seconds, Status, status_at
from mock_server.core.ranks import Ranks

_Due = tuple[float, int, Request]  # when, whose turn at equal times, who
_SLACK = 64


class Line:
    """The queue and the slots of one account. Every method takes the account's time, which never runs backwards."""

    __slots__ = ("_ends", "_on_over", "_queued", "_ready", "_readying", "_running", "_slots")

    def __init__(self, slots: int | None, on_over: Callable[[Request], None]) -> None:
        """Run at most ``slots`` requests at once (``None``: any number); call ``on_over`` when one is over."""
        self._slots = slots
        self._on_over = on_over
        self._queued = Ranks()
        self._running = 0
        # Three heaps; an entry whose request has moved on by other means is stale and is passed over.
        self._readying: list[_Due] = []  # queued, by the time when their queue wait is over
        self._ready: list[tuple[int, Request]] = []  # queued, waiting for nothing but a slot, by number
        self._ends: list[_Due] = []  # running, by the time when they end

    def settle(self, now: float) -> None:
        """Play all that was due up to ``now``; what is due at one time happens before anyone starts at that time."""
        ends, readying = self._ends, self._readying
        while ends or readying:
            when = min(heap[0][0] for heap in (ends, readying) if heap)
            if when > now:
                return
            while ends and ends[0][0] <= when:
                _, _, request = heappop(ends)
                if request.ended_at is None:
                    self._end(request, when)
            while readying and readying[0][0] <= when:
                _, number, request = heappop(readying)
                if number in self._queued:
                    heappush(self._ready, (number, request))
            self._start_ready(when)

    def set_slots(self, slots: int | None, now: float) -> None:
        """Run at most so many at once from now on; those that run already go on."""
        self.settle(now)
        self._slots = slots
        self._start_ready(now)
        self.settle(now)

    def enter(self, request: Request, now: float) -> None:
        """Let a new request join; it may start, and even end, at once."""
        self._queued.add(request.number)
        match request.plan.queue:
            case Seconds(seconds):
                heappush(self._readying, (now + seconds, request.number, request))
            case Reads(0):
                heappush(self._ready, (request.number, request))
                self._start_ready(now)
        self.settle(now)

    def read(self, request: Request, now: float) -> bool:
        """Take note that a read just found the request as it is; a poll-paced wait may be over by that.

        Return whether reads count at all for what the request waits for.
        """
        request.reads += 1
        match status_at(request, now), request.plan:
            case Status.IN_QUEUE, plan if plan.queue == Reads(request.reads):
                heappush(self._ready, (request.number, request))
            case Status.IN_PROGRESS, plan if plan.run == Reads(request.reads):
                self._end(request, now)
            case status, plan:
                wait = {Status.IN_QUEUE: plan.queue, Status.IN_PROGRESS: plan.run}.get(status)
                return isinstance(wait, Reads)
        self._start_ready(now)
        self.settle(now)
        return True

    def cancel(self, request: Request, now: float) -> bool:
        """Take a queued request out of the line; return whether it was queued. Those behind it move up."""
        if request.number not in self._queued:
            return False
        self._queued.remove(request.number)
        request.cancelled_at = now
        self._on_over(request)
        self._sweep()
        return True

    def withdraw(self, request: Request, now: float) -> None:
        """Take a request out as if it had never been, wherever it is."""
        if request.number in self._queued:
            self._queued.remove(request.number)
        elif request.over_at is None:
            self._running -= 1
            request.ended_at = now
            self._start_ready(now)
            self.settle(now)
        self._sweep()

    def move(self, request: Request, to: Move, now: float, failure: Failure | None = None) -> None:
        """Move a request by hand, past slots and waits; ``failure`` says why where it fails.

        The caller has checked that `lifecycle.MOVES` allows it.
        """
        if to is Move.CANCELLED:
            self.cancel(request, now)
            return
        if to is not Move.IN_PROGRESS:
            request.failure = failure
        if request.number in self._queued:
            self._start(request, now)
        if to is not Move.IN_PROGRESS and request.ended_at is None:
            self._end(request, now)
        self._start_ready(now)
        self.settle(now)
        self._sweep()

    def ahead(self, request: Request) -> int:
        """Return how many queued requests are before this queued one; 0 for the first."""
        return self._queued.ahead(request.number)

    def _start_ready(self, when: float) -> None:
        while self._ready and (self._slots is None or self._running < self._slots):
            number, request = heappop(self._ready)
            if number in self._queued:
                self._start(request, when)

    def _start(self, request: Request, when: float) -> None:
        self._queued.remove(request.number)
        self._running += 1
        request.started_at = when
        request.reads = 0
        match request.plan.run:
            case Seconds(seconds):
                heappush(self._ends, (when + seconds, request.number, request))
            case Reads(0):
                self._end(request, when)

    def _end(self, request: Request, when: float) -> None:
        self._running -= 1
        request.ended_at = when
        self._on_over(request)

    def _sweep(self) -> None:
        """Throw stale entries away once they outnumber the others, so that they never cost more than those."""
        entries = len(self._readying) + len(self._ready) + len(self._ends)
        if entries <= 2 * (len(self._queued) + self._running) + _SLACK:
            return
        self._readying = [due for due in self._readying if due[1] in self._queued]
        self._ready = [turn for turn in self._ready if turn[0] in self._queued]
        self._ends = [due for due in self._ends if due[2].ended_at is None]
        heapify(self._readying)
        heapify(self._ready)
        heapify(self._ends)
