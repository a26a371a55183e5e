"""The command ``bench``."""

from __future__ import annotations

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from contracts.bench.calls import UnexpectedAnswer
from contracts.bench.client import ProtocolError
from contracts.bench.measure import Plan, run
from contracts.bench.process import ServerGone
from schemas.terminal import Exit, emit, fail

_DEFAULT = Plan()


@click.command()
@click.option(
    "--requests",
    type=click.IntRange(1),
    default=_DEFAULT.requests,
    show_default=True,
    help="calls in a round; twice and a hundred times as many are stored to see what storing costs",
)
@click.option(
    "--rounds", type=click.IntRange(1), default=_DEFAULT.rounds, show_default=True, help="rounds of each kind"
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON document instead of tables")
def bench(requests: int, rounds: int, *, as_json: bool) -> None:
    """Measure the fake beside a bare ASGI application on the same server.

    Both take turns on one kept-alive connection each, and a ratio is the median of the rounds' ratios: it means
    something on any machine, busy or not. The aims are printed beside the figures; nothing fails that misses one.
    """
    plan = Plan(requests, rounds)
    try:
        with _progress() as progress:
            task = progress.add_task("start", total=plan.steps)
            report = run(plan, lambda phase: progress.update(task, advance=1, description=phase))
    except (ServerGone, ProtocolError, UnexpectedAnswer, OSError) as error:
        fail(Exit.UNAVAILABLE, str(error))
    if as_json:
        emit(report.as_json())
        return
    console = Console(highlight=False)
    for table in report.tables():
        console.print(table)


def _progress() -> Progress:
    """Show how far it is, on a terminal alone, on stderr, and gone in the end."""
    console = Console(stderr=True)
    columns = (TextColumn("{task.description:12}"), BarColumn(), TimeRemainingColumn())
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
