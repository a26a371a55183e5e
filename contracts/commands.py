"""``runcomfy-mock``: the top floor. Each command is loaded when it is called, so that ``serve`` starts fast."""

from __future__ import annotations

from importlib import import_module
from typing import NamedTuple

import click

from schemas import __version__
from schemas.extras import installing
from schemas.terminal import Exit, fail, run


class _Home(NamedTuple):
    """Where a command lives (``module:name``), and its line in the help."""

    address: str
    text: str


COMMANDS = {
    "serve": _Home("mock_server.commands:serve", "Serve the fake until Ctrl-C."),
    "intercept-env": _Home(
        "mock_server.intercept.commands:intercept_env", "The environment for programs that serve --intercept is for."
    ),
    "demo": _Home("mock_server.commands:demo", "One request from submit to a file on disk."),
    "models": _Home("schemas.commands:models", "What is vendored: models, schemas, defects, ledger."),
    "openapi": _Home("schemas.commands:openapi_document", "The OpenAPI 3.1 document of all models."),
    "check": _Home("contracts.server.commands:check", "Hold a server to the contract: the fake, or one at a URL."),
    "mutants": _Home(
        "contracts.mutants.commands:mutants", "What the suite is worth: wrong servers, and which are found."
    ),
    "bench": _Home("contracts.bench.commands:bench", "Measure the fake beside a bare ASGI application."),
}

# Which extra brings a library that a command may lack.
EXTRAS = {
    "httpcore": "contracts",
    "httpx": "pytest",
    "hypothesis": "contracts",
    "jsonschema": "contracts",
    "pytest": "pytest",
    "respx": "pytest",
    "requests": "contracts",
    "schemathesis": "contracts",
    "trustme": "intercept",
    "typing_extensions": "contracts",
    "urllib3": "contracts",
}


class LazyGroup(click.Group):
    """A group that imports a command's module when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command; end with a word on the extra to install if a library is missing."""
        home = COMMANDS.get(cmd_name)
        if home is None:
            return None
        module, _, name = home.address.partition(":")
        try:
            command = getattr(import_module(module), name)
        except ModuleNotFoundError as error:
            extra = EXTRAS.get((error.name or "").partition(".")[0])
            if extra is None:
                raise
            fail(Exit.UNAVAILABLE, f"{cmd_name} needs {error.name}: {installing(extra)}")
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help from the table, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, home.text) for name, home in COMMANDS.items()])


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="runcomfy-mock")
def cli() -> None:
    """A fake of the RunComfy Model API: client development and tests without token, internet and bill."""


def main() -> None:
    """Run the command line."""
    run(cli, "runcomfy-mock")
