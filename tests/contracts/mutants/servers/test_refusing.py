from __future__ import annotations

import pytest

from contracts.mutants.servers.refusing import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

SIGNS = {
    "maximum-exclusive": at("payloads: longest", there="exclusiveMaximum", status=422),
    "minimum-exclusive": at("payloads: shortest", there="exclusiveMinimum", status=422),
    "whole-number-refused": status("payloads: scale 1", 422),
    "whole-fraction-refused": status("payloads: whole as a float", 422),
    "float-as-integer": status("payloads: scale 0.5", 422),
    "float-as-text": status("payloads: scale as a text", 200),
    "unicode-refused": status("payloads: prompt accented", 422),
    "long-text-refused": status("payloads: prompt of 2501", 422),
    "lines-refused": status("payloads: prompt of two lines", 422),
    "blank-text-refused": status("payloads: prompt blank", 422),
    "optional-required": at("payloads: plain", there="negative_prompt is required", status=422),
    "integers-required": at("payloads: plain", there="duration is required", status=422),
    "astral-500": status("payloads: prompt astral", 500),
    "empty-text-500": status("payloads: prompt empty", 500),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
