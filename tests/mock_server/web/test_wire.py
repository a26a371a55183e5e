from __future__ import annotations

import asyncio
from collections.abc import Iterable

import pytest
from starlette.types import Message

from mock_server.connection import KEY, CallOnConnection, Connection
from mock_server.core.clock import LATEST, Clock
from mock_server.trouble.parts import HangUp, Head, Part, Reset, Stall, Wait
from mock_server.web.bodies import ClientGone
from mock_server.web.wire import EXTENSION, Severed, SocketWire, wire_of

HEAD = Head(200, ((b"content-length", b"4"),))


def sent(parts: Iterable[Part], method: str = "GET", call: CallOnConnection | None = None) -> list[Message]:
    messages: list[Message] = []

    async def send(message: Message) -> None:
        messages.append(message)

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    clock = Clock(lambda: 0.0)
    clock.freeze(skip_waits=True)
    asyncio.run(SocketWire({"type": "http", "method": method, KEY: call}, receive, send).play(parts, clock))
    return messages


def bodies(messages: list[Message]) -> list[tuple[bytes, bool]]:
    return [(message["body"], message["more_body"]) for message in messages[1:]]


def test_the_last_piece_is_known_to_be_the_last() -> None:
    assert bodies(sent([HEAD, b"ab", b"cd"])) == [(b"ab", True), (b"cd", False)]
    assert bodies(sent([Head(200, ())])) == [(b"", False)]
    assert bodies(sent([HEAD, b"abc", b"def"])) == [(b"abc", True), (b"d", False)]  # no more than was announced


@pytest.mark.parametrize(("method", "status"), [("HEAD", 200), ("GET", 204), ("GET", 304)])
def test_an_answer_without_a_body_ends_with_its_head(method: str, status: int) -> None:
    parts: list[Part] = [Head(status, ((b"content-length", b"4"),)), b"abcd", Stall()]
    assert bodies(sent(parts, method)) == [(b"", False)]


@pytest.mark.parametrize("end", [Reset(), HangUp()])
def test_without_a_connection_a_break_is_an_error(end: Part) -> None:
    with pytest.raises(Severed):
        sent([HEAD, b"ab", end])


@pytest.mark.parametrize("parts", [[Stall()], [HEAD, b"ab", Stall()]])
def test_a_stall_lasts_until_the_client_is_gone(parts: list[Part]) -> None:
    with pytest.raises(ClientGone):
        sent(parts)


class Closed(asyncio.Transport):
    """What is left of a connection whose client is gone."""

    def is_closing(self) -> bool:
        return True


def test_nothing_more_is_sent_to_a_client_that_is_gone() -> None:
    with pytest.raises(ClientGone):
        sent([HEAD, b"ab", b"cd"], call=CallOnConnection(Connection(Closed()), 1))


def test_a_wait_is_over_when_the_clock_skips_is_retired_or_has_moved() -> None:
    async def never() -> Message:
        await asyncio.Event().wait()
        raise AssertionError

    async def send(message: Message) -> None:
        return

    async def look() -> None:
        wire = SocketWire({"type": "http", "method": "GET"}, never, send)
        skipping, frozen, retired = (Clock(lambda: 0.0) for _ in range(3))
        skipping.freeze(skip_waits=True)
        await wire.wait(skipping, 1e8)
        assert skipping.now() == 1e8
        for clock in (frozen, retired):
            clock.freeze()
        waiting = [asyncio.create_task(wire.play([Wait(60)], clock)) for clock in (frozen, retired)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        frozen.advance(59)
        await asyncio.sleep(0)
        assert not any(task.done() for task in waiting)
        frozen.advance(1)
        retired.retire()
        await asyncio.gather(*waiting)

    asyncio.run(look())


def test_a_transport_may_bring_a_wire_of_its_own() -> None:
    own = object()
    scope = {"type": "http", "method": "GET", "extensions": {EXTENSION: own}}
    assert wire_of(scope, None, None) is own  # type: ignore[arg-type]


class Quiet:
    """A client that says nothing; it tells when somebody waits for it, and when that is over."""

    def __init__(self) -> None:
        self.awaited, self.left = asyncio.Event(), asyncio.Event()

    async def receive(self) -> Message:
        self.awaited.set()
        try:
            await asyncio.Event().wait()
        finally:
            self.left.set()
        raise AssertionError

    async def send(self, message: Message) -> None:
        return


def test_nothing_is_left_of_a_wait_that_is_over() -> None:
    async def look() -> None:
        client, clock = Quiet(), Clock(lambda: 0.0)
        clock.freeze()
        wire = SocketWire({"type": "http", "method": "GET"}, client.receive, client.send)
        waiting = asyncio.create_task(wire.wait(clock, 60))
        await client.awaited.wait()
        clock.advance(60)
        await waiting
        await client.left.wait()
        assert not clock._watchers

    asyncio.run(asyncio.wait_for(look(), 10))


def test_a_wait_ends_with_the_calendar() -> None:
    async def look() -> None:
        client, clock = Quiet(), Clock(lambda: LATEST - 5)
        clock.freeze(skip_waits=True)
        wire = SocketWire({"type": "http", "method": "GET"}, client.receive, client.send)
        await wire.wait(clock, 60)
        assert clock.now() == LATEST

    asyncio.run(look())


def test_others_have_their_turn_between_the_pieces_of_a_body() -> None:
    async def look() -> None:
        client, turns, seen = Quiet(), 0, list[int]()

        async def other() -> None:
            nonlocal turns
            while True:
                turns += 1
                await asyncio.sleep(0)

        def pieces() -> Iterable[Part]:
            for _ in range(10):
                seen.append(turns)
                yield b"piece"

        running = asyncio.create_task(other())
        wire = SocketWire({"type": "http", "method": "GET"}, client.receive, client.send)
        await wire.play(pieces(), Clock(lambda: 0.0))
        running.cancel()
        assert seen[1:] == sorted(set(seen[1:]))

    asyncio.run(look())
