"""Values of a schema as a tree of nodes: each can be drawn, has a plain value, and knows its edges."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from schemas.findings import shorten

Edge = tuple[str, str, Any]
"""The pointer of what is at its edge, the edge in words, and the whole value."""

IS_THERE = st.booleans()
ABSENT = object()
_TRIES = 4


class Node(ABC):
    """What can stand at one place of a payload."""

    __slots__ = ()

    @abstractmethod
    def draw(self, draw: st.DrawFn) -> Any:
        """Draw a value."""

    @abstractmethod
    def plain(self) -> Any:
        """Return a plain value, always the same; a new one each time if it can be changed."""

    @abstractmethod
    def edges(self) -> Iterator[Edge]:
        """Yield the values at the edges of what is allowed, each with all else plain."""

    def perhaps(self, draw: st.DrawFn) -> Any:
        """Draw a value or `ABSENT`."""
        return self.draw(draw) if draw(IS_THERE) else ABSENT

    def child(self, step: str) -> Node | None:
        """Return the node of a property, or (``*``) of the items; ``None`` if there is none."""
        return None


class Choice(Node):
    """One of a few values."""

    __slots__ = ("_here", "_perhaps", "values")

    def __init__(self, values: tuple[Any, ...]) -> None:
        """Take the values, the plainest first."""
        self.values = values
        self._here = st.sampled_from(values)
        self._perhaps = st.sampled_from((ABSENT, *values))

    def draw(self, draw: st.DrawFn) -> Any:
        """Draw a value."""
        return self._own(draw(self._here))

    def perhaps(self, draw: st.DrawFn) -> Any:
        """Draw a value or `ABSENT`, in one choice."""
        return self._own(draw(self._perhaps))

    def plain(self) -> Any:
        """Return the plainest value."""
        return self._own(self.values[0])

    def _own(self, value: Any) -> Any:
        """Copy what whoever gets it could change."""
        return copy.deepcopy(value) if isinstance(value, (list, dict)) else value

    def edges(self) -> Iterator[Edge]:
        """Yield the edges."""
        for value in self.values:
            yield "", f"is {shorten(value)}", value


@dataclass(frozen=True, slots=True)
class Leaf(Node):
    """A number or a text."""

    strategy: st.SearchStrategy[Any]
    plainest: Any
    at_edges: tuple[tuple[str, Any], ...]

    def draw(self, draw: st.DrawFn) -> Any:
        """Draw a value."""
        return draw(self.strategy)

    def plain(self) -> Any:
        """Return the plainest value."""
        return self.plainest

    def edges(self) -> Iterator[Edge]:
        """Yield the edges."""
        for words, value in self.at_edges:
            yield "", words, value


@dataclass(frozen=True, slots=True)
class Either(Node):
    """One of several ways, the first the plainest."""

    ways: tuple[Node, ...]

    def draw(self, draw: st.DrawFn) -> Any:
        """Draw a value."""
        return self.ways[draw(lengths_between(0, len(self.ways) - 1))].draw(draw)

    def plain(self) -> Any:
        """Return the plainest value."""
        return self.ways[0].plain()

    def edges(self) -> Iterator[Edge]:
        """Yield the edges."""
        for way in self.ways:
            yield from way.edges()

    def child(self, step: str) -> Node | None:
        """Return the node of a property or of the items."""
        return next((node for way in self.ways if (node := way.child(step)) is not None), None)


@dataclass(frozen=True, slots=True)
class Held(Node):
    """A node whose values are held against the schema; ``known`` are some that match, the plainest first."""

    node: Node
    is_valid: Callable[[Any], bool]
    known: tuple[Any, ...]

    def draw(self, draw: st.DrawFn) -> Any:
        """Draw a value."""
        for _ in range(_TRIES):
            value = self.node.draw(draw)
            if self.is_valid(value):
                return value
        return copy.deepcopy(self.known[draw(lengths_between(0, len(self.known) - 1))])

    def plain(self) -> Any:
        """Return the plainest value."""
        return copy.deepcopy(self.known[0])

    def edges(self) -> Iterator[Edge]:
        """Yield the edges."""
        for pointer, words, value in self.node.edges():
            if self.is_valid(value):
                yield pointer, words, value

    def child(self, step: str) -> Node | None:
        """Return the node of a property or of the items."""
        return self.node.child(step)


_LENGTHS: dict[tuple[int, int], st.SearchStrategy[int]] = {}
NOTHING = Choice((None,))


def lengths_between(least: int, most: int) -> st.SearchStrategy[int]:
    """Return a strategy for integers, always the same one: making it costs more than drawing from it."""
    found = _LENGTHS.get((least, most))
    if found is None:
        found = _LENGTHS[least, most] = st.integers(least, most)
    return found
