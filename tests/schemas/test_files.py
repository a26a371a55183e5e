from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas import openapi
from schemas.catalog import load
from schemas.errors import SchemaError
from schemas.files import DEEPEST
from tests.schemas.build import properties, write


@pytest.mark.parametrize("name", ["input", "output", "model", "rules", "source"])
def test_a_file_that_is_nested_too_deeply_is_refused_and_one_level_less_is_written_everywhere(
    tmp_path: Path, name: str
) -> None:
    def nested(levels: int) -> Any:
        return {} if levels == 0 else {"x-deep": nested(levels - 1)}

    files = {"input": {"type": "object"}, name: nested(DEEPEST)}
    write(tmp_path, **files)
    with pytest.raises(SchemaError, match=f"{name}.json: is nested more than {DEEPEST} levels deep"):
        load([tmp_path])
    if name in ("input", "output"):
        value = nested(DEEPEST - 4)
        write(tmp_path, **{name: properties(a={"default": value}), "input": properties(a={"default": value})})
        (made,) = load([tmp_path], packaged=False).values()
        for written in (openapi.document(load([tmp_path])), {"models": [{"input": made.input.vendored}]}):
            assert orjson.dumps(written)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes on this platform")
def test_a_pipe_is_no_schema(tmp_path: Path) -> None:
    folder = write(tmp_path, model={})
    os.mkfifo(folder / "input.json")
    with pytest.raises(SchemaError, match="no regular file"):
        load([tmp_path])
