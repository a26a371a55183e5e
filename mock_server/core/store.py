"""The requests that the fake remembers: all that are not over, and the latest of those that are."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from heapq import heapify, heappop, heappush

from mock_server.core.errors import RateLimited
from mock_server.core.lifecycle import Request

_SLACK = 64


class Store:
    """Requests by id, in the order of their submits; at most ``limit`` of them, with ``most_bytes`` of payload."""

    def __init__(self, limit: int, most_bytes: int, on_evict: Callable[[Request], None]) -> None:
        """Keep no more than that; call ``on_evict`` for each request that was forgotten to make room."""
        self._limit = limit
        self._most_bytes = most_bytes
        self._on_evict = on_evict
        self._bytes = 0
        self._requests: dict[str, Request] = {}
        # Those known to be over, by the time when they were; an entry of one that was forgotten meanwhile is stale.
        self._over: list[tuple[float, int, Request]] = []
        self._arrivals = 0
        self._settled_until = -math.inf

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[Request]:
        return iter(list(self._requests.values()))

    def get(self, request_id: str) -> Request | None:
        """Return a request, or ``None`` if it is unknown or forgotten."""
        return self._requests.get(request_id)

    def make_room(self, size: int, settle_all: Callable[[], float]) -> None:
        """Forget the requests that were over first, until there is room for another with a payload of ``size`` bytes.

        ``settle_all`` finds those that are over by now, and returns the time until which it has found them all; it is
        called when those known to be over before that are used up. Raises `RateLimited` if none is over, since a
        request that is not over cannot be forgotten. One payload has room, however large.
        """
        while self._requests and (full := self._full(size)):
            oldest = self._oldest()
            if oldest is None or oldest[0] > self._settled_until:
                self._settled_until = settle_all()
                oldest = self._oldest()
            if oldest is None:
                raise RateLimited(f"{full}, all of them unfinished", headers={"Retry-After": "1"})
            heappop(self._over)
            self.forget(oldest[2])
            self._on_evict(oldest[2])

    def add(self, request: Request) -> None:
        """Remember a new request; `make_room` comes first."""
        self._requests[request.request_id] = request
        self._bytes += len(request.payload)

    def is_over(self, request: Request) -> None:
        """Take note that a request is over, so that it may be forgotten."""
        if request.over_at is not None and request.request_id in self._requests:
            self._arrivals += 1
            heappush(self._over, (request.over_at, self._arrivals, request))

    def forget(self, request: Request) -> None:
        """Forget a request at once."""
        if self._requests.pop(request.request_id, None) is not None:
            self._bytes -= len(request.payload)
            self._sweep()
            if not self._requests:
                self._settled_until = -math.inf

    def _full(self, size: int) -> str:
        if len(self._requests) >= self._limit:
            return f"the fake holds as many requests as it may, {self._limit} (--max-requests)"
        if self._bytes + size > self._most_bytes:
            return f"the requests that the fake holds have {self._bytes} bytes of payload (--max-payload-bytes)"
        return ""

    def _oldest(self) -> tuple[float, int, Request] | None:
        while self._over and self._requests.get(self._over[0][2].request_id) is not self._over[0][2]:
            heappop(self._over)
        return self._over[0] if self._over else None

    def _sweep(self) -> None:
        """Throw stale entries away once they outnumber the others, so that they hold no payloads for long."""
        if len(self._over) > 2 * len(self._requests) + _SLACK:
            self._over = [due for due in self._over if self._requests.get(due[2].request_id) is due[2]]
            heapify(self._over)
