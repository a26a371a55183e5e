"""Programs of the machine that some tests drive: what is missing is a skip here, and a failure where CI is set."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import NoReturn

import pytest


def program(name: str) -> str:
    """Return the path of a program, or end the test."""
    path = shutil.which(name)
    if path is None:
        _end(f"{name} is not installed")
    return path


def node() -> str:
    """Return the path of a Node.js that has fetch (18 or later), or end the test."""
    path = program("node")
    asked = subprocess.run([path, "-p", "typeof fetch"], capture_output=True, text=True, timeout=30, check=False)
    if asked.stdout.strip() != "function":
        _end("this node has no fetch; 18 or later does")
    return path


def _end(reason: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
