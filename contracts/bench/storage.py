"""What it costs to have requests stored: memory for each, and CPU that must not grow with their number."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from itertools import cycle

from contracts.bench import calls
from contracts.bench.client import Client
from contracts.bench.compare import Work, compare
from contracts.bench.process import ServerProcess
from contracts.bench.report import Growth, Memory

_CONNECTIONS = 16
_SUBMIT = calls.submit(calls.SMALL_PAYLOAD)

# The journal has a bound of its own. Here it is full at once, so that all that grows is what is stored.
_OPTIONS = (*calls.AT_REST, "--journal-bytes", "1")


class Filled:
    """A fake with requests stored in it, and some of their ids."""

    def __init__(self, server: ServerProcess, client: Client) -> None:
        """Fill ``server``, with which ``client`` is connected."""
        self.server = server
        self.client = client
        self._ids: list[str] = []

    def fill(self, count: int) -> None:
        """Submit ``count`` requests, over several connections as that is faster."""
        with ExitStack() as stack:
            clients = [stack.enter_context(Client.to(self.server.url)) for _ in range(min(count, _CONNECTIONS))]
            while count > 0:
                batch = clients[:count]
                for client in batch:
                    client.send(_SUBMIT)
                answers = [client.receive() for client in batch]
                self._ids.append(calls.request_id(answers[0]))
                count -= len(batch)

    @property
    def submit(self) -> Work:
        """Store one more."""
        return Work(self.server, partial(self.client.call, _SUBMIT))

    @property
    def status(self) -> Work:
        """Ask for request after request, so that it is not always the same one that is at hand."""
        reads = cycle([calls.get(f"/v1/requests/{request_id}/status") for request_id in self._ids])
        return Work(self.server, lambda: self.client.call(next(reads)))


def measure(
    few: int, many: int, requests: int, rounds: int, step: Callable[[], None], *, core: int | None = None
) -> tuple[Memory, Growth]:
    """Fill one fake with ``few`` requests and another with ``many``, a multiple of ``few``; weigh and time them.

    The rounds of ``requests`` submits add to both, so they should be small beside ``few``. ``step`` is called
    ``many / few + 2 * rounds`` times.
    """
    with ExitStack() as stack:
        little, much = (start(stack, core) for _ in range(2))
        little.fill(few)
        much.fill(few)
        before = much.server.usage().resident
        step()
        for _ in range(many // few - 1):
            much.fill(few)
            step()
        after = much.server.usage().resident
        growth = Growth(
            few,
            many,
            status_ratio=compare(little.status, much.status, requests, rounds, step).ratio,
            submit_ratio=compare(little.submit, much.submit, requests, rounds, step).ratio,
        )
    payload_bytes = len(json.dumps(calls.SMALL_PAYLOAD))
    grown = None if before is None or after is None else (after - before) / (many - few) - payload_bytes
    return Memory(grown, payload_bytes), growth


def start(stack: ExitStack, core: int | None = None) -> Filled:
    """Start a fake with nothing in it, to last as long as ``stack``."""
    server = stack.enter_context(ServerProcess("fake", *_OPTIONS, core=core))
    return Filled(server, stack.enter_context(Client.to(server.url)))
