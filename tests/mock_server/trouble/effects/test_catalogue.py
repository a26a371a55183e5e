from __future__ import annotations

from typing import Any

import pytest

from mock_server.trouble.effects import catalogue
from mock_server.trouble.effects.catalogue import CATALOGUE


def test_every_effect_has_a_name_of_its_own() -> None:
    assert len(CATALOGUE) == 36
    assert all(name == kind.NAME for name, kind in CATALOGUE.items())


@pytest.mark.parametrize("value", [429, "bom", {"effect": "bom"}, ["bom", "gzip"], [503, "truncate"]], ids=str)
def test_an_answer_is_written_as_it_can_be_read(value: object) -> None:
    effects = catalogue.read(value)
    assert catalogue.read([catalogue.describe(each) for each in effects]) == effects


@pytest.mark.parametrize(
    ("value", "word"),
    [
        ([], "one or more"),
        (["ok", "bom"], "ok stands alone"),
        ([429, {"effect": "redirect"}], "error and redirect both replace the answer"),
        (["huge", "stall", "chunked"], "huge and stall and chunked both say"),
        ([["bom"]], "expected a number"),
        ({"effect": 1}, "expected a number"),
        (None, "expected a number"),
        ("gzipped", "did you mean gzip"),
        ("☃", "known are ok, error"),
    ],
    ids=str,
)
def test_what_is_no_answer_is_refused(value: object, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        catalogue.read(value)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ({"effect": "reset", "at": "accepted", "accepted": False}, "says that already"),
        ({"effect": "stall", "accepted": True}, "says that already"),
        ([{"effect": "fail"}, 503], "keeps the call from being served, so that fail cannot happen"),
        ([{"effect": "reset"}, "forget"], "so that forget cannot happen"),
    ],
)
def test_what_contradicts_itself_is_refused(value: Any, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        catalogue.read(value)
