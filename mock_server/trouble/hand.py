"""The rules of a fake, in the hand of Python code."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mock_server.trouble import scenario, scenario_file
from mock_server.trouble.book import Count, RuleBook, Standing


@dataclass(frozen=True, slots=True)
class RuleView:
    """A rule in force: its id, its name, how often its match held (``met``) and something came of it (``fired``)."""

    rule_id: str
    name: str
    account: str | None
    met: int
    fired: int
    document: Mapping[str, Any]

    @classmethod
    def of(cls, standing: Standing, count: Count) -> RuleView:
        """Show a rule of the book."""
        document = scenario.describe(standing.rule)
        return cls(standing.rule_id, standing.rule.name, standing.owner, count.met, count.fired, document)

    def as_json(self) -> dict[str, Any]:
        """Return the rule as the control plane lists it."""
        shown = {"id": self.rule_id, "account": self.account, "met": self.met, "fired": self.fired}
        return shown | dict(self.document)


class Rules:
    """The rules of one account, or of all; those of all accounts are listed for each."""

    def __init__(self, book: RuleBook, owner: Callable[[], str | None]) -> None:
        """Act on ``book`` for the account whose fingerprint ``owner`` returns."""
        self._book = book
        self._owner = owner

    def add(self, *documents: Mapping[str, Any], **fields: Any) -> list[str]:
        """Put rules in force, all or none, and return their ids.

        A rule is a document as in a scenario file, ``{"match": …, "answers": …}`` or ``{"rule": […]}``, or the fields
        of one as keywords: ``add(match={"operation": "submit"}, answers=[429, "ok"])``. Raises
        `scenario.ScenarioError`, a ``ValueError``, that tells every problem with its place.
        """
        given = [*documents, fields] if fields else list(documents)
        rules = [rule for index, each in enumerate(given) for rule in scenario.read(each, f"rule {index + 1}")]
        return [each.rule_id for each in self._book.add(rules, self._owner())]

    def load(self, path: Path | str) -> list[str]:
        """Put the rules of a scenario file in force, and return their ids. Raises `scenario.ScenarioError`."""
        return [each.rule_id for each in self._book.add(scenario_file.load(Path(path)), self._owner())]

    def remove(self, rule_id: str) -> None:
        """Take one rule away. Raises `core.errors.ResourceNotFound`, or `core.errors.Conflict` if it is for all."""
        self._book.remove(rule_id, self._owner())

    def clear(self) -> int:
        """Take all of them away; return how many there were."""
        return self._book.clear(self._owner())

    def __iter__(self) -> Iterator[RuleView]:
        """List the rules in force, in the order in which they were added."""
        return iter([RuleView.of(*each) for each in self._book.listed(self._owner())])

    def __len__(self) -> int:
        return len(self._book.listed(self._owner()))
