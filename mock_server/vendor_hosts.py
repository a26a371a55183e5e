"""Clients with the vendor's hosts hard-coded reach the fake: respx for httpx, and the same for httpx2."""

from __future__ import annotations

from collections.abc import Iterator
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
    def from_sync_httpx_response(cls, httpx_response: Any, target: Any, **kwargs: Any) -> Any:
        import httpcore2  # noqa: PLC0415 - there only where httpx2 is

        parent: Any = super()
        response = parent.from_sync_httpx_response(httpx_response, target, **kwargs)
        return httpcore2.Response(
            status=response.status, headers=response.headers, content=response.stream, extensions=response.extensions
        )


@contextmanager
def routed(transport: Any) -> Iterator[respx.MockRouter]:
    """Answer every call of httpx (and httpx2, if it is installed) to the vendor's hosts from ``transport``.

    Any other host raises respx's ``AllMockedAssertionError``. Yields the router, which knows the calls. Of fakes that
    are nested the innermost answers.
    """

    def answer(request: httpx.Request) -> httpx.Response:
        call = httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
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
