"""Files of the contract: JSON objects, not too deep to be written again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson

from schemas.errors import Problem, SchemaError

DEEPEST = 200  # levels; what stands in a file is written again a few levels deeper, and JSON writers have an end


def read_object(file: Path) -> dict[str, Any]:
    """Read one JSON object. Raises `SchemaError`."""
    if not file.is_file():
        raise SchemaError(Problem(str(file), "", "", "is no regular file"))
    try:
        document = orjson.loads(file.read_bytes())
    except OSError as error:
        raise SchemaError(Problem(str(file), "", "", f"cannot be read: {error.strerror}")) from None
    except orjson.JSONDecodeError as error:
        raise SchemaError(Problem(str(file), "", "", f"not JSON: {error}")) from None
    if not isinstance(document, dict):
        raise SchemaError(Problem(str(file), "", "", "expected a JSON object"))
    if _is_deeper(document, DEEPEST):
        raise SchemaError(Problem(str(file), "", "", f"is nested more than {DEEPEST} levels deep"))
    return document


def _is_deeper(document: object, levels: int) -> bool:
    """Tell whether a document has more levels than that, counting no further."""
    level = [document]
    for _ in range(levels):
        level = [
            part
            for value in level
            if isinstance(value, (dict, list))
            for part in (value.values() if isinstance(value, dict) else value)
        ]
    return any(isinstance(value, (dict, list)) for value in level)
