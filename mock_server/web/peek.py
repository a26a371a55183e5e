"""A look at a body before it is its turn: what was read is there again for whoever comes next."""

from __future__ import annotations

from collections import deque

from starlette.types import Message, Receive

from mock_server.web.bodies import is_longer


class Peek:
    """The messages of one call, of which some may have been read ahead."""

    __slots__ = ("_body", "_messages", "original", "used")

    def __init__(self, receive: Receive) -> None:
        """Read from ``receive``."""
        self.original = receive
        self.used = False
        self._messages: deque[Message] = deque()
        self._body: bytes | None = None

    async def receive(self) -> Message:
        """Give what was read ahead first."""
        return self._messages.popleft() if self._messages else await self.original()

    async def body(self, limit: int, content_length: str | None) -> bytes | None:
        """Return the whole body; ``None`` where it is longer than ``limit`` bytes, or breaks off.

        No more than that is read of one that is too long, and nothing where it says so itself.
        """
        if self.used or is_longer(content_length, limit):
            return self._body
        self.used = True
        size, more = 0, True
        while more and size <= limit:
            message = await self.original()
            self._messages.append(message)
            if message["type"] != "http.request":
                return None
            size += len(message.get("body", b""))
            more = message.get("more_body", False)
        if size <= limit:
            parts = [message.get("body", b"") for message in self._messages]
            self._body = parts[0] if len(parts) == 1 else b"".join(parts)
        return self._body
