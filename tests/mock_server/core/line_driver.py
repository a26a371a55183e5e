"""A `Line` with its requests and its time: what the service does around it, and nothing more."""

from __future__ import annotations

from typing import assert_never

from mock_server.core.capacity import Line
from mock_server.core.lifecycle import MOVES, Move, Plan, Request, Status, status_at
from tests.mock_server.core.request_maker import make_request
from tests.properties.reference_line import BY_HAND, Action, Cancel, MoveTo, Read, Submit


class LineDriver:
    """Drives one line. Every action settles it first; one that its request's status does not allow does nothing."""

    def __init__(self, slots: int | None = None, now: float = 0.0) -> None:
        self.now = now
        self.over: list[int] = []
        self.requests: list[Request] = []
        self.line = Line(slots, lambda request: self.over.append(request.number))

    def wait(self, seconds: float) -> None:
        """Let time pass without anybody looking."""
        self.now += seconds

    def settle(self) -> None:
        """Look at the line as it is now."""
        self.line.settle(self.now)

    def submit(self, plan: Plan) -> Request:
        """Let a new request join."""
        self.settle()
        request = make_request(len(self.requests) + 1, plan, submitted_at=self.now)
        self.requests.append(request)
        self.line.enter(request, self.now)
        return request

    def read(self, request: Request) -> Status:
        """Read a request; return the status that the read finds."""
        found = self.status(request)
        self.line.read(request, self.now)
        return found

    def cancel(self, request: Request) -> bool:
        """Cancel a request."""
        self.settle()
        return self.line.cancel(request, self.now)

    def move(self, request: Request, to: Move) -> None:
        """Move a request by hand, if its status allows it."""
        if to in MOVES[self.status(request)]:
            self.line.move(request, to, self.now, BY_HAND if to is Move.FAILED else None)

    def do(self, action: Action) -> None:
        """Do what a history says."""
        match action:
            case Submit(plan):
                self.submit(plan)
            case Read(number):
                self.read(self.requests[number - 1])
            case Cancel(number):
                self.cancel(self.requests[number - 1])
            case MoveTo(number, to):
                self.move(self.requests[number - 1], to)
            case _:
                assert_never(action)

    def status(self, request: Request) -> Status:
        """Return the status now."""
        self.settle()
        return status_at(request, self.now)

    def position(self, request: Request) -> int | None:
        """Return how many are ahead of a queued request; ``None`` for one that is not queued."""
        return self.line.ahead(request) if self.status(request) is Status.IN_QUEUE else None

    def queue(self) -> list[int]:
        """Return the numbers of the queued requests, the first in line first."""
        queued = [request for request in self.requests if self.status(request) is Status.IN_QUEUE]
        return [request.number for request in sorted(queued, key=self.line.ahead)]
