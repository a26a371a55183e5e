"""Servers written by hand on a real socket, byte by byte, for what no library would send."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

_PATIENCE = 10.0  # seconds after which a server gives up, so that no test hangs


@dataclass
class Peer:
    """One connection: ``calls`` are the whole requests that came."""

    socket: socket.socket
    stop: threading.Event
    calls: list[bytes]
    number: int

    def call(self) -> bytes:
        """Read one request, with a body if it has one; empty if the client has gone."""
        data = b""
        while b"\r\n\r\n" not in data:
            piece = self.socket.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        told = (line.lower().partition(b":") for line in head.split(b"\r\n"))
        length = next((int(value) for name, _, value in told if name == b"content-length"), 0)
        while len(body) < length:
            body += self.socket.recv(65536)
        self.calls.append(head + b"\r\n\r\n" + body)
        return self.calls[-1]

    def say(self, data: bytes) -> None:
        self.socket.sendall(data)

    def drip(self, first: bytes, piece: bytes) -> None:
        """Send ``piece`` now and then, until nobody listens."""
        self.say(first)
        while not self.stop.wait(0.01):
            self.say(piece)

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.socket.close()


Script = Callable[[Peer], object]


@dataclass
class Server:
    """What is listening; ``connections`` counts those that were accepted."""

    url: str
    calls: list[bytes] = field(default_factory=list)
    connections: int = 0
    closed: threading.Event = field(default_factory=threading.Event)
    """Set each time a connection has been closed."""


@contextmanager
def listening(script: Script) -> Iterator[Server]:
    """Serve connections one after the other, each by ``script``."""
    listener = socket.create_server(("127.0.0.1", 0))
    stop = threading.Event()
    server = Server(f"http://127.0.0.1:{listener.getsockname()[1]}")
    peers: list[socket.socket] = []

    def serve() -> None:
        while not stop.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            connection.settimeout(_PATIENCE)
            peers.append(connection)
            server.connections += 1
            with connection, suppress(OSError):
                script(Peer(connection, stop, server.calls, server.connections))
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            server.closed.set()

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for each in peers:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
        thread.join(_PATIENCE)
        assert not thread.is_alive()


def reply(body: bytes = b"{}", status: str = "200 OK", *headers: bytes) -> bytes:
    """Write an answer that is right."""
    lines = [
        f"HTTP/1.1 {status}".encode(),
        b"Content-Type: application/json",
        b"Content-Length: %d" % len(body),
        *headers,
    ]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def answering(data: bytes) -> Script:
    """Answer the first call of each connection with these bytes, and close."""

    def script(peer: Peer) -> None:
        peer.call()
        peer.say(data)

    return script


def keeping(data: bytes) -> Script:
    """Answer every call of a kept connection."""

    def script(peer: Peer) -> None:
        while peer.call():
            peer.say(data)

    return script
