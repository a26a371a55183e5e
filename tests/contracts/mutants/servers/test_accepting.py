from __future__ import annotations

import pytest

from contracts.mutants.servers.accepting import MUTANTS
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.servers.signs import at, show, status

SIGNS = {
    "maximum-ignored": status("payloads: too long", 200),
    "minimum-ignored": status("payloads: too short", 200),
    "bounds-clamped": status("payloads: too long", 200),
    "enum-ignored": status("payloads: another ratio", 200),
    "enum-case-ignored": status("payloads: shot in capitals", 200),
    "required-ignored": status("payloads: no prompt", 200),
    "type-ignored": status("payloads: prompt a number", 200),
    "max-items-ignored": at("payloads: too many parts", gone="maxItems"),
    "texts-as-numbers": status("payloads: a numeral", 200),
    "numbers-as-texts": status("payloads: prompt a number", 200),
    "flags-coerced": status("payloads: sound as a text", 200),
    "flags-as-numbers": status("payloads: scale true", 200),
    "fractions-cut": status("payloads: a fraction", 200),
    "null-accepted": status("payloads: no duration", 200),
    "items-unchecked": status("payloads: a part of a wrong type", 200),
    "nested-bounds-ignored": status("payloads: a part too short", 200),
    "sum-ignored": status("payloads: parts over by nine", 200),
    "sum-off-by-one": status("payloads: parts over by one", 200),
    "sum-at-most": status("payloads: parts short by nine", 200),
    "media-type-ignored": status("payloads: POST", 200),
    "nan-accepted": status("payloads: NaN", 200),
}


@pytest.mark.parametrize("name", SIGNS)
def test_it_is_what_it_says(tours: Tours, name: str) -> None:
    show(tours, MUTANTS, SIGNS, name=name)
