"""The score as it was last measured: ``python -m contracts.mutants.record`` measures it again, in half an hour or more.

The suite's own part is measured again by the tests; what plain schemathesis finds takes too long for that.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from contracts.mutants.plain import MAX_EXAMPLES, SEED
from contracts.mutants.run import score
from contracts.mutants.servers import SERVERS
from contracts.mutants.trial import Trial
from contracts.server.depth import Depth

RECORD = Path(__file__).with_name("score.json")
RIGHT_SEEDS = 20
DEPTHS = (Depth.QUICK, Depth.DEFAULT)


def read() -> Mapping[str, Any]:
    """Return the record: ``{"suite": {depth: {mutant: finding}}, "right", "plain": {"found": {mutant: …}, …}}``.

    What was not found is ``null`` there.
    """
    record: Mapping[str, Any] = json.loads(RECORD.read_text("utf-8"))
    return record


def measure() -> dict[str, Any]:
    """Measure everything anew."""
    suite, right = {}, {}
    plain: Sequence[Trial] = ()
    for depth in DEPTHS:
        found = score((), seed=SEED, depth=depth, right_seeds=RIGHT_SEEDS, plain=depth is DEPTHS[-1])
        suite[depth.value] = _by_name(found.trials)
        right[depth.value] = [finding for trial in found.right for finding in trial.findings]
        plain = found.plain or plain
    return {
        "suite": suite,
        "right": {"seeds": RIGHT_SEEDS, "findings": right},
        "plain": {
            "schemathesis": version("schemathesis"),
            "seed": SEED,
            "max_examples": MAX_EXAMPLES,
            "found": _by_name(plain),
        },
    }


def _by_name(trials: Sequence[Trial]) -> dict[str, str | None]:
    return {trial.name: next(iter(trial.findings), None) for trial in trials}


def table() -> str:
    """Return the score as a table in Markdown."""
    record = read()
    plain = record["plain"]
    how = (
        f"`schemathesis run` {plain['schemathesis']} with its own checks, on our OpenAPI document, "
        f"{plain['max_examples']} examples an operation"
    )
    right = record["right"]
    lines = [
        f"| `check --depth {depth}` | {_share(found)} | {len(right['findings'][depth])} |"
        for depth, found in record["suite"].items()
    ]
    lines.append(f"| {how} | {_share(plain['found'])} | |")
    heading = f"| | wrong servers found | findings in the right one, {right['seeds']} seeds |"
    return "\n".join([heading, "|---|---|---|", *lines])


def _share(found: Mapping[str, str | None]) -> str:
    count = sum(each is not None for each in found.values())
    return f"{count} of {len(SERVERS)} ({100 * count / len(SERVERS):.1f} %)"


if __name__ == "__main__":
    RECORD.write_text(json.dumps(measure(), indent=1) + "\n", "utf-8")
    sys.stdout.write(table() + "\n")
