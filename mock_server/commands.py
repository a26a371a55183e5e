"""The commands of the fake: ``serve`` and ``demo``."""

from __future__ import annotations

import errno
import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from mock_server import settings as table
from mock_server.app import App, create_app
from mock_server.core.pacing import timed
from mock_server.demo import Exchange, NeverOver, Refused, Story, follow
from mock_server.ready_file import ReadyFile
from mock_server.serving import Server, listen, serving, url_of
from mock_server.settings import Settings, SettingsError, from_texts
from schemas import __version__
from schemas.model import Model
from schemas.terminal import Exit, emit, fail
from schemas.validation import PayloadValidator
from schemas.variants import Variants

DEFAULT_PORT = 8787
DEMO_MODEL = "kling/kling-3.0/pro/text-to-video"
_LONGEST_SHOWN = 400

Command = Callable[..., Any]


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
@_settings_options
def serve(host: str, port: int, ready_file: Path | None, *, as_json: bool, **texts: object) -> None:
    """Serve the fake until Ctrl-C.

    The settings can be given as environment variables too, RUNCOMFY_MOCK_ and the option's name in capitals; several
    values of one are separated by spaces there.
    """
    settings = _read(texts)
    app = create_app(settings)
    for problem in app.service.catalog.warnings:
        click.echo(f"Warning: {problem}", err=True)
    try:
        listener = listen(host, port)
    except (OSError, OverflowError) as error:
        hint = "; --port 0 finds a free port" if getattr(error, "errno", None) == errno.EADDRINUSE else ""
        fail(Exit.UNAVAILABLE, f"cannot listen on {host}:{port}: {error}{hint}")
    url = url_of(listener)
    try:
        ready = None if ready_file is None else ReadyFile(ready_file, url)
    except OSError as error:
        listener.close()
        raise click.UsageError(f"--ready-file: cannot write {ready_file}: {error.strerror}") from None

    def greet() -> None:
        if as_json:
            emit(_facts(app, url))
        else:
            click.echo(_greeting(app, url))
        if ready is not None:
            ready.write()

    try:
        Server(app, greet).run([listener])
    except BrokenPipeError:
        raise
    except OSError as error:
        fail(Exit.UNAVAILABLE, str(error))
    finally:
        if ready is not None:
            ready.remove()


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
    "--schemas",
    multiple=True,
    metavar="DIR",
    envvar="RUNCOMFY_MOCK_SCHEMAS",
    help="one more folder of models (may be repeated)",
)
@click.option("--json", "as_json", is_flag=True, help="print one JSON document instead of each exchange")
def demo(
    model_id: str, directory: Path, interval: float, pace: str | None, schemas: tuple[str, ...], *, as_json: bool
) -> None:
    """Start the fake, run one request from submit to a file on disk, and show each exchange."""
    settings = _read({"pace": pace, "schemas": schemas})
    if pace is None:
        settings = replace(settings, pace=timed(1, 2))
    if not interval >= 0:
        raise click.UsageError("--interval is a number of seconds, 0 or more")
    if settings.pace.name == "manual":
        fail(Exit.USAGE, "nobody is there to move the demo's request by hand; take another pace than manual")
    app = create_app(settings)
    model = app.service.catalog.get(model_id)
    if model is None:
        fail(Exit.BAD_INPUT, f"no model {model_id!r}; there are: {', '.join(app.service.catalog)}")
    try:
        with serving(app) as url:
            story = follow(url, model, directory, interval, _ignore if as_json else _tell)
    except Refused as error:
        fail(Exit.BAD_INPUT, str(error))
    except NeverOver as error:
        fail(Exit.TRY_LATER, str(error))
    except BrokenPipeError:
        raise
    except OSError as error:
        fail(Exit.UNAVAILABLE, str(error))
    if as_json:
        emit(story.as_json())
    else:
        click.echo(_ending(story))


def _read(texts: dict[str, Any]) -> Settings:
    try:
        return from_texts(texts)
    except SettingsError as error:
        raise click.UsageError(str(error)) from None


def _facts(app: App, url: str) -> dict[str, Any]:
    service = app.service
    return {
        "url": url,
        "environment": {"RUNCOMFY_MODEL_API_BASE": f"{url}/v1", "RUNCOMFY_TOKEN": _token(app.service.settings)},
        "version": __version__,
        "pace": service.settings.pace.name,
        "seed": service.seed,
        "models": len(service.catalog),
    }


def _greeting(app: App, url: str) -> str:
    service = app.service
    count = len(service.catalog)
    models = "one model" if count == 1 else f"{count} models"
    token = _token(service.settings)
    model = service.catalog.get(DEMO_MODEL) or next(iter(service.catalog.values()))
    return "\n".join(
        [
            f"runcomfy-mock {__version__} serves {url}",
            f"pace {service.settings.pace}, seed {service.seed}, {models}{_others(service.settings)}",
            "",
            "Point a client at it:",
            f"  export RUNCOMFY_MODEL_API_BASE={url}/v1",
            f"  export RUNCOMFY_TOKEN={token}",
            "",
            "Or try it:",
            f"  {_curl(url, model, token)}",
            "",
            f"See the calls: {url}/__mock__/journal    Steer: {url}/__mock__/    Stop: Ctrl-C",
        ]
    )


def _others(settings: Settings) -> str:
    """Name the other settings that are not at their defaults, with no value: some are secret."""
    shown = ("pace", "seed", "schemas")
    given = [
        spec.flag for spec in table.SPECS if getattr(settings, spec.name) != spec.default and spec.name not in shown
    ]
    return f"; set: {' '.join(given)}" if given else ""


def _token(settings: Settings) -> str:
    """Say what to use for a token; those that the fake was given are never printed."""
    return "YOUR_ACCEPTED_TOKEN" if settings.tokens else "any-token"


def _curl(url: str, model: Model, token: str) -> str:
    example = model.example()
    brief = {name: _brief(value) for name, value in example.items()}
    payload = example if PayloadValidator(model, Variants()).check(brief).findings else brief
    header = (
        '"Authorization: Bearer $RUNCOMFY_TOKEN"' if token.startswith("YOUR_") else f"'Authorization: Bearer {token}'"
    )
    data = shlex.quote(json.dumps(payload, ensure_ascii=False))
    return f"curl {url}/v1/models/{model.model_id} -H {header} -H 'Content-Type: application/json' -d {data}"


def _brief(value: object) -> object:
    """Cut a long text at a word, so that the line can be read as well as pasted."""
    return value[:60].rpartition(" ")[0] or value if isinstance(value, str) and len(value) > 60 else value  # noqa: PLR2004


def _ignore(_: Exchange) -> None:
    return


def _tell(exchange: Exchange) -> None:
    click.secho(f"\n{exchange.note}", bold=True)
    click.echo(f"  {exchange.method} {exchange.url}")
    if exchange.sent is not None:
        click.echo(f"  {_shown(json.dumps(exchange.sent, ensure_ascii=False))}")
    click.secho(f"  {exchange.status}", fg="green", nl=False)
    if exchange.content_type == "application/json":
        click.echo(f" {_shown(exchange.body.decode())}")
    else:
        click.echo(f" {exchange.content_type}, {len(exchange.body)} bytes")


def _shown(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[:_LONGEST_SHOWN]}…"


def _ending(story: Story) -> str:
    life = " → ".join(story.statuses)
    return f"\n{life} → {story.result['status']}: {story.file['path']} ({story.file['bytes']} bytes)"
