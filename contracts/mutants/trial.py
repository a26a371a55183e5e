"""One wrong server before the suite, and before plain schemathesis: whether they find it, by what, and how fast."""

from __future__ import annotations

import functools
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from contracts.mutants.plain import MAX_EXAMPLES, plain_schemathesis, without_rules
from contracts.mutants.servers import SERVERS
from contracts.server.calling.target import FakeTarget
from contracts.server.depth import Depth
from contracts.server.playing.crowd import MADE_UP
from contracts.server.run import Options, Run
from contracts.targets import fake
from schemas import catalog
from schemas.openapi import document

RIGHT = "the right server"
_TOKEN, _OTHER = "the-first-of-two", "the-second-of-two"
# What lets the mistake show of a server that has it only if it is set up with that.
_NEEDS = {"--rate-limit": "50/60", "--balance-usd": "5", "--variant": "result_echo=present"}


@dataclass(frozen=True, slots=True)
class Trial:
    """How one server fared: ``findings`` are the ids of what was found in it, in ``seconds``, with ``calls``."""

    name: str
    findings: tuple[str, ...]
    phase: str
    calls: int
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "name": self.name,
            "killed": bool(self.findings),
            "by": list(self.findings),
            "phase": self.phase,
            "calls": self.calls,
            "seconds": round(self.seconds, 2),
        }


def try_mutant(name: str, seed: int, depth: Depth) -> Trial:
    """Run the suite on one wrong server until it finds something. Raises ``KeyError`` for a name that there is not."""
    mutant = SERVERS[name]
    target = FakeTarget(seed, change=mutant.break_, name=name)
    return _run(target, Options(seed, depth, only_first=True))


def try_right(seed: int, depth: Depth) -> Trial:
    """Run the whole suite on the right server."""
    return _run(FakeTarget(seed, name=RIGHT), Options(seed, depth))


def _run(target: FakeTarget, options: Options) -> Trial:
    outcome = Run(target, options).execute()
    findings = outcome.findings
    phase = findings[0].phase if findings else ""
    return Trial(target.name, tuple(each.finding_id for each in findings), phase, outcome.calls, outcome.seconds)


def try_plain(name: str, seed: int, max_examples: int = MAX_EXAMPLES) -> Trial:
    """Run ``schemathesis run``, by its defaults, on one wrong server; what it says of the right one does not count."""
    mutant = SERVERS[name]
    with tempfile.TemporaryDirectory() as folder:
        options = _options(mutant.needs, Path(folder))
        app = fake(options)
        described = document(catalog.load([Path(part) for part in options if Path(part).is_dir()]))
        known = _of_the_right_one(mutant.needs, seed, max_examples)
        result = plain_schemathesis(
            mutant.break_(app), described, _TOKEN, seed=seed, max_examples=max_examples, known=known
        )
    return Trial(name, result.checks, "stopped: " + result.stopped if result.stopped else "", 0, result.seconds)


@functools.cache
def _of_the_right_one(needs: str, seed: int, max_examples: int) -> tuple[str, ...]:
    with tempfile.TemporaryDirectory() as folder:
        options = _options(needs, Path(folder))
        described = document(catalog.load([Path(part) for part in options if Path(part).is_dir()]))
        return plain_schemathesis(fake(options), described, _TOKEN, seed=seed, max_examples=max_examples).checks


def _options(needs: str, folder: Path) -> list[str]:
    """Return the options of a server that shows as much as one server can."""
    options = ["--pace", "polls:1,1", "--slots", "1", "--seed", "1", "--token", _TOKEN, "--token", _OTHER]
    options += without_rules(folder)
    if needs in _NEEDS:
        options += [needs, _NEEDS[needs]]
    if needs == "--schemas":
        options += ["--schemas", str(MADE_UP)]
    return options
