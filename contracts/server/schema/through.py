"""Schemathesis' calls by the way of all others: a time for each call as a whole, and no token in what comes back."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

from requests import ConnectionError as Unreachable
from requests import PreparedRequest, Response
from requests.adapters import HTTPAdapter
from typing_extensions import override
from urllib3 import HTTPHeaderDict, HTTPResponse

from contracts.server.calling.connection import Connection, Unanswered

_OF_THE_WIRE = frozenset({"content-encoding", "transfer-encoding", "content-length"})


class Through(HTTPAdapter):
    """An adapter that makes each call through a connection, which is not its own to close."""

    def __init__(self, connection: Connection) -> None:
        """Call whoever is at its other end."""
        super().__init__()
        self._connection = connection
        self._before = urlsplit(connection.base_url).path

    @override
    def send(self, request: PreparedRequest, *args: Any, **kwargs: Any) -> Response:
        """Make one call. Raises what requests raises where nothing comes back."""
        parts = urlsplit(request.url or "")
        path = parts.path.removeprefix(self._before) + (f"?{parts.query}" if parts.query else "")
        headers = {_text(name): _text(value) for name, value in request.headers.items()}
        body = request.body.encode() if isinstance(request.body, str) else request.body
        try:
            answer = self._connection.send(request.method or "", path, headers, body)
        except Unanswered as error:
            raise Unreachable(str(error), request=request) from None
        raw = HTTPResponse(
            body=BytesIO(b"" if request.method == "HEAD" else answer.body),
            headers=HTTPHeaderDict({name: text for name, text in answer.headers.items() if name not in _OF_THE_WIRE}),
            status=answer.status,
            version=11,
            preload_content=False,
            request_method=request.method,
        )
        return self.build_response(request, raw)


def _text(text: str | bytes) -> str:
    return text.decode("latin-1") if isinstance(text, bytes) else text
