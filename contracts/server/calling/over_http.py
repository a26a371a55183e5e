"""A server at a URL: one kept connection, no redirect followed, and an end to every wait.

A timeout of a library is one of each single read, so that a server which sends a byte now and then can hold a call for
ever. Here a call as a whole has its time, and its answer a size.

A server may close a kept connection at any moment, and so just when a call is on its way. A read is then made again on
a fresh one; all else is never sent twice, because it may have been taken. From then on no connection is kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import CookieJar, DefaultCookiePolicy
from time import monotonic
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from contracts.exchange import Answer
from contracts.server.calling.connection import Unanswered

LARGEST = 16 * 1024 * 1024  # bytes of an answer; those of the API have a few thousand
_IDLE = 2.0  # seconds; servers commonly close after five, and what nears that may be closed while a call is on its way
_READS = frozenset({"GET", "HEAD"})


class OverHttp:
    """Calls the server at ``base_url``."""

    def __init__(self, base_url: str, timeout: float, *, is_loopback: bool) -> None:
        """Give each call ``timeout`` seconds. Proxies of the environment count, but not for this machine itself."""
        self.base_url = base_url
        self._timeout = timeout
        self._deadline = _Deadline()
        self._keeps = True
        self._client = httpx.Client(
            timeout=timeout,
            limits=httpx.Limits(max_connections=1, keepalive_expiry=_IDLE),
            follow_redirects=False,
            trust_env=not is_loopback,
            # Each call stands by itself: no cookie of one account's answer goes out with a call of another's.
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=())),
        )
        # httpx lets nobody hand in a backend; what is behind its door is httpcore's own, documented one.
        for transport in {self._client._transport, *filter(None, self._client._mounts.values())}:  # noqa: SLF001
            pool: Any = getattr(transport, "_pool", None)
            if pool is not None:
                pool._network_backend = _Backend(pool._network_backend, self._deadline)  # noqa: SLF001

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Make one call. Raises `Unanswered`."""
        self._deadline.begin(monotonic() + self._timeout)
        try:
            return self._send(method, path, headers, body)
        except _Stale as error:
            self._keeps = False
            if method not in _READS:
                raise Unanswered(f"{error}; the call is not made again, because it may have been taken") from None
            self._deadline.begin(self._deadline.at)
            return self._send(method, path, headers, body)

    def _send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        start = monotonic()
        told = {name: value.strip(" \t") for name, value in headers.items()}  # as whoever reads them does
        if not self._keeps:
            told.setdefault("Connection", "close")
        try:
            url = httpx.URL(self.base_url + path)
            as_it_is = urlsplit(self.base_url).path.encode("ascii") + path.encode("ascii")
            # httpx takes "/.." and the like out of a path. Told the target as it is, though, httpcore would ask a proxy
            # for a tunnel to that, so it is told only where it differs.
            target = {"target": as_it_is} if url.raw_path != as_it_is else {}
            with self._client.stream(method, url, headers=told, content=body, extensions=target) as response:
                content = bytearray()
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        raise Unanswered(f"sends more than {LARGEST} bytes for an answer")
                got = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, got, bytes(content), monotonic() - start)
        except httpx.TimeoutException:
            raise Unanswered(f"has not answered within {self._timeout:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            if isinstance(error, _BROKEN_OFF) and self._deadline.is_stale:
                raise _Stale("closed a kept connection when a call was on its way") from None
            raise Unanswered(_reason(error)) from None

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


_BROKEN_OFF = (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError)


class _Stale(Exception):
    """A kept connection was closed before anything of an answer had come."""


def _reason(error: Exception) -> str:
    match error:
        case httpx.LocalProtocolError() | httpx.InvalidURL() | UnicodeError():
            # The call's own fault. What these say has the header in it that they mind, and so it may be the token.
            return f"cannot be asked that: the call cannot be written as HTTP ({type(error).__name__})"
        case httpx.ConnectError():
            return f"cannot be reached: {error}"
        case httpx.ReadError() | httpx.WriteError():
            return f"broke the connection: {error}"
        case httpx.RemoteProtocolError():
            return f"does not keep to HTTP: {error}"
        case _:
            return f"gave no answer that can be read: {type(error).__name__}: {error}"


class _Deadline:
    """When the present call has to be over, on the monotonic clock; and what it has seen of its connection."""

    __slots__ = ("at", "has_read", "is_new")

    def __init__(self) -> None:
        self.begin(0.0)

    def begin(self, at: float) -> None:
        self.at = at
        self.is_new = self.has_read = False

    @property
    def is_stale(self) -> bool:
        """Whether the call went out on a kept connection, and nothing has come back."""
        return not self.is_new and not self.has_read

    def within(self, timeout: float | None) -> float:
        left = self.at - monotonic()
        if left <= 0:
            raise httpcore.ReadTimeout("the call has taken its time")
        return left if timeout is None else min(timeout, left)


class _Stream(httpcore.NetworkStream):
    """A stream none of whose reads outlasts the call."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: _Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._deadline.within(timeout))
        self._deadline.has_read = self._deadline.has_read or bool(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.within(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        return _Stream(self._stream.start_tls(*args, **options), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _Backend(httpcore.NetworkBackend):
    """Hands out such streams."""

    def __init__(self, backend: httpcore.NetworkBackend, deadline: _Deadline) -> None:
        self._backend = backend
        self._deadline = deadline

    def connect_tcp(self, *args: Any, **options: Any) -> httpcore.NetworkStream:
        self._deadline.is_new = True
        return _Stream(self._backend.connect_tcp(*args, **options), self._deadline)
