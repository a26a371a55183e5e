"""A proxy that leads to the fake: it takes CONNECT for the vendor's hosts, and refuses all else with a word.

It never opens a connection. A client that asked for a host of the vendor speaks TLS with the fake on the very socket
that it reached the proxy with, so that the fake sees who calls, and whatever it does to a connection gets there.
"""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from mock_server.vendor_names import is_vendor

_TLS_PORT = 443
_LONGEST_SHOWN = 200
_ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"
_REQUEST = re.compile(rb"([!-~]{1,20}) ([!-~]+) HTTP/1\.[01]")
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253}):(?P<port>[0-9]{1,5})")
_END = re.compile(rb"\r?\n\r?\n")
_FORBIDDEN = "403 Forbidden by runcomfy-mock"  # of an answer to CONNECT many clients show the phrase alone
_ALONE = "runcomfy-mock answers the vendor's hosts alone (*.runcomfy.net and *.runcomfy.com, over https)"

Factory = Callable[[], asyncio.Protocol]


@dataclass(frozen=True, slots=True)
class Bounds:
    """What one client can take: bytes of a request's head, seconds for each step, and clients in the door at once."""

    head_bytes: int = 16 * 1024
    head_seconds: float = 10.0
    handshake_seconds: float = 10.0
    goodbye_seconds: float = 1.0
    guests: int = 256


class _Refusal(Exception):
    """What is asked for is refused: the status with its phrase, and what was wrong."""

    def __init__(self, status: str, text: str) -> None:
        super().__init__(text)
        self.status = status


class Proxy:
    """The proxy on one socket. It belongs to the event loop in which it listens."""

    def __init__(
        self, context_for: Callable[[str], ssl.SSLContext], protocol: Factory, bounds: Bounds | None = None
    ) -> None:
        """Lead to what ``protocol`` makes, with the certificate that ``context_for`` a host (``ValueError``) gives."""
        self.context_for = context_for
        self.protocol = protocol
        self.bounds = bounds or Bounds()
        self.guests: set[_Guest] = set()
        self.tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def listen(self, listener: socket.socket) -> None:
        """Take connections from a bound socket."""
        self._server = await asyncio.get_running_loop().create_server(lambda: _Guest(self), sock=listener)

    def close(self) -> None:
        """Stop listening, and cut off who has not got through to the fake yet. Without its loop it is over anyway."""
        if self._server is None or self._server.get_loop().is_closed():
            return
        self._server.close()
        for guest in list(self.guests):
            guest.cut()
        for task in list(self.tasks):
            task.cancel()


class _Guest(asyncio.Protocol):
    """A connection from its first byte until it is handed over or refused."""

    _transport: asyncio.Transport

    def __init__(self, proxy: Proxy) -> None:
        self._proxy = proxy
        self._head = b""
        self._is_judged = False
        self._timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self._transport = transport
        self._proxy.guests.add(self)
        bounds = self._proxy.bounds
        if len(self._proxy.guests) > bounds.guests:
            self._refuse(_Refusal("503 Service Unavailable", "too many clients that have not said what they want"))
        else:
            self._after(bounds.head_seconds, self._be_late)

    def connection_lost(self, exc: Exception | None) -> None:
        self._leave()

    def data_received(self, data: bytes) -> None:
        if self._is_judged:  # what a refused client still sends is read, for a moment, so that it reads the answer
            return
        self._head += data
        try:
            host = self._asked()
        except _Refusal as refusal:
            self._refuse(refusal)
            return
        if host is not None:
            self._is_judged = True
            self._after(None)
            task = asyncio.get_running_loop().create_task(self._hand_over(host))
            self._proxy.tasks.add(task)
            task.add_done_callback(self._proxy.tasks.discard)

    def cut(self) -> None:
        """End the connection at once."""
        self._transport.abort()

    def _asked(self) -> str | None:
        """Return the host that is asked for once the head is whole, ``None`` before. Raises `_Refusal`."""
        most = self._proxy.bounds.head_bytes
        end = _END.search(self._head, 0, most + 4)
        if end is None:
            if len(self._head) > most:
                raise _Refusal("431 Request Header Fields Too Large", f"a request's head has {most} bytes at the most")
            return None
        request = _REQUEST.fullmatch(self._head.split(b"\n", 1)[0].rstrip(b"\r"))
        if request is None:
            raise _Refusal("400 Bad Request", "this is a proxy for HTTP/1.1, and that was no request of it")
        if end.end() < len(self._head):
            raise _Refusal("400 Bad Request", "a client of a proxy waits for its answer before it goes on")
        return _host(request[1].decode(), request[2].decode())

    async def _hand_over(self, host: str) -> None:
        """Answer as a proxy that has reached the host, and be the host from there on."""
        proxy, transport, anteroom = self._proxy, self._transport, _Anteroom()
        if transport.is_closing():
            return
        try:
            context = proxy.context_for(host)
        except ValueError as error:
            self._refuse(_Refusal(_FORBIDDEN, f"{error}; {_ALONE}"))
            return
        transport.write(_ESTABLISHED)
        try:
            secure = await asyncio.get_running_loop().start_tls(
                transport,
                anteroom,
                context,
                server_side=True,
                ssl_handshake_timeout=proxy.bounds.handshake_seconds,
                ssl_shutdown_timeout=proxy.bounds.goodbye_seconds,
            )
        except OSError:  # no TLS, no trust in the certificate, too late, or gone: the client knows why
            transport.abort()
            return
        except asyncio.CancelledError:
            transport.abort()
            raise
        finally:  # from here on the connection tells this object nothing, not even that it is lost
            self._leave()
        if secure is not None:  # it is, where the client went during the handshake
            anteroom.let_in(secure, proxy.protocol())

    def _be_late(self) -> None:
        seconds = self._proxy.bounds.head_seconds
        self._refuse(_Refusal("408 Request Timeout", f"no whole request came within {seconds:g} seconds"))

    def _refuse(self, refusal: _Refusal) -> None:
        self._is_judged = True
        body = f"runcomfy-mock: {refusal}\n".encode()
        head = [
            f"HTTP/1.1 {refusal.status}",
            "Content-Type: text/plain; charset=utf-8",
            f"Content-Length: {len(body)}",
            "Connection: close",
            "",
            "",
        ]
        self._transport.write("\r\n".join(head).encode() + body)
        if self._transport.can_write_eof():
            self._transport.write_eof()
        self._after(self._proxy.bounds.goodbye_seconds, self.cut)

    def _after(self, seconds: float | None, act: Callable[[], None] = lambda: None) -> None:
        """Do something later, instead of what was to be done (``None``: nothing)."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None if seconds is None else asyncio.get_running_loop().call_later(seconds, act)

    def _leave(self) -> None:
        self._after(None)
        self._proxy.guests.discard(self)


class _Anteroom(asyncio.Protocol):
    """Keeps what a quick client sends right behind the handshake until the protocol is there to read it."""

    def __init__(self) -> None:
        self._kept: list[bytes] = []
        self._is_lost = False

    def data_received(self, data: bytes) -> None:
        self._kept.append(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._is_lost = True

    def let_in(self, transport: asyncio.Transport, protocol: asyncio.Protocol) -> None:
        """Put ``protocol`` in this one's place."""
        if self._is_lost:
            return
        transport.set_protocol(protocol)
        protocol.connection_made(transport)
        for data in self._kept:
            if not transport.is_closing():
                protocol.data_received(data)


def _host(method: str, target: str) -> str:
    """Return the host of the vendor that a request is for. Raises `_Refusal` for all others."""
    if method == "CONNECT":
        match = _AUTHORITY.fullmatch(target)
        if match is None:
            raise _Refusal("400 Bad Request", f"CONNECT takes a host and a port, not {target[:_LONGEST_SHOWN]}")
        host = match["host"].lower().rstrip(".")
        if is_vendor(host) and int(match["port"]) == _TLS_PORT:
            return host
        where = f"{host}:{match['port']}" if is_vendor(host) else host
        raise _Refusal(_FORBIDDEN, f"{where[:_LONGEST_SHOWN]} is refused, and nothing was sent there; {_ALONE}")
    if "://" not in target:
        raise _Refusal("400 Bad Request", "this is a proxy (for HTTPS_PROXY); the fake itself has another port")
    raise _Refusal(_FORBIDDEN, f"plain HTTP to {_name(target)} is refused, and nothing was sent there; {_ALONE}")


def _name(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "nowhere")[:_LONGEST_SHOWN]
    except ValueError:
        return "nowhere"
