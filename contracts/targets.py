"""Who is at the other end: the one door from the harness to the fake. Nothing else in ``contracts`` imports it."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

from mock_server.serving import serving

if TYPE_CHECKING:
    from mock_server.app import App
    from mock_server.core.accounts import Account
    from mock_server.core.capacity import Line
    from mock_server.core.errors import (
        Conflict,
        InternalError,
        PermissionDenied,
        RateLimited,
        ResourceNotFound,
        UserAccountError,
    )
    from mock_server.core.lifecycle import Outcome, Request, Status
    from mock_server.service import View
    from mock_server.trouble.call import OF_REQUEST, Operation
    from mock_server.trouble.domains import (
        Choice,
        Domain,
        Flag,
        Headers,
        HeaderText,
        Names,
        Number,
        Text,
        Url,
        Whole,
    )
    from mock_server.trouble.effects.base import Effect
    from mock_server.trouble.effects.catalogue import CATALOGUE
    from mock_server.trouble.effects.documents import OPTIONAL

__all__ = [
    "CATALOGUE",
    "FAKE_MODULE",
    "OF_REQUEST",
    "OPTIONAL",
    "Account",
    "App",
    "Choice",
    "Conflict",
    "Domain",
    "Effect",
    "Flag",
    "HeaderText",
    "Headers",
    "InternalError",
    "Line",
    "Names",
    "Number",
    "Operation",
    "Outcome",
    "PermissionDenied",
    "RateLimited",
    "Request",
    "ResourceNotFound",
    "Status",
    "Text",
    "Url",
    "UserAccountError",
    "View",
    "Whole",
    "fake",
    "serving",
]

# What can go wrong, loaded when it is first used: the benchmark's hello does without.
_DOMAINS = ("Choice", "Domain", "Flag", "HeaderText", "Headers", "Names", "Number", "Text", "Url", "Whole")
_ERRORS = ("Conflict", "InternalError", "PermissionDenied", "RateLimited", "ResourceNotFound", "UserAccountError")
_HOMES = (
    dict.fromkeys(_DOMAINS, "mock_server.trouble.domains")
    | dict.fromkeys(_ERRORS, "mock_server.core.errors")
    | {
        "Account": "mock_server.core.accounts",
        "App": "mock_server.app",
        "CATALOGUE": "mock_server.trouble.effects.catalogue",
        "Effect": "mock_server.trouble.effects.base",
        "Line": "mock_server.core.capacity",
        "OF_REQUEST": "mock_server.trouble.call",
        "OPTIONAL": "mock_server.trouble.effects.documents",
        "Operation": "mock_server.trouble.call",
        "Outcome": "mock_server.core.lifecycle",
        "Request": "mock_server.core.lifecycle",
        "Status": "mock_server.core.lifecycle",
        "View": "mock_server.service",
    }
)

FAKE_MODULE = "mock_server"
"""What ``python -m`` runs to serve the fake in a process of its own, as ``runcomfy-mock serve`` does."""


def fake(options: Sequence[str] = ()) -> App:
    """Build a fake from options as ``serve`` takes them; no environment variable has a say in it.

    Raises ``click.UsageError`` for an option that there is not, `mock_server.settings.SettingsError` for a value that
    cannot be.
    """
    import click  # noqa: PLC0415 - whoever serves another application does not pay for the fake

    from mock_server.app import create_app  # noqa: PLC0415
    from mock_server.commands import serve  # noqa: PLC0415
    from mock_server.settings_table import from_texts  # noqa: PLC0415

    given, _, _ = serve.make_parser(click.Context(serve)).parse_args(list(options))
    return create_app(from_texts(given))


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
