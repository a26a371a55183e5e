"""The proxy on a real socket: whom it lets through, whom it refuses, and that nobody can hang on to it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
import uvloop

from mock_server.intercept.authority import Authority
from mock_server.intercept.proxy import Bounds, Proxy
from mock_server.serving import listen

CONNECT = b"CONNECT model-api.runcomfy.net:443 HTTP/1.1\r\nHost: model-api.runcomfy.net:443\r\n\r\n"
QUICK = Bounds(head_seconds=0.1, handshake_seconds=0.2, goodbye_seconds=0.1)


class Echo(asyncio.Protocol):
    """Stands for the fake: it sends back what comes."""

    made = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        type(self).made += 1
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._transport.write(b"echo " + data)


class House:
    """A proxy that listens, and its authority."""

    def __init__(self, folder: Path, bounds: Bounds) -> None:
        self.authority = Authority(folder)
        self.proxy = Proxy(self.authority.context_for, Echo, bounds)
        self._listener = listen("127.0.0.1", 0)
        self.address: tuple[str, int] = self._listener.getsockname()
        self.complaints: list[str] = []

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[House]:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.complaints.append(str(context)))
        await self.proxy.listen(self._listener)
        try:
            yield self
        finally:
            self.proxy.close()
            await asyncio.sleep(0)
        assert self.complaints == []

    async def say(self, data: bytes, *, is_over: bool = False) -> bytes:
        """Send ``data`` on a connection of its own, and return all that comes until it is closed."""
        reader, writer = await asyncio.open_connection(*self.address)
        writer.write(data)
        if is_over:
            writer.write_eof()
        try:
            return await asyncio.wait_for(reader.read(), 10)
        except ConnectionResetError:
            return b""
        finally:
            writer.close()

    async def tunnel(self, host: str, data: bytes, *, name: str | None = None) -> bytes:
        """Speak TLS through the proxy, in no hurry: send ``data``, return the first answer to it."""
        self.proxy.bounds = Bounds()
        reader, writer = await asyncio.open_connection(*self.address)
        try:
            writer.write(f"CONNECT {host}:443 HTTP/1.1\r\n\r\n".encode())
            assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
            trusting = ssl.create_default_context(cafile=str(self.authority.ca_file))
            await writer.start_tls(trusting, server_hostname=name or host)
            writer.write(data)
            return await reader.read(100)
        finally:
            writer.close()

    async def empty(self) -> None:
        """Return once nobody is in the door any more."""
        while self.proxy.guests or self.proxy.tasks:  # noqa: ASYNC110 - nothing tells; a leak ends in the timeout
            await asyncio.sleep(0.005)


Play = Callable[[Callable[[House], Awaitable[None]]], None]


@pytest.fixture(name="play", params=["asyncio", "uvloop"])
def fixture_play(request: pytest.FixtureRequest, tmp_path: Path) -> Play:
    """Run a scene in a house on each kind of event loop; nobody is left in the door, and nothing was complained of."""

    def play(scene: Callable[[House], Awaitable[None]]) -> None:
        async def inside() -> None:
            async with House(tmp_path, QUICK).open() as house:
                await asyncio.wait_for(scene(house), 20)
                await asyncio.wait_for(house.empty(), 10)

        with asyncio.Runner(loop_factory=uvloop.new_event_loop if request.param == "uvloop" else None) as runner:
            runner.run(inside())

    return play


@pytest.mark.parametrize("host", ["model-api.runcomfy.net", "runcomfy.com", "a.b.c.runcomfy.net"])
def test_a_host_of_the_vendor_is_the_fake(host: str, play: Play) -> None:
    async def scene(house: House) -> None:
        assert await house.tunnel(host, b"hello") == b"echo hello"

    play(scene)


def test_time_for_the_head_does_not_count_once_it_has_come(play: Play) -> None:
    async def scene(house: House) -> None:
        house.proxy.bounds = Bounds(head_seconds=0.02)
        reader, writer = await asyncio.open_connection(*house.address)
        writer.write(CONNECT)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(reader.read(1), 0.1)
        writer.close()

    play(scene)


def test_many_at_once_get_through(play: Play) -> None:
    async def scene(house: House) -> None:
        calls = [house.tunnel("model-api.runcomfy.net", b"%d" % number) for number in range(30)]
        assert await asyncio.gather(*calls) == [b"echo %d" % number for number in range(30)]

    play(scene)


REFUSED = {
    b"CONNECT example.com:443 HTTP/1.1\r\n\r\n": (b"403 Forbidden", b"example.com"),
    b"CONNECT EXAMPLE.com.:443 HTTP/1.0\r\nHost: x\r\n\r\n": (b"403 Forbidden", b"example.com"),
    b"CONNECT notruncomfy.net:443 HTTP/1.1\r\n\r\n": (b"403 Forbidden", b"notruncomfy.net"),
    b"CONNECT 127.0.0.1:22 HTTP/1.1\r\n\r\n": (b"403 Forbidden", b"127.0.0.1"),
    b"CONNECT [::1]:443 HTTP/1.1\r\n\r\n": (b"403 Forbidden", b"[::1]"),
    b"CONNECT runcomfy.net:22 HTTP/1.1\r\n\r\n": (b"403 Forbidden", b"runcomfy.net:22"),
    b"CONNECT %s.a.runcomfy.net:443 HTTP/1.1\r\n\r\n" % (b"x" * 64): (b"403 Forbidden", b"no host of the vendor"),
    b"GET http://example.com/a?b HTTP/1.1\r\n\r\n": (b"403 Forbidden", b"plain HTTP to example.com"),
    b"GET http://model-api.runcomfy.net/ HTTP/1.1\r\n\r\n": (b"403 Forbidden", b"plain HTTP to model-api.runcomfy.net"),
    b"GET http://[bad/ HTTP/1.1\n\n": (b"403 Forbidden", b"plain HTTP to nowhere"),
    b"GET /v1/models HTTP/1.1\r\n\r\n": (b"400 Bad Request", b"another port"),
    b"CONNECT runcomfy.net HTTP/1.1\r\n\r\n": (b"400 Bad Request", b"a host and a port"),
    b"CONNECT a@runcomfy.net:443 HTTP/1.1\r\n\r\n": (b"400 Bad Request", b"a host and a port"),
    b"CONNECT runcomfy.net:443 HTTP/2\r\n\r\n": (b"400 Bad Request", b"no request"),
    b"\x16\x03\x01\x02\x00\x01\r\n\r\n": (b"400 Bad Request", b"no request"),
    b"\r\n\r\n": (b"400 Bad Request", b"no request"),
    CONNECT + b"\x16\x03\x01": (b"400 Bad Request", b"waits for its answer"),
    b"CONNECT runcomfy.net:443 HTTP/1.1\r\nX: " + b"x" * 100_000: (b"431 Request Header", b"16384 bytes"),
    b"\0" * 200_000: (b"431 Request Header", b"16384 bytes"),
    b"CONNECT runc": (b"408 Request Timeout", b"0.1 seconds"),
    b"": (b"408 Request Timeout", b"0.1 seconds"),
}


@pytest.mark.parametrize("sent", REFUSED, ids=lambda sent: repr(sent[:40]))
def test_all_else_is_refused_with_a_word(sent: bytes, play: Play) -> None:
    status, word = REFUSED[sent]

    async def scene(house: House) -> None:
        answer = await house.say(sent)
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 " + status)
        assert b"\r\nContent-Length: %d\r\n" % len(body) in head
        assert body.startswith(b"runcomfy-mock: ")
        assert word in body
        assert body.isascii()

    play(scene)


def test_a_refused_client_that_goes_on_sending_is_cut_off(play: Play) -> None:
    async def scene(house: House) -> None:
        reader, writer = await asyncio.open_connection(*house.address)
        with contextlib.suppress(ConnectionError):
            while not reader.at_eof():
                writer.write(b"x" * 10_000)
                await asyncio.wait_for(writer.drain(), 10)
                await asyncio.sleep(0.001)
        await house.empty()
        writer.close()

    play(scene)


@pytest.mark.parametrize(
    "then",
    [b"", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"],
    ids=["nothing", "http", "junk"],
)
@pytest.mark.parametrize("is_over", [False, True], ids=["open", "half closed"])
def test_a_tunnel_in_which_no_tls_is_spoken_ends(then: bytes, play: Play, *, is_over: bool) -> None:
    async def scene(house: House) -> None:
        reader, writer = await asyncio.open_connection(*house.address)
        writer.write(CONNECT)
        assert await reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 200 Connection established\r\n\r\n"
        writer.write(then)
        if is_over:
            writer.write_eof()
        with contextlib.suppress(ConnectionError):
            await asyncio.wait_for(reader.read(), 10)
        await house.empty()
        writer.close()

    play(scene)


@pytest.mark.parametrize("sent", [b"", b"CONNECT runc", CONNECT, b"CONNECT example.com:443 HTTP/1.1\r\n\r\n"])
def test_who_goes_away_at_once_leaves_nothing_behind(sent: bytes, play: Play) -> None:
    async def scene(house: House) -> None:
        for is_abrupt in (True, False):
            _, writer = await asyncio.open_connection(*house.address)
            writer.write(sent)
            (writer.transport.abort if is_abrupt else writer.close)()
        await house.say(sent, is_over=True)
        assert await house.tunnel("runcomfy.net", b"hello") == b"echo hello"

    play(scene)


@pytest.mark.parametrize("name", ["another.example.com", "a.b.runcomfy.net"])
def test_a_client_that_gets_no_certificate_to_its_taste_goes(name: str, play: Play) -> None:
    async def scene(house: House) -> None:
        made = Echo.made
        house.authority.context.sni_callback = house.authority._choose if "example" in name else None
        with pytest.raises((ssl.SSLError, ConnectionError)):  # either way of being let go
            await house.tunnel("runcomfy.net", b"hello", name=name)
        await house.empty()
        assert Echo.made == made

    play(scene)


def test_there_is_room_for_so_many_at_once(play: Play) -> None:
    async def scene(house: House) -> None:
        house.proxy.bounds = Bounds(guests=2, head_seconds=10, goodbye_seconds=0.1)
        writers = []
        for _ in range(2):
            _, writer = await asyncio.open_connection(*house.address)
            writer.write(b"CONN")
            writers.append(writer)
        assert (await house.say(b"")).startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
        for writer in writers:
            writer.close()
        await house.empty()
        assert await house.tunnel("runcomfy.net", b"hello") == b"echo hello"

    play(scene)


def test_closing_it_cuts_off_who_is_in_the_door(play: Play) -> None:
    async def scene(house: House) -> None:
        house.proxy.bounds = Bounds()
        pairs = []
        for sent in (b"", b"CONN", CONNECT):
            reader, writer = await asyncio.open_connection(*house.address)
            writer.write(sent)
            pairs.append((reader, writer))
        await pairs[-1][0].readuntil(b"\r\n\r\n")
        house.proxy.close()
        for reader, writer in pairs:
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(reader.read(), 10) == b""
            writer.close()

    play(scene)
