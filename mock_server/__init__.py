"""A fake of the RunComfy Model API: in process, on a port, in pytest.

>>> from mock_server import MockRunComfy, polls
>>> fake = MockRunComfy(pace=polls(1, 1), seed=7)

The names below are loaded when they are first used: pytest imports this package in every session, also in those that
never touch the fake.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mock_server.core.calls import Calls, VerificationError
    from mock_server.core.pacing import Pace, instant, manual, polls, timed
    from mock_server.fake import MockRunComfy
    from mock_server.settings import Settings
    from schemas.variants import Variants

__all__ = [
    "Calls",
    "MockRunComfy",
    "Pace",
    "Settings",
    "Variants",
    "VerificationError",
    "instant",
    "manual",
    "polls",
    "timed",
]

_HOMES = {
    "Calls": "mock_server.core.calls",
    "MockRunComfy": "mock_server.fake",
    "Pace": "mock_server.core.pacing",
    "Settings": "mock_server.settings",
    "Variants": "schemas.variants",
    "VerificationError": "mock_server.core.calls",
    "instant": "mock_server.core.pacing",
    "manual": "mock_server.core.pacing",
    "polls": "mock_server.core.pacing",
    "timed": "mock_server.core.pacing",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
