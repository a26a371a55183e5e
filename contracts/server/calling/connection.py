"""The way to a server, whatever is at its other end: bytes out, an answer in, or a word on why none came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from contracts.exchange import Answer


class Unanswered(Exception):
    """No whole answer came; the text says why, in words that fit behind "the server"."""


class Connection(Protocol):
    """A server that calls can be sent to, one at a time."""

    base_url: str
    """Without ``/v1`` and without a slash at its end."""

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Make one call. Raises `Unanswered`; never anything that the server could have caused."""

    def close(self) -> None:
        """Let go of sockets."""
