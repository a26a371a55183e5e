"""A rule: which calls, what happens to each of them in turn, and what after that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from mock_server.trouble.effects.api import Error
from mock_server.trouble.effects.base import Effect
from mock_server.trouble.match import Match

Answer = tuple[Effect, ...]
"""What happens to one call: one effect, or several that go together."""


class Then(StrEnum):
    """What happens when the answers are used up."""

    OK = "ok"
    REPEAT_LAST = "repeat_last"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. ``answers`` are for one call each; they are gone through ``times`` times, and ``then`` comes after."""

    name: str
    match: Match
    answers: Sequence[Answer]
    times: int = 1
    then: Then = Then.OK

    def answer(self, before: int) -> Answer | None:
        """Return what happens to a call that ``before`` others came before; ``None`` if that is nothing."""
        index = before - (self.match.nth - 1)
        if index < 0:
            return None
        if index < len(self.answers) * self.times:
            return self.answers[index % len(self.answers)]
        match self.then:
            case Then.OK:
                return None
            case Then.REPEAT_LAST:
                return self.answers[-1]
            case Then.ERROR:
                return (Error(error_code=500001, message=f"the rule {self.name!r} expected no further call"),)

    def is_over(self, before: int) -> bool:
        """Tell whether nothing will happen any more after ``before`` calls."""
        return self.then is Then.OK and before >= self.match.nth - 1 + len(self.answers) * self.times
