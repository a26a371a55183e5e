"""Ctrl-C that gets through, whoever is running when it comes."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_UNHEARD = "gc_callback"
"""A function of Hypothesis that Python calls in the midst of any other, and whose exceptions it only prints."""


@contextmanager
def interruptible(interrupt: Callable[[], None]) -> Iterator[None]:
    """Call ``interrupt`` at SIGINT, besides raising ``KeyboardInterrupt``, which may be caught on its way.

    Schemathesis ends at it in good order and tells nobody. Where SIGINT is ignored it stays so.
    For the main thread.
    """
    before = signal.getsignal(signal.SIGINT)
    if before is signal.SIG_IGN or before is None:
        yield
        return

    def handle(number: int, frame: FrameType | None) -> None:
        interrupt()
        if frame is None or frame.f_code.co_name != _UNHEARD:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
