"""The score as it was last measured, kept beside the mutants: what plain schemathesis finds takes half an hour."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from contracts.mutants.servers import SERVERS

RECORD = Path(__file__).with_name("score.json")


def read() -> Mapping[str, Any]:
    """Return the record: ``{"schemathesis", "plain": {mutant: [what it found]}, "suite": {depth: {mutant: id}}}``."""
    record: Mapping[str, Any] = json.loads(RECORD.read_text("utf-8"))
    return record


def table() -> str:
    """Return the score as a table in Markdown."""
    record = read()
    plain = sum(bool(found) for found in record["plain"].values())
    rows = [
        "| | wrong servers found |",
        "|---|---|",
        *(
            f"| `check --depth {depth}` | {_share(sum(map(bool, found.values())))} |"
            for depth, found in record["suite"].items()
        ),
        f"| `schemathesis run` {record['schemathesis']} by its defaults, on our OpenAPI document | {_share(plain)} |",
    ]
    return "\n".join(rows)


def _share(count: int) -> str:
    return f"{count} of {len(SERVERS)} ({100 * count / len(SERVERS):.1f} %)"
