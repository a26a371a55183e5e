"""Commands run in this process as the shell would run them."""

from __future__ import annotations

import contextlib
import io
import json
from dataclasses import dataclass
from typing import Any

import click

from schemas.terminal import run


@dataclass(frozen=True)
class Outcome:
    """What a command left behind: its exit code and what it wrote."""

    code: object
    out: str
    err: str

    def document(self) -> Any:
        """Read what stands on stdout as one JSON document."""
        return json.loads(self.out)


def call(command: click.Command, *arguments: object) -> Outcome:
    """Run a command through the same door as the console script."""
    out, err = io.StringIO(), io.StringIO()
    code: object = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run(command, "runcomfy-mock", [str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code
    return Outcome(code, out.getvalue(), err.getvalue())
