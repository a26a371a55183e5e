"""The fake on a socket: uvicorn with its fast parts, quick to start and quick to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Protocol

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from mock_server.connection import KEY, Connection
from mock_server.sleepless import SERVER_THREAD

_GRACE_SECONDS = 1.0
_TICK_SECONDS = 0.002
_START_SECONDS = 20.0
_SILENCE_SECONDS = 60.0
_SETTLING_TURNS = 8  # of the event loop: from a closed socket to the call that hears of it, and some more


class _Protocol(HttpToolsProtocol):
    """uvicorn's, without a line for each call (the journal has them), and with a `Connection` in the scope."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.access_log = False
        self._cycles: list[RequestResponseCycle] = []

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._connection = Connection(transport)
        # As between calls: whoever connects and says nothing does not stay. The first byte cancels it.
        self.timeout_keep_alive_task = self.loop.call_later(_SILENCE_SECONDS, self.timeout_keep_alive_handler)

    def on_headers_complete(self) -> None:
        super().on_headers_complete()
        if self._cycles and self._cycles[-1].response_complete:  # answers come in order: all before it are over too
            self._cycles.clear()
        self._cycles.append(self.cycle)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell every call that the client is gone; uvicorn tells the last one, of which others may be ahead."""
        super().connection_lost(exc)
        for cycle in self._cycles:
            if not cycle.response_complete:
                cycle.disconnected = True
                cycle.message_event.set()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.scope[KEY] = self._connection.begin_call()  # type: ignore[literal-required]

    def shutdown(self) -> None:
        super().shutdown()
        self._connection.stop()


class Annex(Protocol):
    """Further ways to the application, opened when the sockets listen and closed before they do no more."""

    async def open(self, protocol: Callable[[], asyncio.Protocol]) -> None:
        """Lead connections to what ``protocol`` makes, one each."""

    def close(self) -> None:
        """Lead there no more."""


class Server(uvicorn.Server):
    """uvicorn's server, but stopping wakes it at once: the stock one looks every 0.1 seconds whether it should."""

    def __init__(self, app: ASGIApp, on_start: Callable[[], None] = lambda: None, annex: Annex | None = None) -> None:
        """Serve ``app``, also through an ``annex``; call ``on_start`` once the sockets listen."""
        config = uvicorn.Config(
            app,
            http=_Protocol,
            lifespan="off",
            log_config=None,  # the loggers are the user's; uvicorn would also empty one of them for access_log=False
            proxy_headers=False,
            server_header=False,
            ws="none",
        )
        super().__init__(config)
        self._on_start = on_start
        self._annex = annex
        self._woken = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, then tell so."""
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        try:
            if self._annex is not None:
                await self._annex.open(self._protocol)
            self._on_start()
        except BaseException:  # nobody would shut down what has not started
            await self.shutdown(sockets)
            raise

    def _protocol(self) -> _Protocol:
        """Return what speaks HTTP on one connection."""
        return _Protocol(config=self.config, server_state=self.server_state, app_state=self.lifespan.state)

    async def main_loop(self) -> None:
        """Renew the Date header every second until woken."""
        while not await self.on_tick(0):
            try:
                await asyncio.wait_for(self._woken.wait(), timeout=1)
            except TimeoutError:
                continue

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop listening, let calls under way finish for a moment, and cancel what is left.

        uvicorn's own waits a tenth of a second at the least, which every test would pay.
        """
        if self._annex is not None:
            self._annex.close()
        for server in self.servers:
            server.close()
        for listener in sockets or []:
            listener.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        deadline = asyncio.get_running_loop().time() + _GRACE_SECONDS
        while self.server_state.connections or self.server_state.tasks:
            if self.force_exit or asyncio.get_running_loop().time() > deadline:
                break
            await asyncio.sleep(_TICK_SECONDS)
        # What is left is cut off, as by a client that goes away: calls that wait for their body hear of it and end.
        for connection in list(self.server_state.connections):
            connection.transport.abort()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=_GRACE_SECONDS)
        for task in list(self.server_state.tasks):
            task.cancel()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on a hang-up too: a terminal that is closed ends what runs in it."""
        hangup = getattr(signal, "SIGHUP", None)
        if hangup is None or threading.current_thread() is not threading.main_thread():
            with super().capture_signals():
                yield
            return
        before = signal.getsignal(hangup)
        if before is not signal.SIG_IGN:  # as nohup has it
            signal.signal(hangup, self.handle_exit)
        try:
            with super().capture_signals():
                yield
        finally:
            signal.signal(hangup, before)

    def handle_exit(self, sig: int, frame: object) -> None:
        """Stop on a signal, the second time without waiting for open connections.

        uvicorn's own would raise the signal again after the end; to be told to stop is no failure.
        """
        self.force_exit = self.should_exit
        self.stop()

    def settle(self) -> None:
        """Wait until what has arrived at the sockets is dealt with, such as the end of a connection.

        For other threads than the server's.
        """
        for _ in range(_SETTLING_TURNS):
            if self._loop is None or self._loop.is_closed():
                return
            turned = threading.Event()
            self._loop.call_soon_threadsafe(turned.set)
            turned.wait(_START_SECONDS)

    def stop(self) -> None:
        """Stop, from any thread."""
        self.should_exit = True
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._woken.set)


def listen(host: str, port: int) -> socket.socket:
    """Bind a TCP socket; port 0 finds a free one. Raises ``OSError``.

    The protocol is given as TCP in so many words: asyncio sets TCP_NODELAY only then, and without that a kept-alive
    connection waits 44 ms for every answer.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError:
        listener.close()
        raise
    return listener


def url_of(listener: socket.socket) -> str:
    """Return the base URL at which a listening socket is reached."""
    host, port = listener.getsockname()[:2]
    name = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{name}:{port}"


@contextmanager
def serving(app: ASGIApp, host: str = "127.0.0.1", port: int = 0, servers: list[Server] | None = None) -> Iterator[str]:
    """Serve ``app`` from a thread of its own, and yield the base URL; the port is free again afterwards.

    The server is among ``servers`` meanwhile.
    """
    listener = listen(host, port)
    url = url_of(listener)
    started = threading.Event()
    server = Server(app, started.set)
    thread = threading.Thread(target=server.run, args=([listener],), name=SERVER_THREAD + url, daemon=True)
    thread.start()
    try:
        if not started.wait(_START_SECONDS):
            raise RuntimeError(f"the fake did not start to serve {url} within {_START_SECONDS:g} seconds")
        if servers is not None:
            servers.append(server)
        yield url
    finally:
        if servers is not None and server in servers:
            servers.remove(server)
        server.stop()
        thread.join(_START_SECONDS)
