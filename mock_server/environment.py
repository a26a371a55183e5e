"""The one door to the outside: real time and a fresh seed. Nothing else reads them (click reads the variables)."""

from __future__ import annotations

import secrets
import time

_STARTED = time.time() - time.monotonic()


def wall_clock() -> float:
    """Return the real time in seconds since 1970; it goes on evenly, also where somebody sets the machine's clock."""
    return _STARTED + time.monotonic()


def wait(seconds: float) -> None:
    """Let real time pass; only the demo does so."""
    time.sleep(seconds)


def fresh_seed() -> int:
    """Return a seed nobody can guess, short enough to be typed again."""
    return secrets.randbelow(2**31)
