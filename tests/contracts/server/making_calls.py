"""A connection to a server that a test writes by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.exchange import Answer
from contracts.server.calling.connection import Connection
from contracts.server.calling.over_http import OverHttp
from tests.contracts.server.loopback import Script, Server, listening

SECRET = "a-token-that-is-a-secret"


@contextmanager
def calling(script: Script, timeout: float = 10.0) -> Iterator[tuple[Connection, Server]]:
    with listening(script) as server:
        connection = OverHttp(server.url, timeout, is_loopback=True)
        try:
            yield connection, server
        finally:
            connection.close()


def get(connection: Connection, path: str = "/v1/models", method: str = "GET", body: bytes | None = None) -> Answer:
    return connection.send(method, path, {"Authorization": f"Bearer {SECRET}"}, body)
