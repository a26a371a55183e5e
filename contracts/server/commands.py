"""``runcomfy-mock check``: whether the server at the other end keeps the contract."""

from __future__ import annotations

import math
import os
import secrets
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import click

from contracts.baseline import Baseline, BaselineError
from contracts.events import Event
from contracts.outcome import Outcome, Verdict
from contracts.report.document import Document
from contracts.report.html import HtmlPage
from contracts.report.junit import Junit
from contracts.report.ndjson import Ndjson
from contracts.report.terminal import Terminal
from contracts.server.calling.limits import Limits
from contracts.server.calling.target import FakeTarget, NotAllowed, Target, TokenRejected, Unreachable, UrlTarget
from contracts.server.depth import EXTENTS, Depth
from contracts.server.interrupting import interruptible
from contracts.server.phases import PHASES
from contracts.server.run import ALL, Options, Run
from schemas.terminal import Exit, emit, fail, say

FAKE = "fake"
_LIVE_CALLS, _LIVE_RATE = 300, 2.0
_EXITS = {Verdict.PASS: Exit.FINE, Verdict.FAIL: Exit.BROKEN, Verdict.UNCHECKED: Exit.UNAVAILABLE}
_FILE = click.Path(dir_okay=False, path_type=Path)


class _Amount(click.FloatRange):
    """A number above 0 that is one: nothing is more than nan, so that it would be no limit at all."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is no finite number.", param, ctx)
        return number


_POSITIVE = _Amount(min=0, min_open=True)


class _Report(Protocol):
    def __call__(self, event: Event) -> None: ...
    def close(self) -> None: ...


class _UntilNobodyReads:
    """What is printed, where files are written too: whoever has read enough of it still gets those."""

    def __init__(self, report: _Report) -> None:
        self._report = report
        self._is_read = True

    def __call__(self, event: Event) -> None:
        try:
            if self._is_read:
                self._report(event)
        except (BrokenPipeError, SystemExit) as error:
            if isinstance(error, SystemExit) and not isinstance(error.__context__, BrokenPipeError):
                raise
            self._is_read = False


@click.command()
@click.option(
    "--target", default=FAKE, show_default=True, metavar="fake|URL", help="the fake in this process, or a server"
)
@click.option(
    "--depth",
    type=click.Choice([each.value for each in Depth]),
    default=Depth.DEFAULT.value,
    show_default=True,
    help="how much is tried",
)
@click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="what is drawn; fresh if not given, and told")
@click.option("--phase", "phases", type=click.Choice(PHASES), multiple=True, help="run this phase alone (repeatable)")
@click.option(
    "--schemas",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    multiple=True,
    metavar="DIR",
    help="one more folder of models that the target has (repeatable)",
)
@click.option("--baseline", type=_FILE, metavar="FILE", help="known findings: a document of --json, or a list of ids")
@click.option("--json", "as_json", is_flag=True, help="print one JSON document")
@click.option("--junit", type=_FILE, metavar="FILE", help="write JUnit XML")
@click.option("--html", type=_FILE, metavar="FILE", help="write one page of HTML")
@click.option("--ndjson", type=_FILE, metavar="FILE", help="write each event as a line of JSON, as it comes")
@click.option("--verbose", "-v", is_flag=True, help="list every check, and each reproduction as Python too")
@click.option("--live", is_flag=True, help="allow a target that is not this machine")
@click.option(
    "--max-spend-usd",
    type=_POSITIVE,
    metavar="USD",
    help="what submits to a live target may cost; none are made without",
)
@click.option("--max-calls", type=click.IntRange(1), help=f"calls that may be made; {_LIVE_CALLS} on a live target")
@click.option(
    "--rate-limit", type=_POSITIVE, metavar="CALLS", help=f"calls in a second; {_LIVE_RATE:g} on a live target"
)
@click.option("--timeout", type=_POSITIVE, metavar="SECONDS", help="how long one call may take; 10, live 30")
@click.option(
    "--deadline",
    type=_POSITIVE,
    metavar="SECONDS",
    help="how long the run may take; " + ", ".join(f"{each} {extent.deadline:g}" for each, extent in EXTENTS.items()),
)
@click.option("--list-checks", is_flag=True, help="say what is checked, and do nothing")
def check(seed: int | None, depth: str, phases: tuple[str, ...], baseline: Path | None, **given: Any) -> None:
    """Hold a server to the contract: the same checks for the fake, a server, and the live API.

    RUNCOMFY_TOKEN is the token of a live target, RUNCOMFY_OTHER_TOKEN that of a second account, by which it is checked
    that requests are kept apart. On this machine tokens are made up, unless the server takes none of those.
    """
    if given["list_checks"]:
        _list(as_json=given["as_json"])
        return
    seed = secrets.randbelow(2**31) if seed is None else seed
    try:
        known = None if baseline is None else Baseline.read(baseline)
        target = _target(seed, given)
    except NotAllowed as error:
        raise click.UsageError(str(error)) from None
    except BaselineError as error:
        fail(Exit.BAD_INPUT, str(error))
    options = Options(
        seed,
        Depth(depth),
        _limits(target, Depth(depth), given),
        known,
        phases=tuple(phase for phase in PHASES if phase in phases) or PHASES,
    )
    with ExitStack() as stack:
        stack.callback(target.close)
        first, *files = (_kept(stack, make) for make in _reports(given))
        reports = [_UntilNobodyReads(first) if files else first, *files]
        outcome, exit_code = _execute(Run(target, options, reports))
    if exit_code is None:
        exit_code = _EXITS[outcome.verdict]
    raise SystemExit(exit_code)


def _execute(run: Run) -> tuple[Outcome, Exit | None]:
    try:
        with interruptible(run.meter.interrupt):
            return run.execute(), None
    except Unreachable as error:
        code, text = Exit.UNAVAILABLE, str(error)
    except TokenRejected as error:
        code, text = Exit.TOKEN_REJECTED, str(error)
    except NotAllowed as error:
        code, text = Exit.USAGE, str(error)
    outcome = run.refuse(text)
    click.echo(f"Error: {text}", err=True)
    return outcome, code


def _target(seed: int, given: dict[str, Any]) -> Target:
    name, schemas = given["target"], given["schemas"]
    if name == FAKE:
        return FakeTarget(seed, schemas)
    return UrlTarget(name, os.environ, timeout=given["timeout"], allow_live=given["live"], schemas=schemas)


def _limits(target: Target, depth: Depth, given: dict[str, Any]) -> Limits:
    live = target.live or given["live"]
    return Limits(
        deadline=given.get("deadline") or EXTENTS[depth].deadline,
        max_calls=given["max_calls"] or (_LIVE_CALLS if live else None),
        rate=given["rate_limit"] or (_LIVE_RATE if live else None),
        max_spend_usd=given["max_spend_usd"],
    )


def _reports(given: dict[str, Any]) -> list[Callable[[], _Report]]:
    now = datetime.now(UTC)
    made: list[Callable[[], _Report]] = [
        Document if given["as_json"] else lambda: Terminal(verbose=given["verbose"], python=given["verbose"])
    ]
    if given["junit"]:
        made.append(lambda: Junit(given["junit"], now))
    if given["html"]:
        made.append(lambda: HtmlPage(given["html"], now))
    if given["ndjson"]:
        made.append(lambda: Ndjson(given["ndjson"].open("w", encoding="utf-8")))
    return made


def _kept(stack: ExitStack, make: Callable[[], _Report]) -> _Report:
    report = make()
    stack.callback(report.close)
    return report


def _list(*, as_json: bool) -> None:
    if as_json:
        emit(
            [
                {"id": each.check_id, "severity": each.severity, "title": each.title, "ledger": list(each.ledger)}
                for each in ALL
            ]
        )
        return
    for each in ALL:
        say((f"{each.check_id:<44}", "bold"), f" {each.severity:<9} {each.title}")
