"""The commands of the fake: ``serve`` and ``demo``."""

from __future__ import annotations

import difflib
import errno
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from mock_server import environment, greeting
from mock_server import settings_table as table
from mock_server.app import App, create_app
from mock_server.core.pacing import timed
from mock_server.demo import Exchange, NeverOver, NoFile, Patience, Refused, Story, follow
from mock_server.greeting import DEMO_MODEL
from mock_server.intercept.options import Asked, intercept_options, intercepted
from mock_server.persistence.journal_file import JournalError
from mock_server.ready_file import ReadyFile
from mock_server.serving import Server, listen, serving, url_of
from mock_server.settings import Settings, SettingsError
from mock_server.settings_table import from_texts
from mock_server.trouble.scenario import ScenarioError
from schemas.terminal import Exit, emit, fail, say

DEFAULT_PORT = 8787
_PREFIX = "RUNCOMFY_MOCK_"
_LONGEST_SHOWN = 400

Command = Callable[..., Any]

_PATHS = click.Path()  # several in one variable are separated as in PATH, since a path may have a space in it


def _settings_options(command: Command) -> Command:
    """Give a command one option for each row of the settings table."""
    for spec in reversed(table.SPECS):
        default = (
            ""
            if spec.default in (None, ()) or spec.repeated or spec.parse is None
            else f"  [default: {_text(spec.default)}]"
        )
        command = click.option(
            spec.flag,
            spec.name,
            envvar=spec.variable,
            is_flag=spec.parse is None,
            default=False if spec.parse is None else None,
            multiple=spec.repeated,
            type=_PATHS if spec.is_folders else None,
            metavar=spec.metavar or None,
            help=spec.text + default,
        )(command)
    return command


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, envvar="RUNCOMFY_MOCK_HOST", help="address to bind")
@click.option(
    "--port",
    default=DEFAULT_PORT,
    show_default=True,
    type=click.IntRange(0, 65535),
    envvar="RUNCOMFY_MOCK_PORT",
    help="port to bind; 0 finds a free one",
)
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="PATH",
    help="write the URL to this file once the socket listens",
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON document instead of the greeting")
@intercept_options
@_settings_options
def serve(
    host: str,
    port: int,
    ready_file: Path | None,
    *,
    as_json: bool,
    intercept: bool,
    intercept_port: int | None,
    write_hosts: bool,
    **texts: object,
) -> None:
    """Serve the fake until Ctrl-C.

    The settings can be given as environment variables too, RUNCOMFY_MOCK_ and the option's name in capitals. Several
    values of one are separated there by spaces, several folders as in PATH.
    """
    if not host:
        raise click.UsageError("--host: expected an address or a name, such as 127.0.0.1, not an empty text")
    asked = Asked(intercept, intercept_port, write_hosts)
    settings = _read(texts)
    _warn_of_unknown_variables()
    app = _built(settings)
    for problem in app.service.catalog.warnings:
        click.echo(f"Warning: {problem}", err=True)
    try:
        listener = listen(host, port)
    except (OSError, OverflowError, TypeError, ValueError) as error:  # the latter: a host that is no text for a socket
        hint = "; --port 0 finds a free port" if getattr(error, "errno", None) == errno.EADDRINUSE else ""
        fail(Exit.UNAVAILABLE, f"cannot listen on {host}:{port}: {error}{hint}")
    with ExitStack() as undo:
        undo.callback(listener.close)
        url = url_of(listener)
        ready = None if ready_file is None else _ready(ready_file, url)
        interception = intercepted(url, host, asked)
        if interception is not None:
            undo.callback(interception.close)

        def greet() -> None:
            if interception is not None:
                app.control.interception = interception.facts()
            if as_json:
                emit(greeting.facts(app, url))
            else:
                click.echo(greeting.text(app, url))
            if ready is not None:
                undo.callback(ready.remove)
                ready.write()

        try:
            Server(app, greet, interception).run([listener])
        except BrokenPipeError:
            raise
        except OSError as error:
            fail(Exit.UNAVAILABLE, str(error))


def _ready(path: Path, url: str) -> ReadyFile:
    try:
        return ReadyFile(path, url)
    except OSError as error:
        raise click.UsageError(f"--ready-file: cannot write {path}: {error.strerror}") from None


@click.command()
@click.option("--model", "model_id", default=DEMO_MODEL, show_default=True, help="model to run")
@click.option(
    "--directory",
    type=click.Path(file_okay=False, exists=True, writable=True, path_type=Path),
    default=Path(),
    help="where to save the file  [default: here]",
)
@click.option("--interval", type=click.FloatRange(0, 60), default=0.5, show_default=True, help="seconds between polls")
@click.option("--pace", metavar="PACE", help="how the request gets on, as for serve  [default: time:1,2]")
@click.option(
    "--timeout",
    type=click.FloatRange(0),
    default=60,
    show_default=True,
    metavar="SECONDS",
    help="give up when the request is not over after so long",
)
@click.option(
    "--schemas",
    multiple=True,
    type=_PATHS,
    metavar="DIR",
    envvar="RUNCOMFY_MOCK_SCHEMAS",
    help="one more folder of models (may be repeated)",
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON document instead of each exchange")
def demo(
    model_id: str,
    directory: Path,
    pace: str | None,
    schemas: tuple[str, ...],
    *,
    interval: float,
    timeout: float,
    as_json: bool,
) -> None:
    """Start the fake, run one request from submit to a file on disk, and show each exchange."""
    settings = _read({"pace": pace, "schemas": schemas})
    if pace is None:
        settings = replace(settings, pace=timed(1, 2))
    if not (interval >= 0 and timeout >= 0):
        raise click.UsageError("--interval and --timeout are numbers of seconds, 0 or more")
    if settings.pace.name == "manual":
        fail(Exit.USAGE, "nobody is there to move the demo's request by hand; take another pace than manual")
    app = create_app(settings)
    model = app.service.catalog.get(model_id)
    if model is None:
        fail(Exit.BAD_INPUT, f"no model {model_id!r}; there are: {', '.join(app.service.catalog)}")
    try:
        with serving(app) as url:
            story = follow(url, model, directory, Patience(interval, timeout), _ignore if as_json else _tell)
    except (Refused, NoFile) as error:
        fail(Exit.BAD_INPUT, str(error))
    except NeverOver as error:
        fail(Exit.TRY_LATER, str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        fail(Exit.UNAVAILABLE, str(error))
    if as_json:
        emit({"seed": app.service.seed, **story.as_json()})
    else:
        say()
        say(f"{_ending(story)}, seed {app.service.seed}")


def _built(settings: Settings) -> App:
    try:
        app = create_app(settings)
    except (JournalError, ScenarioError) as error:
        fail(Exit.BAD_INPUT, str(error))
    if app.file is not None and app.file.torn:
        message = f"the last line of the journal {app.file.path} was torn and is dropped ({app.file.torn} bytes)"
        click.echo(f"Warning: {message}", err=True)
    return app


def _read(texts: dict[str, Any]) -> Settings:
    try:
        return from_texts(texts)
    except SettingsError as error:
        raise click.UsageError(_by_source(str(error))) from None


def _by_source(message: str) -> str:
    """Blame the variable, not the option, where the value came from there."""
    context = click.get_current_context()
    for spec in table.SPECS:
        if context.get_parameter_source(spec.name) is ParameterSource.ENVIRONMENT:
            message = message.replace(f"{spec.flag}: ", f"{spec.variable}: ", 1)
    return message


def _warn_of_unknown_variables() -> None:
    known = [name for parameter in serve.params if isinstance(name := parameter.envvar, str)]
    known.append("RUNCOMFY_MOCK_URL")  # of intercept-env
    for name in environment.variables(_PREFIX):
        if name not in known:
            close = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(known)}"
            click.echo(f"Warning: the variable {name} sets nothing; {hint}", err=True)


def _ignore(_: Exchange) -> None:
    return


def _tell(exchange: Exchange) -> None:
    say()
    say((exchange.note, "bold"))
    say(f"  {exchange.method} {exchange.url}")
    if exchange.sent is not None:
        say(f"  {_shown(json.dumps(exchange.sent, ensure_ascii=False))}")
    is_json = exchange.content_type == "application/json"
    told = _shown(exchange.body.decode()) if is_json else f"{exchange.content_type}, {len(exchange.body)} bytes"
    say("  ", (str(exchange.status), "green"), f" {told}")


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _ending(story: Story) -> str:
    life = " → ".join(story.statuses)
    return f"{life} → {story.result['status']}: {story.file['path']} ({story.file['bytes']} bytes)"
