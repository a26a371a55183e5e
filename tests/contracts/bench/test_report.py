from __future__ import annotations

import json
import platform
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from contracts.bench.report import Burden, Growth, Memory, Report, Speed, Startup
from schemas import __version__

REPORT = Report(
    requests=500,
    rounds=9,
    speeds=[
        Speed("hello", 10_252.4, 70.44, 1.0),
        Speed("status", 8_728.0, 114.5, 1.625, aim=2.0),
        Speed("submit", 4_178.0, 238.6, 3.351, aim=3.0),
    ],
    first_answer=Startup(0.243, 0.118),
    memory=Memory(1526.7, 20),
    growth=Growth(1000, 50_000, status_ratio=0.971, submit_ratio=1.94),
    burdens=[Burden("status", "100 rules", 1.054)],
)


def shown(report: Report, *, colours: bool = False) -> str:
    out = StringIO()
    console = Console(file=out, width=100, force_terminal=colours, color_system="standard" if colours else None)
    for table in report.tables():
        console.print(table)
    return out.getvalue()


def row(text: str, name: str) -> list[str]:
    rows = [[cell.strip() for cell in line.strip("│").split("│")] for line in text.splitlines()]
    (found,) = (cells for cells in rows if cells[0] == name or (" " in name and cells[0].startswith(name)))
    return found


def test_the_document_holds_every_figure_beside_its_aim() -> None:
    assert json.loads(json.dumps(REPORT.as_json())) == {
        "version": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "requests": 500,
        "rounds": 9,
        "speeds": [
            {"call": "hello", "requests_per_second": 10_252.4, "cpu_microseconds": 70.44, "ratio": 1.0, "aim": None},
            {"call": "status", "requests_per_second": 8_728.0, "cpu_microseconds": 114.5, "ratio": 1.625, "aim": 2.0},
            {"call": "submit", "requests_per_second": 4_178.0, "cpu_microseconds": 238.6, "ratio": 3.351, "aim": 3.0},
        ],
        "first_answer": {"seconds": 0.243, "hello_seconds": 0.118, "aim": 0.5},
        "memory": {"bytes_per_request": 1526.7, "payload_bytes": 20, "aim": 2048},
        "growth": {"few": 1000, "many": 50_000, "status_ratio": 0.971, "submit_ratio": 1.94, "aim": 1.0},
        "burdens": [{"call": "status", "under": "100 rules", "ratio": 1.054, "aim": 1.1}],
    }


def test_the_tables_show_every_figure_beside_its_aim() -> None:
    text = shown(REPORT)
    assert row(text, "hello") == ["hello", "10,252", "70.4", "1.00", ""]
    assert row(text, "status")[1:] == ["8,728", "114.5", "1.62", "≤ 2"]
    assert row(text, "submit")[1:] == ["4,178", "238.6", "3.35", "≤ 3"]
    assert row(text, "first answer")[1:] == ["0.24", "≤ 0.5"]
    assert row(text, "a stored request")[1:] == ["1,527", "≤ 2048"]
    assert row(text, "status with 50,000 stored")[1:] == ["0.97", "≈ 1"]
    assert row(text, "submit with 50,000 stored")[1:] == ["1.94", "≈ 1"]
    assert row(text, "status with 100 rules")[1:] == ["1.05", "≤ 1.1"]
    assert "0.12" in text


@pytest.mark.parametrize(("name", "green"), [("status ", True), ("submit ", False), ("first answer", True)])
def test_a_figure_beyond_its_aim_has_another_colour(name: str, *, green: bool) -> None:
    line = next(line for line in shown(REPORT, colours=True).splitlines() if name in line)
    assert ("\x1b[32m" in line, "\x1b[33m" in line) == (green, not green)


def test_growth_within_the_noise_of_a_run_counts_as_near() -> None:
    noisy = replace(REPORT, growth=Growth(1000, 50_000, status_ratio=1.29, submit_ratio=1.31))
    lines = [line for line in shown(noisy, colours=True).splitlines() if "stored, times" in line]
    assert ["\x1b[32m" in line for line in lines] == [True, False]


def test_unknown_memory_is_said_to_be_unknown() -> None:
    text = shown(replace(REPORT, memory=Memory(None, 20)))
    assert row(text, "a stored request")[1] == "unknown here"
