"""The figures of a benchmark, each beside its aim: as one JSON document, or as a table for people."""

from __future__ import annotations

import platform
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from schemas import __version__

STATUS_RATIO, SUBMIT_RATIO = 2.0, 3.0
FIRST_ANSWER_SECONDS = 0.5
BYTES_A_REQUEST = 2048
GROWTH_RATIO = 1.0
RULES_RATIO = 1.1

_NEAR = 1.3  # ratios of one run differ by this much without a cause


@dataclass(frozen=True, slots=True)
class Speed:
    """One kind of call on one kept-alive connection; ``ratio`` is its CPU in units of the bare hello's."""

    call: str
    requests_per_second: float
    cpu_microseconds: float
    ratio: float
    aim: float | None = None


@dataclass(frozen=True, slots=True)
class Startup:
    """Seconds from the start of a process to its first answer."""

    seconds: float
    hello_seconds: float
    aim: float = FIRST_ANSWER_SECONDS


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes that each stored request takes beyond its payload; ``None`` where the system does not tell."""

    bytes_per_request: float | None
    payload_bytes: int
    aim: float = BYTES_A_REQUEST


@dataclass(frozen=True, slots=True)
class Growth:
    """How many times the CPU a call costs with ``many`` requests stored, compared with ``few``."""

    few: int
    many: int
    status_ratio: float
    submit_ratio: float
    aim: float = GROWTH_RATIO


@dataclass(frozen=True, slots=True)
class Burden:
    """How many times the CPU a call costs ``under`` something beside it, compared with the same call without."""

    call: str
    under: str
    ratio: float
    aim: float | None = RULES_RATIO


@dataclass(frozen=True, slots=True)
class Report:
    """One run. A ratio is the median of the ratios of its rounds."""

    requests: int
    rounds: int
    speeds: Sequence[Speed]
    first_answer: Startup
    memory: Memory
    growth: Growth
    burdens: Sequence[Burden]

    def as_json(self) -> dict[str, Any]:
        """Return the run as one JSON object, with what it ran on."""
        machine: Mapping[str, str] = {
            "version": __version__,
            "python": platform.python_version(),
            "platform": platform.platform(),
        }
        return {**machine, **asdict(self)}

    def tables(self) -> Iterator[Table]:
        """Lay the figures out: the calls, then the rest."""
        yield self._calls()
        yield self._rest()

    def _calls(self) -> Table:
        table = _table("call", "requests/s", "CPU µs a request", "times hello", "aim")
        for speed in self.speeds:
            table.add_row(
                speed.call,
                f"{speed.requests_per_second:,.0f}",
                f"{speed.cpu_microseconds:.1f}",
                _shown(speed.ratio, speed.aim, ".2f"),
                "" if speed.aim is None else f"≤ {speed.aim:g}",
            )
        return table

    def _rest(self) -> Table:
        start, memory, growth = self.first_answer, self.memory, self.growth
        table = _table("beside that", "figure", "aim")
        table.add_row(
            f"first answer of a new process, s (hello: {start.hello_seconds:.2f})",
            _shown(start.seconds, start.aim, ".2f"),
            f"≤ {start.aim:g}",
        )
        table.add_row(
            "a stored request beyond its payload, bytes",
            "unknown here"
            if memory.bytes_per_request is None
            else _shown(memory.bytes_per_request, memory.aim, ",.0f"),
            f"≤ {memory.aim:g}",
        )
        for call, ratio in (("status", growth.status_ratio), ("submit", growth.submit_ratio)):
            table.add_row(
                f"{call} with {growth.many:,} stored, times {growth.few:,} stored",
                _shown(ratio, growth.aim * _NEAR, ".2f"),
                f"≈ {growth.aim:g}",
            )
        for burden in self.burdens:
            table.add_row(
                f"{burden.call} with {burden.under}, times without",
                _shown(burden.ratio, burden.aim, ".2f"),
                "" if burden.aim is None else f"≤ {burden.aim:g}",
            )
        return table


def _table(*columns: str) -> Table:
    table = Table()
    for index, column in enumerate(columns):
        table.add_column(column, justify="right" if index else "left")
    return table


def _shown(figure: float, most: float | None, form: str) -> str:
    text = format(figure, form)
    if most is None:
        return text
    return f"[green]{text}[/green]" if figure <= most else f"[yellow]{text}[/yellow]"
