"""All that can be wrong with a payload of one model, compiled: where, which keyword, and how to make it so."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from contracts.strategies.amounts import Amounts, Pick, lowest
from contracts.strategies.edits import Add, Drop, Edit, Put, combined, edits
from contracts.strategies.judge import NO_KEYWORD, Broken
from contracts.strategies.merging import Schema, forms
from contracts.strategies.nodes import Node
from contracts.strategies.payloads import Payload, Plan, settle
from contracts.strategies.sums import Summing
from schemas.pointers import from_path

Place = tuple[str, ...]

_DEEPEST = 8
_MOST_TURNS = 2
_MOST_PLACES = 300


@dataclass(frozen=True, slots=True)
class Spoiler:
    """One keyword that can be broken at one place (``*`` for any item), or (with ``summing``) one prose rule."""

    place: Place
    keyword: str
    edit: Edit | None
    summing: Summing | None = None

    @property
    def named(self) -> str:
        """The name of the property that is wrong or missing."""
        if isinstance(self.edit, Drop | Add):
            return self.edit.name
        return next((step for step in reversed(self.place) if step != "*"), "")

    @property
    def number(self) -> int:
        """How many ways there are to write down."""
        return 3 if self.edit is None else self.edit.number

    def spoil(self, plan: Plan, payload: Payload, pick: Pick, index: int | None = None) -> tuple[Payload, str] | None:
        """Return a spoilt copy of a valid payload, and the pointer of what is wrong; ``None`` if it cannot be done."""
        made: Payload = copy.deepcopy(payload)
        if self.summing is not None:
            return self._unsettled(self.summing, plan, made, pick, index)
        assert self.edit is not None
        found = _reach(made, self.place, plan, pick)
        if found is None:
            return None
        holder, path = found
        value = holder[path[-1]] if path else made
        if not _can_edit(self.edit, value):
            return None
        wrong = self.edit.spoil(value, pick) if index is None else self.edit.at(value, index)
        if not path:
            return wrong, ""
        holder[path[-1]] = wrong
        for each in plan.sums:
            _agree(each, made, self.place)
        return made, from_path(path)

    def _unsettled(
        self, summing: Summing, plan: Plan, made: Payload, pick: Pick, index: int | None
    ) -> tuple[Payload, str] | None:
        """Set the total, or one term, to another number than would be right."""
        if _reach(made, (*summing.holder, "*"), plan, pick) is None or not summing.settle(made, lowest, keep=True):
            return None
        way = pick(0, 2) if index is None else index
        path = (*summing.holder, "0", *summing.name) if way == 2 else summing.total  # noqa: PLR2004 - the last way
        amounts = summing.terms if way == 2 else summing.totals  # noqa: PLR2004
        right = summing.sum_of(made)
        if right is None or not summing.put(made, summing.total, right):
            return None
        before = summing.at(made, path)
        after = _another(amounts, before, way, pick) if before is not None else None
        if after is None or not summing.put(made, path, after):
            return None
        return made, from_path(summing.holder)


def _another(amounts: Amounts, before: Any, way: int, pick: Pick) -> Any:
    """Return another one of the amounts: above it, or (way 1) below it, if there is one there."""
    index = int(before / amounts.step)
    above = [each for each in amounts.few if each > index] or ([] if amounts.few else [index + 1, amounts.high])
    below = [each for each in amounts.few[::-1] if each < index] or ([] if amounts.few else [index - 1, amounts.low])
    low, high = amounts.low, amounts.high
    fitting = [each for each in (below if way == 1 else above) if low <= each <= high and each != index]
    return amounts.step * fitting[pick(0, len(fitting) - 1)] if fitting else None


def _can_edit(edit: Edit, value: object) -> bool:
    match edit:
        case Drop(name):
            return isinstance(value, dict) and name in value
        case Add(name):
            return isinstance(value, dict) and name not in value
        case Put():
            return True
        case _:
            return isinstance(value, list)


def _reach(made: Payload, place: Place, plan: Plan, pick: Pick) -> tuple[Any, tuple[str | int, ...]] | None:
    """Return what holds the value at ``place`` and the path of that value, which is put there if it is not."""
    holder: Any = made
    value: Any = made
    node: Node | None = plan.root
    path: list[str | int] = []
    added = False
    for step in place:
        node = node.child(step) if node is not None else None
        holder = value
        if step == "*" and isinstance(holder, list):
            if not holder:
                if node is None:
                    return None
                holder.append(node.plain())
                added = True
            key: str | int = pick(0, len(holder) - 1)
        elif step != "*" and isinstance(holder, dict):
            key = step
            if key not in holder:
                if node is None:
                    return None
                holder[key] = node.plain()
                added = True
        else:
            return None
        value = holder[key]
        path.append(key)
    if added:
        settle(plan.sums, made, lowest, keep=True)
        if any(_has_left(each, made, place) for each in plan.sums):
            return _reach(made, place, replace(plan, sums=()), pick)
    return holder, tuple(path)


def _has_left(summing: Summing, made: Payload, place: Place) -> bool:
    """Tell whether settling has taken away the total, which is wanted."""
    return place == summing.total and summing.at(made, summing.total) is None


def _agree(summing: Summing, made: Payload, place: Place) -> None:
    """Have the rest of a spoilt payload follow the rule, as far as that can be."""
    if place == summing.total:
        if summing.sum_of(made) is not None:
            made.pop(summing.holder[0], None)
    elif place == summing.holder:
        summing.settle(made, lowest, keep=True)
    elif place[: len(summing.holder)] == summing.holder:
        summing.agree(made, lowest)


def spoilers(plan: Plan) -> list[tuple[Spoiler, list[tuple[Payload, str, list[Broken]]]]]:
    """Find all that can be wrong, in the order of the page, each with what it makes of the plainest payloads."""
    schema = plan.judge.schema
    possible = [
        spoiler
        for place, plain, own, node in _places(schema, schema, plan.root, (), ())
        for keywords, edit in (edits(plain, node) if plain is not None else combined(own))
        for spoiler in _confirmed(plan, place, keywords, edit)
    ]
    possible += [Spoiler(each.holder, each.rule.rule_id, None, each) for each in plan.sums]
    found = [(spoiler, _listed(plan, spoiler)) for spoiler in possible]
    return [(spoiler, listed) for spoiler, listed in found if listed]


def _places(
    schema: object, root: Schema, node: Node, place: Place, trail: tuple[str, ...]
) -> Iterator[tuple[Place, Schema | None, object, Node]]:
    """Yield each place with its plain schema, if it has one alone, its own schema, and its node."""
    ways = forms(schema, root, trail)
    if len(ways) != 1:
        yield place, None, schema, node
        return
    plain, trail = ways[0].schema, ways[0].trail
    yield place, plain, schema, node
    if len(place) >= _DEEPEST or len(trail) > _MOST_TURNS:
        return
    for name, part in plain.get("properties", {}).items():
        child = node.child(name)
        if child is not None:
            yield from _places(part, root, child, (*place, name), trail)
    item = node.child("*")
    if item is not None and "items" in plain:
        yield from _places(plain["items"], root, item, (*place, "*"), trail)


def _confirmed(plan: Plan, place: Place, keywords: frozenset[str], edit: Edit) -> list[Spoiler]:
    """Keep of an edit what a validator confirms; for values of unknown effect, it says which keyword they break."""
    if not isinstance(edit, Put):
        return [each for keyword in sorted(keywords) if _listed(plan, each := Spoiler(place, keyword, edit))]
    by_keyword: dict[str, list[Any]] = {}
    if not place:
        return []  # what is no object at all is no payload
    for value in edit.values:
        spoilt = Spoiler(place, "", Put((value,))).spoil(plan, plan.plain(), lowest)
        if spoilt is not None and plan.judge.is_surely_broken(spoilt[0]):
            broken = plan.judge.broken(spoilt[0])
            here = [keyword for pointer, keyword in broken if pointer == spoilt[1] and keyword != NO_KEYWORD]
            wanted = [keyword for keyword in here if not keywords or keyword in keywords]
            for keyword in wanted[:1]:
                by_keyword.setdefault(keyword, []).append(value)
    return [
        Spoiler(place, keyword, Put(tuple(values), edit.listed, edit.beyond)) for keyword, values in by_keyword.items()
    ]


def _listed(plan: Plan, spoiler: Spoiler) -> list[tuple[Payload, str, list[Broken]]]:
    """Write down the ways of a spoiler, each with the base by which the least else is broken."""
    found = []
    for index in range(spoiler.number):
        made = [each for base in _bases(plan, spoiler.place) if (each := judged(plan, spoiler, base, lowest, index))]
        if made:
            found.append(min(made, key=lambda each: len(each[2])))
    return found


def _bases(plan: Plan, place: Place) -> Iterator[Payload]:
    """Yield the plainest payload, and the same with two items in the lists that a prose rule is about."""
    yield plan.plain()
    for each in plan.sums:
        node: Node | None = plan.root
        for step in (*each.holder, "*"):
            node = node.child(step) if node is not None else None
        if node is not None and place[: len(each.holder)] == each.holder:
            base = plan.plain()
            if each.put(base, each.holder, [node.plain(), node.plain()]) and each.settle(base, lowest):
                yield base


def judged(
    plan: Plan, spoiler: Spoiler, base: Mapping[str, Any], pick: Pick, index: int | None = None
) -> tuple[Payload, str, list[Broken]] | None:
    """Spoil a payload and see what that has broken; ``None`` if it is not surely what the spoiler is for."""
    spoilt = spoiler.spoil(plan, dict(base), pick, index)
    if spoilt is None:
        return None
    payload, pointer = spoilt
    broken = plan.judge.broken(payload)
    if (pointer, spoiler.keyword) not in broken or not plan.judge.is_surely_broken(payload):
        return None
    rest = list(broken)
    rest.remove((pointer, spoiler.keyword))
    return payload, pointer, rest
