"""A server at a URL: one kept connection, no redirect followed, and an end to every wait.

A timeout of a library is one of each single read, so that a server which sends a byte now and then can hold a call for
ever. Here a call as a whole has its time, and its answer a size.
"""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from typing import Any

import httpcore
import httpx

from contracts.exchange import Answer
from contracts.server.connection import Unanswered

LARGEST = 16 * 1024 * 1024  # bytes of an answer; those of the API have a few thousand


class OverHttp:
    """Calls the server at ``base_url``."""

    def __init__(self, base_url: str, timeout: float, *, is_loopback: bool) -> None:
        """Give each call ``timeout`` seconds. Proxies of the environment count, but not for this machine itself."""
        self.base_url = base_url
        self._timeout = timeout
        self._deadline = _Deadline()
        self._client = httpx.Client(timeout=timeout, follow_redirects=False, trust_env=not is_loopback)
        # httpx lets nobody hand in a backend; what is behind its door is httpcore's own, documented one.
        for transport in {self._client._transport, *filter(None, self._client._mounts.values())}:  # noqa: SLF001
            pool: Any = getattr(transport, "_pool", None)
            if pool is not None:
                pool._network_backend = _Backend(pool._network_backend, self._deadline)  # noqa: SLF001

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        """Make one call. Raises `Unanswered`."""
        start = monotonic()
        self._deadline.at = start + self._timeout
        try:
            with self._client.stream(method, self.base_url + path, headers=dict(headers), content=body) as response:
                content = bytearray()
                for piece in response.iter_bytes():
                    content += piece
                    if len(content) > LARGEST:
                        raise Unanswered(f"sends more than {LARGEST} bytes for an answer")
                told = {name.lower(): value for name, value in response.headers.items()}
                return Answer(response.status_code, told, bytes(content), monotonic() - start)
        except httpx.TimeoutException:
            raise Unanswered(f"has not answered within {self._timeout:g} s") from None
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise Unanswered(_reason(error)) from None

    def close(self) -> None:
        """Close the connection."""
        self._client.close()


def _reason(error: Exception) -> str:
    match error:
        case httpx.ConnectError():
            return f"cannot be reached: {error}"
        case httpx.ReadError() | httpx.WriteError():
            return f"broke the connection: {error}"
        case httpx.RemoteProtocolError():
            return f"does not keep to HTTP: {error}"
        case _:
            return f"gave no answer that can be read: {type(error).__name__}: {error}"


class _Deadline:
    """When the present call has to be over, on the monotonic clock."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = 0.0

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
        return self._stream.read(max_bytes, self._deadline.within(timeout))

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
        return _Stream(self._backend.connect_tcp(*args, **options), self._deadline)
