"""Servers on a core of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from contracts.bench.cores import apart, keep_on
from contracts.bench.process import ServerProcess

linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process choose its core")


@linux
def test_caller_and_server_share_no_core_and_all_is_as_before_afterwards() -> None:
    before = os.sched_getaffinity(0)
    with apart() as core:
        if core is None:
            assert len(before) == 1
        else:
            assert os.sched_getaffinity(0) == before - {core}
            with ServerProcess("hello", core=core) as server:
                threads = [int(path.name) for path in Path(f"/proc/{server.pid}/task").iterdir()]
                assert len(threads) > 1
                assert [os.sched_getaffinity(thread) for thread in threads] == [{core}] * len(threads)
    assert os.sched_getaffinity(0) == before


@linux
def test_an_error_does_not_leave_this_process_on_fewer_cores() -> None:
    before = os.sched_getaffinity(0)
    with pytest.raises(ZeroDivisionError), apart():
        raise ZeroDivisionError
    assert os.sched_getaffinity(0) == before


def test_where_nothing_can_be_chosen_nothing_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "another")
    with apart() as core:
        assert core is None
    keep_on(1, 0)


@linux
def test_of_one_core_none_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    with apart() as core:
        assert core is None
