"""Rules as documents, one shape wherever they come from. Every problem is told with its place; nothing half is read."""

from __future__ import annotations

import difflib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any

from mock_server.core.accounts import fingerprint
from mock_server.core.lifecycle import Status
from mock_server.core.redaction import is_carrier
from mock_server.trouble.call import Operation
from mock_server.trouble.domains import Choice, Headers, Text, Whole
from mock_server.trouble.effects import catalogue
from mock_server.trouble.match import Match
from mock_server.trouble.rule import Answer, Rule, Then
from schemas.findings import cut, kind, shorten
from schemas.pointers import join, split

MOST_RULES = 1000
MOST_ANSWERS = 1000
_MOST_CONDITIONS = 20
_MOST_TIMES = 1_000_000_000
_HEX = frozenset("0123456789abcdef")
_UTF8 = re.compile("[^\ud800-\udfff]*")
_LEAST, _MOST = -(2**63), 2**64 - 1  # whole numbers that payloads can have: what the parser of JSON takes
_DEEPEST = 100


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at one place of a document (a JSON pointer)."""

    pointer: str
    message: str

    def __str__(self) -> str:
        return f"{self.pointer}: {self.message}" if self.pointer else self.message


class ScenarioError(ValueError):
    """A document that holds no rules as they should be; it carries every problem found."""

    def __init__(self, where: str, problems: list[Problem]) -> None:
        """Say what is wrong; ``where`` names the document."""
        super().__init__(f"{where}: " + "; ".join(map(str, problems)))
        self.problems = tuple(problems)


def read(document: Any, where: str = "rules") -> list[Rule]:
    """Read ``{"rule": [...]}`` or a single rule. Raises `ScenarioError`."""
    reader = _Reader()
    for pointer, message in _not_json(document, ""):
        reader.wrong(pointer, message)
    if reader.problems:
        raise ScenarioError(where, reader.problems)
    rules: list[Rule | None] = []
    if isinstance(document, Mapping) and "rule" in document:
        rules = reader.rules(document)
    elif isinstance(document, Mapping) and "rules" in document:
        reader.wrong("/rules", "unknown; a list of rules is called rule ([[rule]] in TOML)")
    elif isinstance(document, Mapping) and document:
        rules = [reader.rule(document, "")]
    else:
        found = "nothing" if document == {} else kind(document)
        reader.wrong("", f"expected a rule, or an object with a list of them as rule, not {found}")
    if reader.problems:
        raise ScenarioError(where, reader.problems)
    return [rule for rule in rules if rule is not None]


def _not_json(value: Any, pointer: str, depth: int = 0) -> Iterator[tuple[str, str]]:
    """Find what TOML, Python or a lenient parser of JSON can say, and an answer in JSON cannot."""
    if depth > _DEEPEST:
        yield pointer, f"is nested more than {_DEEPEST} levels deep"
    elif isinstance(value, Mapping):
        for name, item in value.items():
            if not isinstance(name, str) or not _UTF8.fullmatch(name):
                yield pointer, f"{shorten(name)} is no name of JSON"
            else:
                yield from _not_json(item, join(pointer, name), depth + 1)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _not_json(item, join(pointer, index), depth + 1)
    elif isinstance(value, str):
        if not _UTF8.fullmatch(value):
            yield pointer, "the text cannot be written as UTF-8"
    elif isinstance(value, int):
        if not _LEAST <= value <= _MOST:
            yield pointer, "the number has more than 64 bits"
    elif not isinstance(value, (float, NoneType)) or (isinstance(value, float) and not math.isfinite(value)):
        yield pointer, f"{cut(str(value))} is no value of JSON"


class _Reader:
    """Reads a document to its end, and collects what is wrong with it."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, pointer: str, message: str) -> None:
        self.problems.append(Problem(pointer, message))

    def rules(self, document: Mapping[str, Any]) -> list[Rule | None]:
        self._known(document, "", ("rule",))
        found = document.get("rule", [])
        if not isinstance(found, list):
            self.wrong("/rule", f"expected a list of rules ([[rule]] in TOML), not {kind(found)}")
            return []
        if len(found) > MOST_RULES:
            self.wrong("/rule", f"there are {len(found)} rules; {MOST_RULES} are the most")
            return []
        return [self.rule(each, f"/rule/{index}") for index, each in enumerate(found)]

    def rule(self, document: Any, pointer: str) -> Rule | None:
        before = len(self.problems)
        if not isinstance(document, Mapping):
            self.wrong(pointer, f"expected a rule, not {kind(document)}")
            return None
        self._known(document, pointer, ("name", "match", "answers", "times", "then"))
        name = self._value(document, pointer, "name", "", Text(200).read)
        times = self._value(document, pointer, "times", 1, Whole(1, _MOST_TIMES).read)
        then = self._value(document, pointer, "then", "ok", Choice(tuple(Then)).read)
        answers = self._answers(document, pointer)
        match = self._match(document.get("match", {}), f"{pointer}/match", answers)
        if len(self.problems) > before or match is None:
            return None
        return Rule(name, match, answers, times, Then(then))

    def _answers(self, document: Mapping[str, Any], pointer: str) -> tuple[Answer, ...]:
        found = document.get("answers")
        here = f"{pointer}/answers"
        if not isinstance(found, list) or not 0 < len(found) <= MOST_ANSWERS:
            given = "" if found is None else f", not {shorten(found)}"
            self.wrong(here, f'expected a list of 1 to {MOST_ANSWERS} answers, such as [429, 503, "ok"]{given}')
            return ()
        answers: list[Answer] = []
        for index, value in enumerate(found):
            try:
                answers.append(catalogue.read(value))
            except ValueError as error:
                self.wrong(f"{here}/{index}", str(error))
        return tuple(answers)

    def _match(self, document: Any, pointer: str, answers: tuple[Answer, ...]) -> Match | None:
        if not isinstance(document, Mapping):
            self.wrong(pointer, f"expected an object, not {kind(document)}")
            return None
        self._known(document, pointer, ("operation", "model", "payload", "header", "state", "account", "nth"))
        return Match(
            operation=self._operations(document, pointer, answers),
            model=self._value(document, pointer, "model", None, Text(1000).read),
            payload=self._value(document, pointer, "payload", {}, _payload),
            header=self._value(document, pointer, "header", {}, _header),
            state=self._value(document, pointer, "state", None, lambda value: Status(_STATES.read(value))),
            account=self._value(document, pointer, "account", None, _account),
            nth=self._value(document, pointer, "nth", 1, Whole(1, _MOST_TIMES).read),
        )

    def _operations(
        self, document: Mapping[str, Any], pointer: str, answers: tuple[Answer, ...]
    ) -> frozenset[Operation]:
        """Read the operations; if none are given, those to which every effect of the answers applies."""
        effects = [effect for answer in answers for effect in answer]
        named = self._value(document, pointer, "operation", None, _operation)
        if named is None:
            common = frozenset(Operation).intersection(*(each.OPERATIONS for each in effects))
            if not common:
                names = ", ".join(dict.fromkeys(each.NAME for each in effects))
                self.wrong(pointer, f"no operation is common to {names}; give them rules of their own")
            return common
        operations: frozenset[Operation] = named
        for effect in effects:
            for operation in sorted(operations - effect.OPERATIONS):
                allowed = ", ".join(each for each in Operation if each in effect.OPERATIONS)
                self.wrong(join(pointer, "operation"), f"{effect.NAME} does not apply to {operation}, but to {allowed}")
        return operations

    def _value(
        self, document: Mapping[str, Any], pointer: str, name: str, default: Any, reads: Callable[[Any], Any]
    ) -> Any:
        if name not in document:
            return default
        try:
            return reads(document[name])
        except ValueError as error:
            self.wrong(join(pointer, name), str(error))
            return default

    def _known(self, document: Mapping[str, Any], pointer: str, names: tuple[str, ...]) -> None:
        for name in document:
            if name not in names:
                close = difflib.get_close_matches(str(name), names, n=1)
                hint = f"did you mean {close[0]}?" if close else f"known are {', '.join(names)}"
                self.wrong(join(pointer, name), f"unknown; {hint}")


_STATES = Choice(tuple(Status))
_OPERATIONS = Choice(tuple(Operation))


def _operation(value: Any) -> frozenset[Operation]:
    several = value if isinstance(value, list) and value else [value]
    return frozenset(Operation(_OPERATIONS.read(each)) for each in several)


def _payload(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, Mapping) or len(value) > _MOST_CONDITIONS:
        raise ValueError(
            f'expected an object of values by JSON pointer, such as {{"/prompt": "*cat*"}}, not {kind(value)}'
        )
    for pointer in value:
        split(pointer)
    for text in texts(list(value.values())):
        Text(1000).read(text)
    return dict(value)


def texts(value: Any) -> Iterator[str]:
    """Return every text in a document, names included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield name
            yield from texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from texts(item)


def _header(value: Any) -> Mapping[str, str]:
    patterns = {name.lower(): pattern for name, pattern in Headers(framing=True).read(value).items()}
    for name in patterns:
        if is_carrier(name.encode("ascii")):
            raise ValueError(f"the header {name} holds a token; match the account instead: account = its token")
    return patterns


def _account(value: Any) -> str:
    """Read an account: its token, or the fingerprint that the journal shows."""
    text = Text(10_000).read(value)
    if not text:
        raise ValueError("expected a token, or the fingerprint that the journal shows, not an empty text")
    return text if len(text) == 16 and _HEX.issuperset(text) else fingerprint(text)  # noqa: PLR2004 - hex digits


def describe(rule: Rule) -> dict[str, Any]:
    """Write a rule as the document that it can be read from; an account is told by its fingerprint."""
    match = rule.match
    conditions: dict[str, Any] = {"operation": [each for each in Operation if each in match.operation]}
    if len(match.operation) == 1:
        conditions["operation"] = next(iter(match.operation))
    given = {"model": match.model, "state": match.state, "account": match.account}
    conditions |= {name: value for name, value in given.items() if value is not None}
    conditions |= {name: dict(value) for name, value in (("payload", match.payload), ("header", match.header)) if value}
    if match.nth != 1:
        conditions["nth"] = match.nth
    answers = [[catalogue.describe(effect) for effect in answer] for answer in rule.answers]
    return {
        "name": rule.name,
        "match": conditions,
        "answers": [answer[0] if len(answer) == 1 else answer for answer in answers],
        "times": rule.times,
        "then": rule.then,
    }
