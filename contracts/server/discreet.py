"""Tokens kept out of what a server says: one that echoes them would put them into every report."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from contracts.exchange import Answer
from contracts.server.connection import Connection, Unanswered

_SHORTEST = 6
"""Characters of a token that is kept secret: to look for one of less would spoil every other word."""


@dataclass(frozen=True, slots=True)
class Secrets:
    """Tokens by the variable that stands for each in what is told."""

    tokens: Mapping[str, str] = field(repr=False)

    def hide(self, text: str) -> str:
        """Return a text with the variables in the places of the tokens."""
        for name, token in self._longest_first():
            text = text.replace(token, f"${name}")
        return text

    def hide_in(self, answer: Answer) -> Answer:
        """Return an answer without the tokens; itself, if there are none in it."""
        body, headers = answer.body, answer.headers
        for name, token in self._longest_first():
            body = body.replace(token.encode(), f"${name}".encode())
        told = {name: self.hide(text) for name, text in headers.items()}
        return answer if (body, told) == (answer.body, headers) else Answer(answer.status, told, body, answer.took)

    def _longest_first(self) -> list[tuple[str, str]]:
        secrets = [(name, token) for name, token in self.tokens.items() if len(token) >= _SHORTEST]
        return sorted(secrets, key=lambda pair: -len(pair[1]))


class Discreet:
    """A connection whose answers and failures have no token in them."""

    def __init__(self, connection: Connection, secrets: Secrets) -> None:
        """Stand before ``connection``."""
        self.base_url = connection.base_url
        self._connection = connection
        self._secrets = secrets

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Make one call. Raises `Unanswered`."""
        try:
            return self._secrets.hide_in(self._connection.send(method, path, headers, body))
        except Unanswered as error:
            raise Unanswered(self._secrets.hide(str(error))) from None

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
