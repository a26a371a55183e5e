"""A server for tests that use no server: its CPU time and its memory are what the test says they are."""

from __future__ import annotations

from contracts.bench.process import ServerProcess
from contracts.bench.server import Usage


class Priced(ServerProcess):
    """Spends ``price`` seconds of CPU time at each `work`; ``memory`` is what it says it has."""

    def __init__(self, price: float = 1.0, memory: int | None = None) -> None:
        self.price = price
        self.memory = memory
        self.worked = 0
        self._spent = 0.0

    def work(self) -> None:
        self.worked += 1
        self._spent += self.price

    def usage(self) -> Usage:
        return Usage(self._spent, self.memory, None)
