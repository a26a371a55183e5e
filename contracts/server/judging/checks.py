"""Every promise that the suite holds a server to, read from ``checks.toml`` beside this file."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

from contracts.findings import Severity


@dataclass(frozen=True, slots=True)
class Check:
    """One promise: ``title`` says what a right server does, ``ledger`` names the facts that say so."""

    check_id: str
    severity: Severity
    title: str
    ledger: tuple[str, ...]


def _read() -> Mapping[str, Check]:
    document = tomllib.loads(resources.files("contracts.server.judging").joinpath("checks.toml").read_text("utf-8"))
    return {
        check_id: Check(check_id, Severity(entry["severity"]), entry["title"], tuple(entry["ledger"]))
        for check_id, entry in document.items()
    }


CHECKS: Mapping[str, Check] = _read()
"""By id, in the order of reports."""
