"""The one door to the outside: real time, a fresh seed, names of variables. Nothing else reads them.

The variables' values are read by click, each for its option.
"""

from __future__ import annotations

import os
import secrets
import time

_STARTED = time.time() - time.monotonic()


def wall_clock() -> float:
    """Return the real time in seconds since 1970; it goes on evenly, also where somebody sets the machine's clock."""
    return _STARTED + time.monotonic()


def wait(seconds: float) -> None:
    """Let real time pass; only commands that poll do so."""
    time.sleep(seconds)


def fresh_seed() -> int:
    """Return a seed nobody can guess, short enough to be typed again."""
    return secrets.randbelow(2**31)


def variables(prefix: str) -> list[str]:
    """Return the names of the environment's variables that begin with ``prefix``, in order."""
    return sorted(name for name in os.environ if name.startswith(prefix))
