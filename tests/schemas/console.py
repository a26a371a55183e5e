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


def call(command: click.Command, *arguments: object, encoding: str = "utf-8") -> Outcome:
    """Run a command through the same door as the console script, on a terminal of that encoding."""
    out, err = _Written(encoding), _Written(encoding)
    code: object = None
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run(command, "runcomfy-mock", [str(argument) for argument in arguments])
        except SystemExit as leaving:
            code = leaving.code
    return Outcome(code, out.text(), err.text())


class _Written(io.TextIOWrapper):
    """A stream in memory that encodes as a terminal does."""

    def __init__(self, encoding: str) -> None:
        self._bytes = io.BytesIO()
        super().__init__(self._bytes, encoding=encoding, newline="\n")

    def text(self) -> str:
        self.flush()
        return self._bytes.getvalue().decode(self.encoding)
