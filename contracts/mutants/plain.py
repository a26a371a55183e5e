"""The yardstick: what schemathesis finds by its own defaults, without any of this harness, in the same wrong servers.

It is given what anybody has: the URL, a token and the OpenAPI document. It is not free of findings on the right server
(it cannot know that durations add up, since no schema says so), so what counts is what it finds beyond those.
"""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copytree, ignore_patterns
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

from contracts.mutants.asgi import ASGIApp
from contracts.targets import serving
from schemas.catalog import packaged_root

SEED = 1
MAX_EXAMPLES = 10
TIMEOUT = 60.0
"""What suits a run over all mutants: some five seconds each; with 100 examples it is twenty, and finds little more."""

_DOCUMENT, _REPORT = "openapi.json", "report.json"
_FOUND = 1


@dataclass(frozen=True, slots=True)
class PlainResult:
    """What a run found: ``checks`` are texts ``failure: METHOD /path`` that were not known before, in order.

    ``killed``: there are any. ``seconds`` of real time. ``stopped`` says why the run is not whole, if it is not.
    """

    killed: bool
    checks: tuple[str, ...]
    seconds: float
    stopped: str = ""


def plain_schemathesis(
    app: ASGIApp,
    document: Mapping[str, Any],
    token: str,
    *,
    seed: int = SEED,
    max_examples: int = MAX_EXAMPLES,
    timeout: float = TIMEOUT,
    known: tuple[str, ...] = (),
) -> PlainResult:
    """Serve ``app`` on a free port, and run ``schemathesis run`` against it, which may take ``timeout`` seconds.

    ``document`` is the OpenAPI document, ``known`` the ``checks`` of the same run against the right server. The run
    goes on after a failure, so that those of the right server do not hide others. Raises ``RuntimeError`` if
    schemathesis could not run.
    """
    with TemporaryDirectory() as folder, _quiet(), serving(app) as url:
        Path(folder, _DOCUMENT).write_text(json.dumps(document), "utf-8")
        begun = monotonic()
        try:
            run = subprocess.run(  # noqa: S603 - this interpreter, and a library's command line
                _command(url, token, seed, max_examples),
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return PlainResult(killed=False, checks=(), seconds=monotonic() - begun, stopped=f"took over {timeout:g} s")
        seconds = monotonic() - begun
        report = Path(folder, _REPORT)
        if run.returncode not in (0, _FOUND) or not report.exists():
            told = (run.stderr or run.stdout).replace(token, "<token>").strip()
            raise RuntimeError(f"schemathesis could not run (exit code {run.returncode}): {told[-2000:]}")
        found = sorted(set(_found(json.loads(report.read_text("utf-8")))) - set(known))
        return PlainResult(killed=bool(found), checks=tuple(found), seconds=seconds)


def without_rules(folder: Path) -> tuple[str, ...]:
    """Copy the packaged models into ``folder`` without their prose rules; return the options for a fake with them.

    A run against such a fake has no findings of valid payloads refused on the right server, behind which those of a
    wrong one would not show: they would have the same name.
    """
    copytree(packaged_root(), folder, ignore=ignore_patterns("rules.json", "source.json"), dirs_exist_ok=True)
    return ("--schemas", str(folder))


@contextmanager
def _quiet() -> Iterator[None]:
    """Let the server say nothing of calls that are not HTTP: schemathesis makes such, to learn what a server takes."""
    logger = logging.getLogger("uvicorn.error")
    before = logger.disabled
    logger.disabled = True
    try:
        yield
    finally:
        logger.disabled = before


def _command(url: str, token: str, seed: int, max_examples: int) -> list[str]:
    return [
        *(sys.executable, "-P", "-m", "schemathesis.cli", "run", _DOCUMENT),
        *("--url", url, "--header", f"Authorization: Bearer {token}"),
        *("--seed", str(seed), "--max-examples", str(max_examples), "--workers", "1", "--no-color"),
        *("--continue-on-failure", "--report", "json", "--report-json-path", _REPORT),
    ]


def _environment() -> dict[str, str]:
    """Pass on the environment without what would set schemathesis, or Hypothesis, otherwise than by their defaults.

    ``CI`` is among it: Hypothesis has a profile of its own for that.
    """
    ours = ("SCHEMATHESIS", "HYPOTHESIS", "RUNCOMFY")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours) and name != "CI"}
    return kept | {"PYTHONUTF8": "1"}


def _found(report: Mapping[str, Any]) -> Iterator[str]:
    """Name each failure, and each error, with the operation that it is of."""
    for kind in ("failures", "errors"):
        for each in report.get(kind, ()):
            name = each.get("type") or each.get("title") or kind
            for operation in each.get("operations") or ("everywhere",):
                yield f"{name}: {operation}"
