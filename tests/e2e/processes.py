"""The command line as a user runs it: real processes, the console script that the package installs."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sysconfig
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

TIMEOUT = 30


def script() -> str:
    """Return the path of the console script."""
    found = shutil.which("runcomfy-mock", path=sysconfig.get_path("scripts"))
    assert found is not None, "the package is not installed here: pip install -e '.[dev]'"
    return found


@dataclass(frozen=True, slots=True)
class Ended:
    """A process that has ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """Standard output as one JSON document; nothing may stand beside it, on either stream."""
        assert self.err == ""
        return json.loads(self.out)

    @property
    def clear_error(self) -> str:
        """Standard error of a run that failed with a word for its user, and no traceback."""
        assert "Traceback" not in self.err
        assert "Error: " in self.err
        assert self.out == ""
        return self.err.partition("Error: ")[2]


def run(*arguments: str | Path, cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ended:
    """Run the console script to its end."""
    return start([script(), *map(str, arguments)], cwd=cwd, env=env)


def start(command: list[str], cwd: Path | None = None, env: Mapping[str, str] | None = None) -> Ended:
    """Run any command to its end."""
    ended = subprocess.run(
        command,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT,
        cwd=cwd,
        env=_environment(env),
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@dataclass(slots=True)
class Served:
    """A ``serve`` that runs: where, the process, and what it said so far."""

    url: str
    process: subprocess.Popen[str]
    said: str

    def stop(self, signal: int) -> tuple[Ended, float]:
        """Send a signal; return how the process ended (with all that it said), and after how many seconds."""
        began = time.perf_counter()
        self.process.send_signal(signal)
        out, err = self.process.communicate(timeout=TIMEOUT)
        return Ended(self.process.returncode, self.said + out, err), time.perf_counter() - began


@contextmanager
def serve(
    *arguments: str | Path, env: Mapping[str, str] | None = None, command: list[str] | None = None
) -> Iterator[Served]:
    """Start ``serve`` on a free port and wait until it answers; it is gone when the context is left."""
    with subprocess.Popen(
        [*(command or [script(), "serve"]), "--port", "0", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=_environment(env),
    ) as process:
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            while said.startswith("{") and not said.endswith("\n}\n"):
                said += process.stdout.readline()
            assert said, process.communicate(timeout=TIMEOUT)
            url = json.loads(said)["url"] if said.startswith("{") else said.split()[-1]
            # The socket listens by now; the first answer comes when the greeting and the ready file are done.
            assert httpx.get(f"{url}/v1/models", timeout=TIMEOUT).status_code == 401
            yield Served(url, process, said)
        finally:
            process.kill()


def _environment(more: Mapping[str, str] | None) -> dict[str, str]:
    return os.environ | {"COLUMNS": "200", "PYTHONIOENCODING": "utf-8"} | dict(more or {})
