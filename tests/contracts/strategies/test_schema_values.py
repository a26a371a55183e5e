from __future__ import annotations

from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from contracts.strategies.schema_values import CannotGenerateError, Compiler
from schemas.dialect import normalise
from tests.contracts.strategies.oracle import LONG
from tests.properties.dialect_strategies import documents
from tests.schemas.reading import accepts_plain


@settings(LONG, max_examples=500)
@given(st.data(), documents())
def test_drawn_plain_and_edge_values_match_the_schema(data: st.DataObject, document: dict[str, Any]) -> None:
    schema, _ = normalise(document)
    try:
        node = Compiler(schema).node(schema)
    except CannotGenerateError:
        assume(False)
        return
    draw: Any = data.draw
    for value in (node.draw(draw), node.plain(), *(value for _, _, value in node.edges())):
        assert accepts_plain(schema, value)


def test_the_error_says_where_and_why() -> None:
    schema = {
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"type": "array", "minItems": 1, "items": False}},
    }
    with pytest.raises(CannotGenerateError, match=r"at /a: no list has 1 items or more, and at most 0") as caught:
        Compiler(schema).node(schema)
    assert caught.value.pointer == "/a"


def test_what_cannot_be_made_is_left_out_where_that_may_be() -> None:
    schema = {"type": "object", "properties": {"a": False, "b": {"$ref": "#"}, "c": {"const": 1}}}
    node = Compiler(schema).node(schema)
    edges = [value for _, _, value in node.edges()]
    assert all("a" not in value for value in edges)
    assert {"c": 1} in edges


def test_recursion_ends() -> None:
    schema = {"type": "object", "properties": {"left": {"$ref": "#"}, "right": {"$ref": "#"}}}
    depths = {repr(value).count("{") for _, _, value in Compiler(schema).node(schema).edges()}
    assert max(depths) <= 6
    endless = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    with pytest.raises(CannotGenerateError, match="never ends"):
        Compiler(endless).node(endless)


def test_places_can_be_deferred_and_lists_narrowed() -> None:
    item = {"type": "object", "properties": {"n": {"const": 1}}}
    schema = {"type": "object", "properties": {"a": {"type": "array", "items": item}}, "required": ["a"]}
    node = Compiler(schema, frozenset({"/a/*/n"}), {"/a": (2, 2)}).node(schema)
    seen: list[Any] = []

    @LONG
    @given(st.composite(node.draw)())
    def draw(value: Any) -> None:
        seen.append(value)

    draw()
    assert all(value == {"a": [{}, {}]} for value in seen)
