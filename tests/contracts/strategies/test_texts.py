from __future__ import annotations

import re

import jsonschema_rs
import pytest
from hypothesis import find, given
from hypothesis import strategies as st

from contracts.strategies import texts
from schemas.dialect import FORMATS
from tests.contracts.strategies.oracle import LONG, QUICK
from tests.schemas.reading import is_uri


@QUICK
@given(st.data(), st.sampled_from([0, 1, 7, 31, 500, 3000]), st.sampled_from([0, 1, 5, 40, 5000, float("inf")]))
def test_texts_keep_to_their_lengths_and_can_be_written(data: st.DataObject, least: int, more: float) -> None:
    text = data.draw(texts.texts(least, least + more))
    assert least <= len(text) <= least + more
    assert text.encode().decode() == text


def test_a_long_text_shrinks_to_a_repeated_letter_and_a_short_one_to_itself() -> None:
    strategy = texts.texts(0, float("inf"))
    assert find(strategy, lambda text: len(text) >= 3000, settings=LONG) == "a" * 3000
    assert find(strategy, lambda text: "é" in text, settings=LONG) == "é"
    assert find(strategy, lambda _: True, settings=LONG) == ""


@pytest.mark.parametrize(("least", "most"), [(0, float("inf")), (2, 40), (0, 0), (5, 5), (0, 2)])
def test_edges_are_within_the_lengths_and_at_them(least: int, most: float) -> None:
    schema = {"minLength": least} | ({} if most == float("inf") else {"maxLength": most})
    assert texts.lengths(schema) == (least, most)
    found = [text for _, text in texts.edges(schema)]
    lengths = {len(text) for text in found}
    assert all(least <= length <= most for length in lengths)
    assert {least, most} <= lengths or most == float("inf")
    assert max(lengths) >= 2000 or most < float("inf")
    assert len(set(found)) == len(found)


def test_all_that_is_unusual_can_be_written() -> None:
    for _, text in texts.UNUSUAL:
        assert text.encode().decode() == text


@pytest.mark.parametrize("kind", ["", "image", "video", "audio"])
def test_uris_are_uris_to_two_judges(kind: str) -> None:
    validator = jsonschema_rs.validator_for({"format": "uri"}, validate_formats=True)
    for uri in [*texts.uris(kind), *(texts.uri_of(length) for length in range(60))]:
        assert validator.is_valid(uri)
        assert is_uri(uri)
    assert any(uri.startswith(f"data:{kind or 'text'}/") for uri in texts.uris(kind))


@pytest.mark.parametrize("length", [3, 7, 8, 9, 20, 300])
def test_a_uri_can_be_of_any_length(length: int) -> None:
    assert len(texts.uri_of(length)) == length
    schema = {"format": "uri", "minLength": length, "maxLength": length}
    assert {len(text) for text in texts.samples(schema)} == {length}


@pytest.mark.parametrize("name", sorted(FORMATS - {"uri"}))
def test_samples_of_a_format_are_of_that_format(name: str) -> None:
    validator = jsonschema_rs.validator_for({"format": name}, validate_formats=True)
    found = texts.samples({"format": name})
    assert found
    assert all(validator.is_valid(text) for text in found)


@pytest.mark.parametrize("pattern", ["^a$", "[0-9]", "^[A-Z]{2}-\\d+$", "x\\$", "^(a|b)*$"])
def test_what_is_drawn_for_a_pattern_matches_it_without_a_line_end(pattern: str) -> None:
    strategy = texts.of_pattern(pattern)
    assert strategy is not None

    @QUICK
    @given(strategy)
    def check(text: str) -> None:
        assert re.search(pattern, text)
        if pattern.startswith("^") and pattern.endswith("$"):
            assert re.fullmatch(pattern, text)

    check()


def test_a_pattern_that_python_cannot_read_is_no_crash() -> None:
    assert texts.of_pattern("(") is None


def test_the_shortest_text_of_a_strategy_is_found() -> None:
    assert texts.shortest_of(st.text(), lambda text: len(text) == 3) == "000"
    assert texts.shortest_of(st.just("a"), lambda _: False) is None
