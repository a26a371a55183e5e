"""The requests that the fake remembers: all that are not over, and the latest of those that are."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

from mock_server.core.errors import RateLimited
from mock_server.core.lifecycle import Request


class Store:
    """Requests by id, in the order of their submits; at most ``limit`` of them, with ``most_bytes`` of payload."""

    def __init__(self, limit: int, most_bytes: int, on_forget: Callable[[Request], None]) -> None:
        """Keep no more than that; call ``on_forget`` for each request that is forgotten."""
        self._limit = limit
        self._most_bytes = most_bytes
        self._bytes = 0
        self._on_forget = on_forget
        self._requests: dict[str, Request] = {}
        self._over: OrderedDict[str, None] = OrderedDict()

    def __len__(self) -> int:
        return len(self._requests)

    def __iter__(self) -> Iterator[Request]:
        return iter(list(self._requests.values()))

    def get(self, request_id: str) -> Request | None:
        """Return a request, or ``None`` if it is unknown or forgotten."""
        return self._requests.get(request_id)

    def make_room(self, size: int, settle_all: Callable[[], None]) -> None:
        """Forget the requests that were over first, until there is room for another with a payload of ``size`` bytes.

        ``settle_all`` is called where none is known to be over: some may be by now. Raises `RateLimited` if still none
        is, since a request that is not over cannot be forgotten. One payload has room, however large.
        """
        while self._requests and (full := self._full(size)):
            if not self._over:
                settle_all()
            if not self._over:
                message = f"{full}, all of them unfinished"
                raise RateLimited(message, headers={"Retry-After": "1"})
            oldest = next(iter(self._over))
            self.forget(self._requests[oldest])

    def _full(self, size: int) -> str:
        if len(self._requests) >= self._limit:
            return f"the fake holds as many requests as it may, {self._limit} (--max-requests)"
        if self._bytes + size > self._most_bytes:
            return f"the requests that the fake holds have {self._bytes} bytes of payload (--max-payload-bytes)"
        return ""

    def add(self, request: Request) -> None:
        """Remember a new request; `make_room` comes first."""
        self._requests[request.request_id] = request
        self._bytes += len(request.payload)

    def is_over(self, request: Request) -> None:
        """Take note that a request is over, so that it may be forgotten."""
        if request.request_id in self._requests:
            self._over[request.request_id] = None

    def forget(self, request: Request) -> None:
        """Forget a request at once."""
        self._over.pop(request.request_id, None)
        if self._requests.pop(request.request_id, None) is not None:
            self._bytes -= len(request.payload)
            self._on_forget(request)
