"""The one door to the outside: real time, environment variables, and a fresh seed. Nothing else reads them."""

from __future__ import annotations

import os
import secrets
import time


def wall_clock() -> float:
    """Return the real time in seconds since 1970."""
    return time.time()


def wait(seconds: float) -> None:
    """Let real time pass; only the demo does so."""
    time.sleep(seconds)


def variable(name: str) -> str | None:
    """Return an environment variable, or ``None`` where it is unset or empty."""
    return os.environ.get(name) or None


def fresh_seed() -> int:
    """Return a seed nobody can guess, short enough to be typed again."""
    return secrets.randbelow(2**31)
