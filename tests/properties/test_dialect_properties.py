"""Normalising a document of the vendor's dialect: what it keeps, what it leaves alone, and what it refuses."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Sequence
from typing import Any

import jsonschema_rs
from hypothesis import event, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from schemas.dialect import normalise
from schemas.pointers import from_path
from tests.properties.dialect_strategies import Document, documents, instances, nonsense
from tests.schemas.reading import accepts, accepts_plain, places

_PROFILE = settings(deadline=None, max_examples=150)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Document, list[Any]]:
    document = draw(documents())
    return document, [draw(instances(document)) for _ in range(3)]


@st.composite
def _spoilt(draw: st.DrawFn) -> tuple[Document, Document, tuple[str | int, ...]]:
    """Return a document, the same with one unknown keyword somewhere, and the path of that keyword."""
    document = draw(documents())
    place = draw(st.sampled_from(sorted(places(document), key=repr)))
    keyword = draw(st.sampled_from(["frobnicate", "minimun", "nullable", "Type", "", "a/b~c", "$dynamicRef"]))
    spoilt = copy.deepcopy(document)
    _at(spoilt, place)[keyword] = draw(st.sampled_from([7, None, "text", [{}], True]))
    return document, spoilt, (*place, keyword)


def _at(document: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        document = document[step]
    return document


def test_normalising_preserves_verdicts_and_both_verdicts_are_common() -> None:
    seen: Counter[bool] = Counter()

    @settings(_PROFILE, max_examples=500)
    @given(_cases())
    def verdicts_agree(case: tuple[Document, list[Any]]) -> None:
        document, payloads = case
        normalised, problems = normalise(document)
        assert problems == ()
        fast = jsonschema_rs.validator_for(normalised, validate_formats=True)
        for payload in payloads:
            verdict = accepts(document, payload)
            event(f"accepted: {verdict}")
            seen[verdict] += 1
            assert accepts_plain(normalised, payload) is verdict
            assert fast.is_valid(payload) is verdict

    verdicts_agree()
    assert min(seen[True], seen[False]) > seen.total() / 5, seen


@_PROFILE
@given(documents())
def test_normalising_is_idempotent(document: Document) -> None:
    once, problems = normalise(document)
    assert problems == ()
    assert normalise(once) == (once, ())


@_PROFILE
@given(documents())
def test_a_normalised_document_satisfies_the_meta_schema(document: Document) -> None:
    Draft202012Validator.check_schema(normalise(document)[0])


@_PROFILE
@given(documents())
def test_normalising_never_touches_its_argument(document: Document) -> None:
    before = copy.deepcopy(document)
    normalise(document)
    assert document == before
    assert repr(document) == repr(before)  # equality forgets the order of keys, and takes 1 for True


@_PROFILE
@given(_spoilt())
def test_an_unknown_keyword_at_any_depth_is_one_problem_at_its_place(
    case: tuple[Document, Document, tuple[str | int, ...]],
) -> None:
    document, spoilt, path = case
    normalised, problems = normalise(spoilt, file="page.json")
    assert [(each.file, each.pointer, each.keyword) for each in problems] == [("page.json", from_path(path), path[-1])]
    assert repr(path[-1]) in problems[0].message
    assert normalised == normalise(document)[0]


@_PROFILE
@given(_spoilt())
def test_what_lenient_reading_leaves_is_normal(case: tuple[Document, Document, tuple[str | int, ...]]) -> None:
    once, _ = normalise(case[1])
    assert normalise(once) == (once, ())


@_PROFILE
@given(nonsense())
def test_nonsense_is_read_without_a_crash_and_left_as_it_was(document: Any) -> None:
    before = copy.deepcopy(document)
    normalised, _ = normalise(document)
    assert normalised["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert document == before
