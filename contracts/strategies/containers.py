"""Objects and lists as nodes: which members they have, and how many."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st

from contracts.strategies.merging import is_same
from contracts.strategies.nodes import ABSENT, IS_THERE, NOTHING, Edge, Node, lengths_between
from schemas.pointers import join

_FEW = 8
_COMMON = 4  # items that a list of no bounds has at most
LONGEST_LIST = 1000  # items of a list that stands for "as many as you like"


@dataclass(frozen=True, slots=True)
class Record(Node):
    """An object: ``required`` and ``optional`` properties in the order of the page, both within ``nodes``.

    Those ``deferred`` are not drawn: somebody else sets them. ``follow`` names what a property brings with it. ``more``
    is for members of other names: of objects that are open, and as many as are missing from ``least``.
    """

    nodes: Mapping[str, Node]
    required: frozenset[str]
    deferred: frozenset[str] = frozenset()
    follow: Mapping[str, tuple[str, ...]] | None = None
    least: int = 0
    most: float = float("inf")
    more: Node | None = None
    is_open: bool = False

    def draw(self, draw: st.DrawFn) -> Any:
        """Draw a value."""
        made: dict[str, Any] = {}
        for name, node in self.nodes.items():
            if name in self.required:
                made[name] = node.plain() if name in self.deferred else node.draw(draw)
            elif name not in self.deferred:
                value = node.perhaps(draw)
                if value is not ABSENT:
                    made[name] = value
        if self.is_open and self.more is not None and draw(IS_THERE):
            made["é" if draw(IS_THERE) else "a"] = self.more.draw(draw)
        return made if self.follow is None else self._completed(made)

    def _completed(self, made: dict[str, Any]) -> dict[str, Any]:
        """Leave out what is too much, and add what is missing."""
        for name in [each for each in made if each not in self.required][::-1]:
            if len(made) > self.most:
                del made[name]
        for name in list(made):
            self._bring(name, made)
        for name, node in self.nodes.items():
            if len(made) < self.least and name not in made:
                made[name] = node.plain()
                self._bring(name, made)
        for number in count():
            if len(made) >= self.least or self.more is None:
                return made
            made[f"x{number}"] = self.more.plain()
        raise AssertionError

    def _bring(self, name: str, made: dict[str, Any]) -> None:
        for other in (self.follow or {}).get(name, ()):
            if other not in made and (other in self.nodes or self.more is not None):
                made[other] = (self.nodes.get(other) or self.more or NOTHING).plain()
                self._bring(other, made)

    def plain(self) -> Any:
        """Return the plainest value."""
        made = {name: node.plain() for name, node in self.nodes.items() if name in self.required}
        return made if self.follow is None else self._completed(made)

    def edges(self) -> Iterator[Edge]:
        """Yield the edges."""
        yield "", "with nothing but what is required", self.plain()
        full = {name: node.plain() for name, node in self.nodes.items() if len(self.nodes) <= self.most}
        if full and not full.keys() <= self.required:
            yield "", "with everything given", full
        for name, node in self.nodes.items():
            for pointer, words, value in node.edges():
                yield join("", name) + pointer, words, self.with_(name, value)
        if self.is_open and self.more is not None:
            yield "", "with a member", {"a": self.more.plain()}

    def with_(self, name: str, value: Any) -> dict[str, Any]:
        """Return the plain object with one property more, in the order of the page."""
        made = {**self.plain(), name: value}
        if self.follow is not None:
            self._bring(name, made)
        return {each: made[each] for each in dict.fromkeys([*self.nodes, *made]) if each in made}

    def child(self, step: str) -> Node | None:
        """Return the node of a property or of the items."""
        return self.nodes.get(step)


@dataclass(frozen=True, slots=True)
class Listing(Node):
    """A list of ``least`` to ``most`` items: those of ``first`` by place, all others like ``item`` (if there are)."""

    item: Node | None
    least: int
    most: float
    unique: bool = False
    first: tuple[Node, ...] = ()

    def draw(self, draw: st.DrawFn) -> Any:
        """Draw a value."""
        highest = int(self.most if self.most <= _FEW else max(self.least + 1, _COMMON))
        made: list[Any] = []
        for _ in range(draw(lengths_between(self.least, highest))):
            node = self._node(len(made))
            value = node.draw(draw)
            if self.unique and any(is_same(value, each) for each in made):
                value = next(self._others(node, made), ABSENT) if len(made) < self.least else ABSENT
            if value is not ABSENT:
                made.append(value)
        return made

    def _node(self, index: int) -> Node:
        return self.first[index] if index < len(self.first) else self.item or NOTHING

    def _others(self, node: Node, made: list[Any]) -> Iterator[Any]:
        """Yield values that are not in the list yet."""
        for value in [node.plain(), *(value for _, _, value in node.edges())]:
            if not any(is_same(value, each) for each in made):
                yield value

    def plain(self) -> Any:
        """Return the plainest value."""
        return self._of(self.least)

    def _of(self, length: int, *first: Any) -> list[Any]:
        made = list(first)
        for index in range(len(made), length):
            node = self._node(index)
            value = next(self._others(node, made), ABSENT) if self.unique else node.plain()
            if value is not ABSENT:
                made.append(value)
        return made

    def edges(self) -> Iterator[Edge]:
        """Yield the edges."""
        sizes = {self.least: "of the fewest items", min(self.most, max(self.least + 1, 1)): "of an item more"}
        if self.most <= LONGEST_LIST:
            sizes[self.most] = "of the most items"
        for size, words in sizes.items():
            yield "", words, self._of(int(size))
        if self.most > 0:
            for pointer, words, value in self._node(0).edges():
                yield f"/0{pointer}", words, self._of(max(self.least, 1), value)

    def child(self, step: str) -> Node | None:
        """Return the node of a property or of the items."""
        return self.item if step == "*" and not self.first else None
