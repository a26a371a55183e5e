from __future__ import annotations

from pathlib import Path

import pytest

from schemas.catalog import load
from schemas.errors import SchemaError
from tests.schemas.build import write


def test_a_record_is_corrected_with_what_is_allowed(tmp_path: Path) -> None:
    write(
        tmp_path,
        input={"type": "object"},
        model={"display_nam": "One", "price_tiers": [{"when": {"size": 1}, "usd": 1}]},
    )
    with pytest.raises(SchemaError) as error:
        load([tmp_path])
    text = str(error.value)
    assert "known are display_name, categories, " in text
    assert "JSON pointer into the payload" in text
