from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.pointers import from_path, join, select, split, token, values

_NAMES = st.text("ab~/01*-é", max_size=4)
_DOCUMENTS = st.recursive(
    st.integers(0, 9) | st.text(max_size=2),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(_NAMES, part, max_size=3),
    max_leaves=12,
)


def _paths(document: Any) -> list[tuple[str | int, ...]]:
    match document:
        case dict():
            steps = list(document.items())
        case list():
            steps = list(enumerate(document))
        case _:
            steps = []
    return [(), *((step, *rest) for step, part in steps for rest in _paths(part))]


def _at(document: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        document = document[step]
    return document


@settings(deadline=None)
@given(st.lists(_NAMES))
def test_splitting_undoes_joining(names: list[str]) -> None:
    assert split(join("", *names)) == names


@settings(deadline=None)
@given(st.lists(_NAMES | st.integers(0, 99)))
def test_a_pointer_has_one_token_for_each_step(path: list[str | int]) -> None:
    pointer = from_path(path)
    assert pointer.count("/") == len(path)
    assert split(pointer) == [str(step) for step in path]


# The document and the pointers of RFC 6901, section 5.
_RFC: dict[str, Any] = {"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "k\\l": 6, " ": 7, "m~n": 8}


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("", _RFC),
        ("/foo", ["bar", "baz"]),
        ("/foo/0", "bar"),
        ("/", 0),
        ("/a~1b", 1),
        ("/c%d", 2),
        ("/e^f", 3),
        ("/k\\l", 6),
        ("/ ", 7),
        ("/m~0n", 8),
    ],
)
def test_the_examples_of_the_standard_are_found(pointer: str, value: object) -> None:
    assert select(_RFC, pointer) == [(pointer, value)]


def test_tokens_are_escaped_in_the_order_that_can_be_undone() -> None:
    assert token("~1/") == "~01~1"
    assert split("/~01~1") == ["~1/"]
    assert join("/a", 0, "b") == "/a/0/b"


@pytest.mark.parametrize("text", ["a", "a/b", "#/a", " /a"])
def test_what_is_no_pointer_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="JSON pointer"):
        split(text)


@settings(deadline=None)
@given(_DOCUMENTS)
def test_every_place_is_selected_by_its_own_pointer(document: Any) -> None:
    for path in _paths(document):
        if "*" not in path:
            assert select(document, from_path(path)) == [(from_path(path), _at(document, path))]


@settings(deadline=None)
@given(_DOCUMENTS, st.lists(st.sampled_from(["*", "a", "0", "1", "b", "9"]), max_size=4))
def test_a_star_stands_for_every_item_of_an_array(document: Any, parts: list[str]) -> None:
    expected = [
        (from_path(path), _at(document, path))
        for path in _paths(document)
        if len(path) == len(parts)
        and all(
            str(step) == part or (part == "*" and isinstance(step, int)) for step, part in zip(path, parts, strict=True)
        )
    ]
    assert select(document, join("", *parts)) == expected
    assert values(document, parts) == [value for _, value in expected]


@pytest.mark.parametrize(
    "pattern", ["/3", "/-", "/-1", "/01", "/1e0", "/\N{ARABIC-INDIC DIGIT ZERO}", "/a", "/0/a", "/*/*"]
)
def test_places_that_an_array_does_not_have_are_passed_over(pattern: str) -> None:
    assert select(["x", "y", "z"], pattern) == []
    assert values(["x", "y", "z"], split(pattern)) == []
