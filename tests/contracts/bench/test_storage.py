from __future__ import annotations

import json
from contextlib import ExitStack

import pytest

from contracts.bench import calls, storage
from contracts.bench.compare import Work
from contracts.bench.process import ServerProcess
from tests.contracts.bench.costs import Priced

BYTES = 700


class Shelf(storage.Filled):
    """Stored requests of `BYTES` bytes each in a server that needs more CPU the more it has, if ``grows``."""

    def __init__(self, *, grows: bool, tells: bool) -> None:
        self._priced = Priced(memory=10_000_000 if tells else None)
        self._grows = grows
        self.server: ServerProcess = self._priced

    def fill(self, count: int) -> None:
        if self._priced.memory is not None:
            self._priced.memory += count * BYTES
        if self._grows:
            self._priced.price += count

    @property
    def submit(self) -> Work:
        return Work(self._priced, self._priced.work)

    status = submit


def put_up(monkeypatch: pytest.MonkeyPatch, *, grows: bool = False, tells: bool = True) -> None:
    def start(_: ExitStack, core: int | None) -> Shelf:
        return Shelf(grows=grows, tells=tells)

    monkeypatch.setattr(storage, "start", start)


def nothing() -> None:
    return


def test_memory_is_what_each_request_takes_beyond_its_payload(monkeypatch: pytest.MonkeyPatch) -> None:
    put_up(monkeypatch)
    memory, growth = storage.measure(10, 500, 5, 2, nothing)
    assert memory.payload_bytes == len(json.dumps(calls.SMALL_PAYLOAD))
    assert memory.bytes_per_request == BYTES - memory.payload_bytes
    assert (growth.few, growth.many, growth.status_ratio, growth.submit_ratio) == (10, 500, 1, 1)


def test_memory_that_nobody_tells_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    put_up(monkeypatch, tells=False)
    memory, _ = storage.measure(10, 500, 5, 2, nothing)
    assert memory.bytes_per_request is None


def test_a_cost_that_grows_with_what_is_stored_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    put_up(monkeypatch, grows=True)
    _, growth = storage.measure(9, 499 // 9 * 9, 5, 2, nothing)
    expected = (1 + 499 // 9 * 9) / (1 + 9)
    assert growth.status_ratio == pytest.approx(expected)
    assert growth.submit_ratio == pytest.approx(expected)


def test_every_step_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    put_up(monkeypatch)
    steps: list[None] = []
    storage.measure(10, 60, 5, 3, lambda: steps.append(None))
    assert len(steps) == 60 // 10 + 2 * 3


@pytest.mark.parametrize("count", [1, 16, 40])
def test_filling_stores_just_so_many(count: int) -> None:
    with ExitStack() as stack:
        filled = storage.start(stack)
        filled.fill(count)
        health = json.loads(filled.client.call(calls.get("/__mock__/health")).body)
        assert health["requests"] == count
        filled.status.do()
