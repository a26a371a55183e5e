"""All of ``serve --intercept``: authority, proxy, TLS listener and hosts file, opened and closed together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
import socket
import sys
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from mock_server.intercept.authority import Authority
from mock_server.intercept.hosts_file import HostsFile
from mock_server.intercept.proxy import Factory, Proxy
from mock_server.intercept.variables import PRELOAD, variables
from mock_server.serving import listen, url_of
from mock_server.vendor_names import KNOWN

_HANDSHAKE_SECONDS = 10.0
_SHUTDOWN_SECONDS = 1.0
_NOT_HERE = "# other media hosts under runcomfy.net and runcomfy.com, asked for past the proxy, are not led here"

log = logging.getLogger("runcomfy_mock")


class Interception:
    """What leads programs with the vendor's hosts hard-coded to one fake. It is opened and closed once."""

    def __init__(self, url: str, host: str, tls_port: int | None = None, hosts_file: HostsFile | None = None) -> None:
        """Bind the sockets for the fake at ``url``, on its own address ``host``. Raises ``OSError`` that says what.

        ``tls_port`` is the port for clients that a hosts file leads here (``None``: any port, for Node.js alone);
        ``hosts_file`` is written as long as the fake listens (``None``: it is left to the user).
        """
        self._url = url
        self._tls_port = tls_port
        self._hosts_file = hosts_file
        self._folder: Path | None = None
        self._is_written = False
        self._servers: list[asyncio.Server] = []
        self._unraisable = sys.unraisablehook
        self._proxy: Proxy | None = None
        self._authority: Authority | None = None
        if hosts_file is not None:
            try:
                hosts_file.check()
            except OSError as error:
                raise OSError(f"cannot write {hosts_file.path}: {error.strerror}; {self._by_hand(host)}") from None
        self._sockets: list[socket.socket] = []
        try:
            self._sockets.append(_bind(host, 0))
            self._sockets.append(_bind(host, tls_port or 0))
        except OSError:
            self._close_sockets()
            raise
        if tls_port and host in ("127.0.0.1", "localhost", "0.0.0.0"):  # noqa: S104
            with contextlib.suppress(OSError):  # a name that leads here by IPv4 alone may be looked up for IPv6
                self._sockets.append(listen("::1", tls_port))

    async def open(self, protocol: Factory) -> None:
        """Begin to lead to what ``protocol`` makes. Raises ``OSError``; then, too, `close` is to be called."""
        sys.unraisablehook = self._tell
        self._folder = Path(tempfile.mkdtemp(prefix="runcomfy-mock-"))
        self._folder.chmod(0o755)  # its certificate is for programs of other users too
        self._authority = Authority(self._folder)
        self._proxy = Proxy(self._authority.context_for, protocol)
        door, *tls = self._sockets
        await self._proxy.listen(door)
        for listener in tls:
            server = await asyncio.get_running_loop().create_server(
                protocol,
                sock=listener,
                ssl=self._authority.context,
                ssl_handshake_timeout=_HANDSHAKE_SECONDS,
                ssl_shutdown_timeout=_SHUTDOWN_SECONDS,
            )
            self._servers.append(server)
        if self._hosts_file is not None:
            self._is_written = True
            self._hosts_file.write(self.hosts_lines)

    def close(self) -> None:
        """Undo it all; a second time does nothing. What cannot be undone is told in the log."""
        if self._is_written and self._hosts_file is not None:
            self._is_written = False
            try:
                self._hosts_file.remove()
            except OSError as error:
                log.error("%s keeps lines of runcomfy-mock: %s", self._hosts_file.path, error.strerror)  # noqa: TRY400
        if self._proxy is not None:
            self._proxy.close()
        for server in self._servers:
            if not server.get_loop().is_closed():
                server.close()
        self._close_sockets()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None
            sys.unraisablehook = self._unraisable

    @property
    def hosts_lines(self) -> list[str]:
        """The lines for a hosts file: one for each address at which the port for it listens."""
        _, *tls = self._sockets
        return [f"{urlsplit(url_of(each)).hostname} {' '.join(KNOWN)}" for each in tls]

    def facts(self) -> dict[str, Any]:
        """Tell where all is, and what to put into the environment, as a JSON object; once it is open."""
        assert self._authority is not None
        door, tls, *_ = self._sockets
        proxy, address = url_of(door), url_of(tls).removeprefix("http://")
        ca_file = self._authority.ca_file
        return {
            "proxy": proxy,
            "ca_file": str(ca_file),
            "tls": address,
            "preload": str(PRELOAD),
            "hosts_lines": [*self.hosts_lines, _NOT_HERE] if self._tls_port else [],
            "hosts_file": str(self._hosts_file.path) if self._hosts_file is not None else None,
            "environment": variables(self._url, proxy, address, ca_file),
        }

    def _tell(self, error: sys.UnraisableHookArgs) -> None:
        """Show no traceback for a client that asks for a host in bytes that are no text, where Python would."""
        if not (isinstance(error.exc_value, UnicodeDecodeError) and isinstance(error.object, bytes)):
            self._unraisable(error)

    def _close_sockets(self) -> None:
        for each in self._sockets:
            each.close()

    def _by_hand(self, host: str) -> str:
        address = {"0.0.0.0": "127.0.0.1", "localhost": "127.0.0.1"}.get(host, host)  # noqa: S104
        return f"run as root, or leave out --write-hosts and add this line yourself: {address} {' '.join(KNOWN)}"


def _bind(host: str, port: int) -> socket.socket:
    try:
        return listen(host, port)
    except OSError as error:
        hint = "; a port below 1024 is for root" if isinstance(error, PermissionError) else ""
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror}{hint}") from None
