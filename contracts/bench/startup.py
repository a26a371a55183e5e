"""From the start of a process to its first answer."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from contracts.bench import calls
from contracts.bench.client import Client
from contracts.bench.process import PYTHON, ServerGone, ServerProcess
from contracts.targets import FAKE_MODULE

_BETWEEN_LOOKS = 0.001  # seconds
_LONGEST_START = 30.0
_LONGEST_END = 10.0


def hello_seconds() -> float:
    """Start the bare hello, and return the seconds until it has answered."""
    begun = time.perf_counter()
    with ServerProcess("hello") as server:
        return _answered(server.url) - begun


def fake_seconds() -> float:
    """Start the fake as its users do, and return the seconds until it has answered. Raises `ServerGone`."""
    with TemporaryDirectory() as folder:
        ready = Path(folder) / "url"
        begun = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - this interpreter, and the fake's own module
            [*PYTHON, "-m", FAKE_MODULE, "--port", "0", "--ready-file", str(ready)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
        try:
            while not ready.exists():
                if process.poll() is not None or time.perf_counter() - begun > _LONGEST_START:
                    raise ServerGone("the fake did not begin to serve")
                time.sleep(_BETWEEN_LOOKS)
            return _answered(ready.read_text("utf-8")) - begun
        finally:
            _end(process)


def _answered(url: str) -> float:
    with Client.to(url) as client:
        client.call(calls.get("/v1/models"))  # any answer will do: the environment may set which tokens are accepted
        return time.perf_counter()


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(_LONGEST_END)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
