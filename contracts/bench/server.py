"""``python -m contracts.bench.server hello|fake [options of serve]``: one of the two, on the same uvicorn.

It prints ``{"url": …}`` on stdout once it listens, answers each line on stdin with a line that says what the process
has used so far (`Usage`), and ends at the end of stdin: when its parent goes away, it goes too.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TextIO

from contracts.bench.hello import hello
from contracts.targets import fake, serving

_STATM = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Usage:
    """What a process has used: CPU time, memory now and at most in bytes (``None`` where the system tells neither)."""

    cpu_seconds: float
    memory: int | None
    peak_memory: int | None

    @classmethod
    def of_this_process(cls) -> Usage:
        """Ask the system."""
        return cls(time.process_time(), _memory(), _peak_memory())

    @property
    def resident(self) -> int | None:
        """The memory now; where only the peak is known, that: it grows as the memory does."""
        return self.peak_memory if self.memory is None else self.memory


def _memory() -> int | None:
    if sys.platform != "linux":
        return None
    import resource  # noqa: PLC0415 - not every platform has it

    return int(_STATM.read_text("ascii").split()[1]) * resource.getpagesize()


def _peak_memory() -> int | None:
    if sys.platform == "win32":
        return None
    import resource  # noqa: PLC0415 - not every platform has it

    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def main(arguments: Sequence[str], lines: Iterable[str], out: TextIO) -> None:
    """Serve what the arguments name until ``lines`` end."""
    kind, *options = arguments
    if kind not in ("hello", "fake"):
        raise SystemExit(f"expected hello or fake, not {kind!r}")
    with serving(hello if kind == "hello" else fake(options)) as url:
        _say(out, {"url": url})
        for _ in lines:
            _say(out, asdict(Usage.of_this_process()))


def _say(out: TextIO, document: Mapping[str, Any]) -> None:
    out.write(json.dumps(document) + "\n")
    out.flush()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt, BrokenPipeError):  # the parent tells of it, or is gone
        main(sys.argv[1:], sys.stdin, sys.stdout)
