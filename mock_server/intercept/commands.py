"""``intercept-env``: the environment for programs that are to reach a fake which intercepts."""

from __future__ import annotations

import contextlib
import http.client
import json
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import click

from mock_server import environment
from mock_server.intercept.variables import DEFAULT_URL, FAILURES, NAMES, SHELLS, merge_node_options
from schemas.terminal import Exit, emit, fail

_SECONDS = 10.0
_MOST_PATIENCE = 600.0
_INTERVAL = 0.05
_MOST_BYTES = 1024 * 1024
_GIVEN = "runcomfy_mock.given"
_START = "start it with: runcomfy-mock serve --intercept"


class _Evaluated(click.Command):
    """A command whose output a shell evaluates: where it fails, it has that shell fail too."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the arguments; where they make no sense, the shell is the one that they name."""
        given = list(args)
        with _failing_with(given):
            context = super().make_context(info_name, args, parent, **extra)
        context.meta[_GIVEN] = given
        return context

    def invoke(self, ctx: click.Context) -> Any:
        """Do what the arguments say."""
        with _failing_with(ctx.meta[_GIVEN]):
            return super().invoke(ctx)


@contextlib.contextmanager
def _failing_with(arguments: Sequence[str]) -> Iterator[None]:
    """Print the line that has a shell fail, where this does; JSON is for no shell."""
    try:
        yield
    except BaseException as error:
        is_help = isinstance(error, click.exceptions.Exit) and error.exit_code == 0
        if not is_help and "--json" not in arguments:
            shell = next((name for name in SHELLS if {name, f"--shell={name}"} & {*arguments}), "sh")
            with contextlib.suppress(OSError):
                click.echo(FAILURES[shell])
        raise


@click.command("intercept-env", cls=_Evaluated)
@click.option("--url", default=DEFAULT_URL, show_default=True, envvar="RUNCOMFY_MOCK_URL", help="where the fake serves")
@click.option("--shell", type=click.Choice(list(SHELLS)), default="sh", show_default=True, help="whose words to print")
@click.option("--json", "as_json", is_flag=True, help="print one JSON object of variables instead")
@click.option(
    "--control-token",
    metavar="TOKEN",
    envvar="RUNCOMFY_MOCK_CONTROL_TOKEN",
    help="the token of the fake's control plane, if it was given one",
)
@click.option(
    "--wait",
    "patience",
    type=click.FloatRange(0, _MOST_PATIENCE),
    default=10.0,
    show_default=True,
    metavar="SECONDS",
    help="how long to wait for a fake that is just being started",
)
@click.option("--node-options", envvar="NODE_OPTIONS", default="", hidden=True)
def intercept_env(
    url: str, shell: str, control_token: str | None, patience: float, node_options: str, *, as_json: bool
) -> None:
    """Print what a shell needs so that the programs it starts reach a running serve --intercept.

    Use it as: eval "$(runcomfy-mock intercept-env)"
    """
    told = _ask(url.rstrip("/"), control_token, patience)
    told["NODE_OPTIONS"] = merge_node_options(node_options, told["NODE_OPTIONS"])
    if as_json:
        emit(told)
    else:
        click.echo("\n".join(SHELLS[shell](name, value) for name, value in told.items()))


def _ask(url: str, control_token: str | None, patience: float) -> dict[str, str]:
    """Return the variables that the fake at ``url`` tells; ends the command if it tells none."""
    try:
        status, body = _called(url, control_token, environment.wall_clock() + patience)
    except (OSError, ValueError, http.client.HTTPException) as error:
        why = str(error) or type(error).__name__
        fail(Exit.UNAVAILABLE, f"no fake answers at {url} ({why}); {_START}, or say where it is with --url")
    document = _object(body)
    told = document.get("environment")
    if status == http.client.OK and isinstance(told, dict) and told.keys() == NAMES:
        texts = {name: value for name, value in told.items() if isinstance(value, str)}
        if texts.keys() == NAMES:
            return texts
    if status == http.client.FORBIDDEN:
        fail(Exit.TOKEN_REJECTED, f"the fake at {url} wants its control token, by --control-token")
    if status == http.client.CONFLICT:
        fail(Exit.UNAVAILABLE, f"the fake at {url} does not intercept; {_START}")
    return fail(Exit.UNAVAILABLE, f"what answers at {url} is no fake of this version; {_START}")


def _called(url: str, control_token: str | None, deadline: float) -> tuple[int, bytes]:
    """Return the status and the body of the fake's answer; a port that nobody listens on yet is tried again."""
    headers = {} if control_token is None else {"X-Control-Token": control_token}
    while True:
        connection, path = _connection(url)
        try:
            connection.request("GET", f"{path}/__mock__/intercept", headers=headers)
            with connection.getresponse() as answer:
                return answer.status, answer.read(_MOST_BYTES)
        except ConnectionRefusedError:
            if environment.wall_clock() >= deadline:
                raise
            environment.wait(_INTERVAL)
        finally:
            connection.close()


def _connection(url: str) -> tuple[http.client.HTTPConnection, str]:
    """Return a connection for a fake's URL, not opened yet, and the URL's path. Raises ``UsageError``."""
    try:
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname and url.isascii() and not (parts.query or parts.fragment):
            return http.client.HTTPConnection(parts.hostname, parts.port, timeout=_SECONDS), parts.path
    except ValueError:
        pass
    raise click.UsageError(f"--url: expected the URL of a fake, such as {DEFAULT_URL}, not {url!r}")


def _object(body: bytes) -> dict[str, Any]:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return document if isinstance(document, dict) else {}
