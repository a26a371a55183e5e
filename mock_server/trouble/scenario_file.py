"""Rules in a file: TOML and JSON alike."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from mock_server.trouble.rule import Rule
from mock_server.trouble.scenario import Problem, ScenarioError, read
from schemas.findings import shorten

_MOST_BYTES = 10 * 1024 * 1024


def load(path: Path) -> list[Rule]:
    """Read a scenario file: TOML, or JSON where its name ends in ``.json``. Raises `ScenarioError`."""
    try:
        with path.open("rb") as file:
            raw = file.read(_MOST_BYTES + 1)
        if len(raw) > _MOST_BYTES:
            raise ScenarioError(str(path), [Problem("", f"the file is larger than {_MOST_BYTES} bytes")])
        text = raw.decode("utf-8-sig")  # some editors put a byte-order mark before it
        is_json = path.suffix == ".json"
        document = json.loads(text, object_pairs_hook=_unique) if is_json else tomllib.loads(text)
    except OSError as error:
        raise ScenarioError(str(path), [Problem("", f"cannot be read: {error.strerror}")]) from None
    except (ValueError, RecursionError) as error:  # of JSON, TOML and UTF-8
        raise ScenarioError(str(path), [Problem("", f"is not what its name says: {error}")]) from None
    return read(document, str(path))


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object of JSON; where a name is given twice the parser would keep the last in silence."""
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the name {shorten(name)} is given twice")
        found[name] = value
    return found
