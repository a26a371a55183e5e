"""What a run of the harness can find: one broken promise, where, how bad, and how to see it again."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much it hurts, the worst first."""

    CRITICAL = "critical"
    """Money, secrets, or the requests of other people."""
    MAJOR = "major"
    """A client that is right breaks, or is told what is not so."""
    MINOR = "minor"
    """A robust client copes."""


@dataclass(frozen=True, slots=True)
class Reproduction:
    """How to see a finding again: ``setup`` starts the server (or is empty), then either of the two does.

    Tokens stand in it as variables of the environment, never as themselves.
    """

    curl: str
    python: str
    setup: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One broken promise.

    ``finding_id`` is stable between runs and seeds: ``check:operation``, and a word on which case of the check if there
    are several. ``operation`` is the ledger's name, ``ledger`` the ids of the facts that it breaks. ``sent`` and
    ``answered`` show the exchange that gave it away, shortened and without tokens.
    """

    finding_id: str
    check: str
    severity: Severity
    operation: str
    message: str
    ledger: tuple[str, ...]
    reproduction: Reproduction
    seed: int
    phase: str = ""
    sent: str = ""
    answered: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as a JSON object."""
        return {
            "id": self.finding_id,
            "check": self.check,
            "severity": self.severity.value,
            "operation": self.operation,
            "message": self.message,
            "ledger": list(self.ledger),
            "phase": self.phase,
            "seed": self.seed,
            "sent": self.sent,
            "answered": self.answered,
            "reproduction": {
                "setup": self.reproduction.setup,
                "curl": self.reproduction.curl,
                "python": self.reproduction.python,
            },
        }
