from __future__ import annotations

import inspect

from mock_server.core.keeper import Keeper


def test_nobody_takes_all_that_a_keeper_hears_and_does_nothing() -> None:
    nobody = Keeper()
    assert (nobody.state, nobody.keeps) == ("none", False)
    for name, method in inspect.getmembers(Keeper, inspect.isfunction):
        if not name.startswith("_"):
            parameters = list(inspect.signature(method).parameters)[1:]
            assert getattr(nobody, name)(*parameters) is None
