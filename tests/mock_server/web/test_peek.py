from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from mock_server.web.peek import Peek


class Line:
    """Gives messages one after the other, and then that the client is gone."""

    def __init__(self, *parts: bytes, whole: bool = True) -> None:
        last = len(parts) - 1
        self.left: list[Message] = [
            {"type": "http.request", "body": part, "more_body": number < last or not whole}
            for number, part in enumerate(parts)
        ]

    async def receive(self) -> Message:
        return self.left.pop(0) if self.left else {"type": "http.disconnect"}


async def rest(peek: Peek) -> bytes:
    found = b""
    while (message := await peek.receive())["type"] == "http.request":
        found += message["body"]
    return found


@pytest.mark.parametrize(
    ("parts", "whole", "body", "left"),
    [
        ((b"abc",), True, b"abc", b"abc"),
        ((b"ab", b"", b"cd"), True, b"abcd", b"abcd"),
        ((b"abcd", b"e", b"f"), True, None, b"abcdef"),
        ((b"ab",), False, None, b"ab"),
        ((b"",), True, b"", b""),
    ],
)
def test_what_was_read_ahead_is_there_again(
    parts: tuple[bytes, ...],
    whole: bool,  # noqa: FBT001
    body: bytes | None,
    left: bytes,
) -> None:
    async def look() -> None:
        peek = Peek(Line(*parts, whole=whole).receive)
        assert await peek.body(4, None) == body
        assert await peek.body(4, None) == body
        assert await rest(peek) == left

    asyncio.run(look())


def test_no_more_is_read_of_a_body_than_shows_that_it_is_too_long() -> None:
    line = Line(b"abcd", b"e", b"f", b"g")
    assert asyncio.run(Peek(line.receive).body(4, None)) is None
    assert [message["body"] for message in line.left] == [b"f", b"g"]


def test_nothing_is_read_of_a_body_that_says_it_is_too_long() -> None:
    line = Line(b"abcdef")
    peek = Peek(line.receive)
    assert asyncio.run(peek.body(4, "6")) is None
    assert (peek.used, len(line.left)) == (False, 1)
