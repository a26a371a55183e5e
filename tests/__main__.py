"""``python -m tests``: everything that must hold, in the order of cost. CI runs this and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import venv
import zipfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
PYTHON = sys.executable


def step(name: str, *command: str | Path, cwd: Path = ROOT, quiet: bool = False) -> str:
    """Run one step and return its output; end everything if it fails."""
    print(f"── {name}", flush=True)
    start = time.monotonic()
    done = subprocess.run(
        [str(part) for part in command], cwd=cwd, stdout=subprocess.PIPE if quiet else None, text=True, check=False
    )
    if done.returncode != 0:
        print(done.stdout or "", f"── {name}: failed with exit code {done.returncode}", flush=True)
        raise SystemExit(1)
    print(f"── {name}: fine, {time.monotonic() - start:.1f} s", flush=True)
    return done.stdout or ""


def check_wheel() -> None:
    """Build the wheel, install it alone into a clean environment, and use it there as a user would."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        step("build", PYTHON, "-m", "build", "--wheel", "--outdir", folder, ROOT, quiet=True)
        (wheel,) = folder.glob("*.whl")
        assert "mock_server/intercept/preload.cjs" in zipfile.ZipFile(wheel).namelist()
        venv.create(folder / "clean", with_pip=True)
        binaries = folder / "clean" / ("Scripts" if os.name == "nt" else "bin")
        step("install the wheel", binaries / "python", "-m", "pip", "install", "-q", wheel, quiet=True)
        story = json.loads(
            step("demo of the wheel", binaries / "runcomfy-mock", "demo", "--json", cwd=folder, quiet=True)
        )
        assert story["statuses"] == ["in_queue", "in_progress", "completed"], story
        assert Path(story["file"]["path"]).read_bytes()[4:8] == b"ftyp"
        step("openapi of the wheel", binaries / "runcomfy-mock", "openapi", cwd=folder, quiet=True)
        step("lint of the wheel", binaries / "runcomfy-mock", "models", "lint", cwd=folder, quiet=True)


def main() -> None:
    """Run every step; with ``--coverage`` tell what the tests have run; extra arguments go to pytest."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--coverage"]
    step("lint", PYTHON, "-m", "ruff", "check", ".")
    step("format", PYTHON, "-m", "ruff", "format", "--check", ".")
    step("types", PYTHON, "-m", "mypy")
    check_wheel()
    if len(arguments) == len(sys.argv) - 1:
        # Files go to as many processes as there are cores, each file to one: what a module makes once, it makes once.
        step("tests", PYTHON, "-m", "pytest", "-q", "-n", "auto", "--dist", "loadfile", *arguments)
        return
    step("erase coverage", PYTHON, "-m", "coverage", "erase")
    step("tests", PYTHON, "-m", "coverage", "run", "-m", "pytest", "-q", *arguments)
    step("combine coverage", PYTHON, "-m", "coverage", "combine", "-q")
    step("coverage", PYTHON, "-m", "coverage", "report")


if __name__ == "__main__":
    main()
