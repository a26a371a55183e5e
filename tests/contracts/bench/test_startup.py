from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from contracts.bench import startup
from contracts.bench.process import ServerGone


@pytest.mark.parametrize("start", [startup.hello_seconds, startup.fake_seconds])
def test_the_seconds_are_within_those_that_passed(start: Callable[[], float]) -> None:
    begun = time.perf_counter()
    seconds = start()
    assert 0 < seconds < time.perf_counter() - begun


def test_a_fake_that_ends_before_it_serves_is_told(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(startup, "FAKE_MODULE", "no_such_module")
    begun = time.perf_counter()
    with pytest.raises(ServerGone):
        startup.fake_seconds()
    assert time.perf_counter() - begun < startup._LONGEST_START / 2
    assert "no_such_module" in capfd.readouterr().err
