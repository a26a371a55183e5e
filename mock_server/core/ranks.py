"""Who stands where in a line: ranks among growing tickets, each operation O(log n) amortised."""

from __future__ import annotations

_SLACK = 64


class Ranks:
    """A set of tickets (growing numbers) that tells how many are ahead of one: a Fenwick tree over arrivals."""

    __slots__ = ("_place", "_tree")

    def __init__(self) -> None:
        """Start with nobody in line."""
        self._place: dict[int, int] = {}  # ticket -> its index in the tree, from 1
        self._tree: list[int] = [0]

    def __len__(self) -> int:
        return len(self._place)

    def __contains__(self, ticket: int) -> bool:
        return ticket in self._place

    def add(self, ticket: int) -> None:
        """Let ``ticket`` join at the end; it must be larger than every one before."""
        if len(self._tree) > 2 * len(self._place) + _SLACK:
            self._renumber()
        self._append(ticket)

    def remove(self, ticket: int) -> None:
        """Let ``ticket`` leave, wherever it stands. Raises ``KeyError`` if it is not in line."""
        index = self._place.pop(ticket)
        while index < len(self._tree):
            self._tree[index] -= 1
            index += index & -index

    def ahead(self, ticket: int) -> int:
        """Return how many stand before ``ticket``; 0 for the first. Raises ``KeyError`` if it is not in line."""
        index = self._place[ticket] - 1
        count = 0
        while index:
            count += self._tree[index]
            index &= index - 1
        return count

    def _append(self, ticket: int) -> None:
        index = len(self._tree)
        count, child = 1, index - 1
        while child > index - (index & -index):
            count += self._tree[child]
            child &= child - 1
        self._tree.append(count)
        self._place[ticket] = index

    def _renumber(self) -> None:
        """Forget those who left, so that the tree never holds more than twice those in line."""
        tickets, self._place, self._tree = list(self._place), {}, [0]
        for ticket in tickets:
            self._append(ticket)
