"""``runcomfy-mock mutants``: what the contract suite is worth, measured on servers that are wrong on purpose."""

from __future__ import annotations

import sys

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from contracts.mutants.run import Score, score
from contracts.mutants.servers import SERVERS
from contracts.mutants.trial import Trial
from contracts.report.progress import can_redraw
from contracts.server.depth import Depth
from schemas.terminal import Exit, emit, say


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option(
    "--depth",
    type=click.Choice([each.value for each in Depth]),
    default=Depth.QUICK.value,
    show_default=True,
    help="how much the suite tries on each",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), default=1, show_default=True, help="what is drawn")
@click.option("--right-seeds", type=click.IntRange(0), default=20, show_default=True, help="runs on the right server")
@click.option("--plain", is_flag=True, help="let `schemathesis run` try too, for comparison; some seconds each")
@click.option("--workers", type=click.IntRange(1), help="how many at a time; as many as there are cores")
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
@click.option("--list", "listing", is_flag=True, help="say what the wrong servers are, and do nothing")
def mutants(
    names: tuple[str, ...], *, depth: str, seed: int, right_seeds: int, plain: bool, workers: int | None, **how: bool
) -> None:
    """Run the contract suite on wrong servers, each the fake with one mistake, and print the kill score.

    NAME picks some of them; without any, all are tried. The right server is tried too: nothing may be found there.
    """
    unknown = [name for name in names if name not in SERVERS]
    if unknown:
        raise click.UsageError(f"no mutant is named {', '.join(unknown)}; --list names them all")
    if how["listing"]:
        _list(as_json=how["as_json"])
        return
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=how["as_json"] or not can_redraw(console),
    ) as progress:
        total = (len(names) or len(SERVERS)) * (2 if plain else 1) + right_seeds
        task = progress.add_task("wrong servers", total=total)

        def tell(kind: str, trial: Trial) -> None:
            progress.advance(task)
            if kind == "mutant" and not trial.findings:
                progress.console.print(f"alive: {trial.name}", style="red", highlight=False)

        found = score(
            names, seed=seed, depth=Depth(depth), right_seeds=right_seeds, plain=plain, workers=workers, tell=tell
        )
    if how["as_json"]:
        emit(found.as_json())
    else:
        _show(found)
    sys.exit(Exit.FINE if found.is_perfect else Exit.BROKEN)


def _show(found: Score) -> None:
    width = max(len(trial.name) for trial in found.trials)
    plain = {trial.name: trial for trial in found.plain}
    for trial in found.trials:
        how = ", ".join(trial.findings)
        parts: list[str | tuple[str, str]] = [
            (f"{trial.name:<{width}}", "" if how else "bold red"),
            f"  {trial.seconds:5.1f} s  ",
            (how, "green") if how else (f"ALIVE: {SERVERS[trial.name].text}", "bold red"),
        ]
        if trial.name in plain:
            parts.append((f"   plain: {', '.join(plain[trial.name].findings) or 'nothing'}", "dim"))
        say(*parts)
    say()
    share = 100 * found.killed / len(found.trials)
    style = "bold green" if not found.alive else "bold red"
    say((f"{found.killed} of {len(found.trials)} wrong servers found ({share:.1f} %)", style), f", depth {found.depth}")
    if plain:
        killed = sum(bool(trial.findings) for trial in found.plain)
        say(f"{killed} of {len(plain)} found by plain schemathesis ({100 * killed / len(plain):.1f} %)")
    if found.right:
        wrong = sum(bool(trial.findings) for trial in found.right)
        style = "bold red" if wrong else "bold green"
        say((f"the right server: findings in {wrong} of {len(found.right)} runs with different seeds", style))
    slowest = max(found.trials, key=lambda trial: trial.seconds)
    say((f"slowest: {slowest.name}, {slowest.seconds:.1f} s", "dim"))


def _list(*, as_json: bool) -> None:
    if as_json:
        emit([{"name": each.name, "text": each.text, "ledger": list(each.ledger)} for each in SERVERS.values()])
        return
    width = max(map(len, SERVERS))
    for each in SERVERS.values():
        say((f"{each.name:<{width}}", "bold"), f"  {each.text}")
