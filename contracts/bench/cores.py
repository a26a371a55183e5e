"""Servers on a core of their own.

Where caller and server share a core, or where the system moves them about, a call costs the bare hello half as much in
one round as in the next, and a ratio compares unlike things.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def apart() -> Iterator[int | None]:
    """Keep this process off one core while the context lasts, and yield that core for the servers.

    ``None`` where there is only one core, or where the system does not let a process choose.
    """
    if sys.platform != "linux" or len(cores := os.sched_getaffinity(0)) == 1:
        yield None
        return
    core = max(cores)
    os.sched_setaffinity(0, cores - {core})
    try:
        yield core
    finally:
        os.sched_setaffinity(0, cores)


def keep_on(pid: int, core: int | None) -> None:
    """Let a process run on ``core`` alone (``None``: on any)."""
    if sys.platform == "linux" and core is not None:
        os.sched_setaffinity(pid, {core})
