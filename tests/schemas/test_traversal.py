from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from schemas.dialect import normalise
from schemas.traversal import schemas_in
from tests.properties.dialect_strategies import Document, documents
from tests.schemas.build import properties
from tests.schemas.reading import is_bare_map, places


@settings(deadline=None)
@given(documents())
def test_every_schema_of_a_page_is_met_once_and_so_is_every_bare_map(document: Document) -> None:
    met = [(path, part) for path, part in schemas_in(document)]
    paths = [path for path, _ in met]
    assert len(paths) == len(set(paths))
    expected = set(places(document))
    assert expected <= set(paths)
    assert all(is_bare_map(part) for path, part in met if path not in expected)


@settings(deadline=None)
@given(documents())
def test_every_schema_of_a_normalised_page_is_met(document: Document) -> None:
    normalised, _ = normalise(document)
    assert {path for path, _ in schemas_in(normalised)} == set(places(normalised))


@settings(deadline=None)
@given(documents())
def test_what_is_met_stands_where_its_path_says_after_what_holds_it(document: Document) -> None:
    seen: set[tuple[str | int, ...]] = set()
    for path, part in schemas_in(document):
        place: Any = document
        for step in path:
            place = place[step]
        assert place is part
        assert not any(earlier[: len(path)] == path for earlier in seen)
        seen.add(path)


@pytest.mark.parametrize("document", [None, [], "text", True, 5])
def test_what_is_no_object_holds_no_schema(document: object) -> None:
    assert list(schemas_in(document)) == []


@pytest.mark.parametrize("keyword", ["additionalProperties", "not", "if", "contains"])
def test_a_map_of_properties_stands_for_a_schema_nowhere_but_as_items_and_at_the_root(keyword: str) -> None:
    parts = {"prompt": {"type": "string"}}
    assert [path for path, _ in schemas_in({"title": "a", keyword: parts})] == [(), (keyword,)]
    assert [path for path, _ in schemas_in({"items": parts})] == [(), ("items",), ("items", "prompt")]
    assert [path for path, _ in schemas_in(parts)] == [(), ("prompt",)]


def test_values_and_extensions_are_passed_over() -> None:
    odd: dict[str, Any] = {"properties": {"z": {}}, "items": {}}
    document = properties(a={"default": odd, "const": odd, "enum": [odd], "examples": [odd]}) | {"x-ui": odd}
    assert [path for path, _ in schemas_in(document)] == [(), ("properties", "a")]


@pytest.mark.parametrize(
    "document", [{"properties": []}, {"title": "a", "allOf": {}}, {"items": [{}]}, {"properties": {"a": 5}}]
)
def test_a_page_that_is_no_json_schema_is_walked_as_far_as_it_goes(document: dict[str, Any]) -> None:
    assert [path for path, _ in schemas_in(document)] == [()]
