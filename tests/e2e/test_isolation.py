"""Many test processes share one served fake, each with a token of its own, and never see each other."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.e2e.processes import serve

TENANT = Path(__file__).with_name("tenant.py")
PROCESSES = 32


def test_thirty_two_processes_with_a_token_each_never_meet() -> None:
    with serve("--pace", "time:0,10", "--slots", "1") as served:
        programs = [
            subprocess.Popen(
                [sys.executable, "-S", TENANT, served.url, f"token-of-tenant-{number}", str(number)],
                stderr=subprocess.PIPE,
                text=True,
            )
            for number in range(PROCESSES)
        ]
        errors = [program.communicate(timeout=60)[1] for program in programs]
    assert [error for error in errors if error] == []
    assert [program.returncode for program in programs] == [0] * PROCESSES
