from __future__ import annotations

import signal

import pytest

from contracts.server.interrupting import interruptible


def test_an_interrupt_is_told_and_raised() -> None:
    told: list[int] = []
    before = signal.getsignal(signal.SIGINT)
    with pytest.raises(KeyboardInterrupt), interruptible(lambda: told.append(1)):
        signal.raise_signal(signal.SIGINT)
    assert told == [1]
    assert signal.getsignal(signal.SIGINT) is before


def test_in_the_midst_of_collecting_garbage_it_is_only_told() -> None:
    told: list[int] = []

    def gc_callback() -> None:
        signal.raise_signal(signal.SIGINT)
        told.append(2)

    with interruptible(lambda: told.append(1)):
        gc_callback()
    assert told == [1, 2]


def test_where_it_is_ignored_it_stays_so() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with interruptible(lambda: pytest.fail("it is ignored")):
            signal.raise_signal(signal.SIGINT)
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
