"""What every command shares: its exit codes, its JSON, its lines for people, and how errors end it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Mapping, Sequence
from enum import IntEnum
from typing import Any, NoReturn

import click

from schemas.errors import SchemaError


class Exit(IntEnum):
    """Exit codes, after sysexits, as the vendor's own command line has them."""

    FINE = 0
    BROKEN = 1
    USAGE = 64
    BAD_INPUT = 65
    UNAVAILABLE = 69
    TRY_LATER = 75
    TOKEN_REJECTED = 77


def emit(document: Mapping[str, Any] | Sequence[Any]) -> None:
    """Print one JSON document on stdout, in ASCII where the terminal has no more.

    And where the document has what no encoding takes: half of a surrogate pair, as JSON of others may bring it.
    """
    is_unicode = (getattr(sys.stdout, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")
    text = json.dumps(document, indent=2, ensure_ascii=not is_unicode)
    if any("\ud800" <= character <= "\udfff" for character in text):
        text = json.dumps(document, indent=2)
    click.echo(text)


def say(*parts: str | tuple[str, str]) -> None:
    """Print a line for people: texts, or pairs of a text and its style in rich's words, such as "bold"."""
    from rich.console import Console  # noqa: PLC0415 - serve, which says nothing in styles, starts without it
    from rich.text import Text  # noqa: PLC0415

    Console(soft_wrap=True, highlight=False).print(Text.assemble(*parts))


def fail(code: Exit, message: str) -> NoReturn:
    """End the command: the message on stderr, ``code`` for the shell."""
    click.echo(f"Error: {message}", err=True)
    raise SystemExit(int(code))


def run(command: click.Command, prog_name: str, arguments: Sequence[str] | None = None) -> NoReturn:
    """Run a command and leave the process with one of the codes of `Exit`, whatever happens."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")  # a character that the terminal lacks is no reason to fail
    try:
        code = command.main(arguments, prog_name=prog_name, standalone_mode=False)
    except click.UsageError as error:
        error.show()
        sys.exit(Exit.USAGE)
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.BAD_INPUT)
    except SchemaError as error:
        fail(Exit.BAD_INPUT, str(error))
    except SystemExit as end:
        # click and rich end a command whose reader has had enough with 1, which means something else here.
        if isinstance(end.__context__, BrokenPipeError) or "PacifyFlushWrapper" in type(sys.stdout).__name__:
            sys.exit(Exit.FINE)
        raise
    except OSError as error:
        fail(Exit.UNAVAILABLE, str(error))
    except (click.Abort, KeyboardInterrupt):
        sys.exit(128 + 2)  # as a shell reports SIGINT
    sys.exit(code if isinstance(code, int) else Exit.FINE)
