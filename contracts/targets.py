"""Who is at the other end: the one door from the harness to the fake. Nothing else in ``contracts`` imports it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mock_server.serving import serving

if TYPE_CHECKING:
    from mock_server.app import App

__all__ = ["FAKE_MODULE", "fake", "serving"]

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
