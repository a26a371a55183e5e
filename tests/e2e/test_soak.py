from __future__ import annotations

import sys

import pytest

from tests.soak.run import Plan, soak


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM to end a server with")
def test_a_short_soak_breaks_no_promise() -> None:
    report = soak(Plan(connections=16, seed=1, seconds=6.0, calls=2000))
    assert report.problems == []
    assert report.calls > 100
    assert report.broken > 0
    assert report.statuses[200] > 0
