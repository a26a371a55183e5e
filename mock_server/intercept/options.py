"""The options of ``serve`` that have it intercept, and what they mean together."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from schemas.extras import installing
from schemas.terminal import Exit, fail

if TYPE_CHECKING:
    from mock_server.intercept.interception import Interception

_HTTPS_PORT = 443

Command = Callable[..., Any]


def intercept_options(command: Command) -> Command:
    """Give a command the options; `intercepted` does what they say."""
    options = (
        click.option(
            "--intercept",
            is_flag=True,
            envvar="RUNCOMFY_MOCK_INTERCEPT",
            help="let programs with the vendor's hosts hard-coded reach the fake, by a proxy; see intercept-env",
        ),
        click.option(
            "--intercept-port",
            type=click.IntRange(1, 65535),
            metavar="PORT",
            envvar="RUNCOMFY_MOCK_INTERCEPT_PORT",
            help="intercept, and speak TLS on this port (443) for programs that a hosts file leads here",
        ),
        click.option(
            "--write-hosts",
            is_flag=True,
            envvar="RUNCOMFY_MOCK_WRITE_HOSTS",
            help="intercept on port 443, and name the vendor's hosts in the hosts file meanwhile; needs root",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


class Asked(NamedTuple):
    """What the options say."""

    intercept: bool
    intercept_port: int | None
    write_hosts: bool


def intercepted(url: str, host: str, asked: Asked) -> Interception | None:
    """Return what is asked for, its sockets bound; ``None`` if that is nothing.

    Ends the command where a library is missing, or where a port or the hosts file cannot be had.
    """
    if not any(asked):
        return None
    try:
        from mock_server.intercept.hosts_file import HostsFile  # noqa: PLC0415 - serve starts fast without
        from mock_server.intercept.interception import Interception  # noqa: PLC0415
    except ModuleNotFoundError as error:
        fail(Exit.UNAVAILABLE, f"serve --intercept needs {error.name}: {installing('intercept')}")
    port = asked.intercept_port or (_HTTPS_PORT if asked.write_hosts else None)
    try:
        return Interception(url, host, port, HostsFile(url) if asked.write_hosts else None)
    except OSError as error:
        fail(Exit.UNAVAILABLE, str(error))
