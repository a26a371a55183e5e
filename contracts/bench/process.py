"""A server in a process of its own: started, asked what it has used, ended."""

from __future__ import annotations

import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from contracts.bench.cores import keep_on
from contracts.bench.server import Usage

PYTHON = (sys.executable, "-P")
"""This interpreter; ``-P`` keeps a folder of the user's that is called like one of our packages out of its way."""

_LONGEST_END = 10.0  # seconds


class ServerGone(Exception):
    """A server's process ended, or never began to serve; its stderr tells why."""


class ServerProcess:
    """``python -m contracts.bench.server``, while the context lasts."""

    def __init__(self, *arguments: str, core: int | None = None) -> None:
        """Start it with ``hello``, or with ``fake`` and options of ``serve``, on a core. Raises `ServerGone`."""
        self._process = subprocess.Popen(  # noqa: S603 - this interpreter, and a module of this package
            [*PYTHON, "-m", "contracts.bench.server", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        keep_on(self._process.pid, core)  # long before it has imported what it needs to start a thread
        try:
            self.url = str(self._read()["url"])
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    def usage(self) -> Usage:
        """Ask the process what it has used so far. Raises `ServerGone`."""
        assert self._process.stdin is not None
        try:
            self._process.stdin.write("usage\n")
            self._process.stdin.flush()
        except OSError:
            raise ServerGone("a server of the benchmark ended too early") from None
        return Usage(**self._read())

    def close(self) -> None:
        """End the process: by the end of its stdin, by force where that is not enough."""
        try:
            self._process.communicate(timeout=_LONGEST_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.communicate()

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise ServerGone("a server of the benchmark ended too early")
        document: dict[str, Any] = json.loads(line)
        return document
