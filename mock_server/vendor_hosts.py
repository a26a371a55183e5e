"""Clients with the vendor's hosts hard-coded reach the fake: respx for httpx, and the same for httpx2."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from typing import Any

import httpx
import respx
from respx.mocks import HTTPCoreMocker

from mock_server.vendor_names import HOSTS


class _HTTPCore2Mocker(HTTPCoreMocker):
    """respx patches httpcore; httpx2 stands on httpcore2, which has the same classes under its own name."""

    name = "runcomfy-mock.httpcore2"
    targets = [target.replace("httpcore.", "httpcore2.", 1) for target in HTTPCoreMocker.targets]  # noqa: RUF012

    @classmethod
    def _send_sync_request(cls, httpx_request: Any, **kwargs: Any) -> Any:
        parent: Any = super()
        with _as_httpcore2():
            return parent._send_sync_request(httpx_request, **kwargs)  # noqa: SLF001 - what respx overrides itself

    @classmethod
    async def _send_async_request(cls, httpx_request: Any, **kwargs: Any) -> Any:
        parent: Any = super()
        with _as_httpcore2():
            return await parent._send_async_request(httpx_request, **kwargs)  # noqa: SLF001

    @classmethod
    def from_sync_httpx_response(cls, httpx_response: Any, target: Any, **kwargs: Any) -> Any:
        import httpcore2  # noqa: PLC0415 - there only where httpx2 is

        parent: Any = super()
        response = parent.from_sync_httpx_response(httpx_response, target, **kwargs)
        stream = _Stream(response.stream)
        return httpcore2.Response(
            status=response.status, headers=response.headers, content=stream, extensions=response.extensions
        )


class _Stream:
    """The body of an answer; where it breaks off, it does so with an error of httpcore2's."""

    def __init__(self, stream: Iterable[bytes]) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        with _as_httpcore2():
            yield from self._stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        with _as_httpcore2():
            for piece in self._stream:
                yield piece


@contextmanager
def _as_httpcore2() -> Iterator[None]:
    """Raise an error of httpx's as that of httpcore2 with the same name, which httpx2 makes its own."""
    import httpcore2  # noqa: PLC0415 - there only where httpx2 is

    try:
        yield
    except httpx.TransportError as error:
        raise getattr(httpcore2, type(error).__name__)(str(error)) from None


@contextmanager
def routed(transport: Any) -> Iterator[respx.MockRouter]:
    """Answer every call of httpx (and httpx2, if it is installed) to the vendor's hosts from ``transport``.

    Any other host raises respx's ``AllMockedAssertionError``. Yields the router, which knows the calls. Of fakes that
    are nested the innermost answers.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        call = httpx.Request(
            request.method,
            request.url,
            headers=request.headers,
            content=request.content,
            extensions=request.extensions,
        )
        response: httpx.Response = transport.handle_request(call)
        return response

    router = respx.MockRouter(assert_all_called=False, using="httpcore")
    router.route(host__regex=HOSTS).mock(side_effect=answer)
    mockers = [HTTPCoreMocker] + ([_HTTPCore2Mocker] if find_spec("httpcore2") else [])
    for mocker in mockers:
        mocker.routers.insert(0, router)
        mocker.start()
    try:
        yield router
    finally:
        for mocker in mockers:
            mocker.routers.remove(router)
            mocker.stop()
