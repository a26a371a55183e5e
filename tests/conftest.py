"""Every answer that any test gets from the fake is held against the shapes of the contract."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import orjson
import pytest
from starlette.types import Message, Receive, Scope, Send

from mock_server.web.exchange import Exchange
from mock_server.web.middleware import Recorder
from schemas.answers import Shape, faults
from tests.shapes import SHAPES

pytest_plugins = ["pytester"]

_found: list[str] = []


@pytest.fixture(scope="session", autouse=True)
def _watch_answers() -> Iterator[None]:
    original = Recorder.__call__

    async def watched(self: Recorder, scope: Scope, receive: Receive, send: Send) -> None:
        messages: list[Message] = []

        async def tap(message: Message) -> None:
            messages.append(message)
            await send(message)

        await original(self, scope, receive, tap)
        if messages and scope["method"] != "HEAD" and Exchange.of(scope).entry.rule is None:
            _judge(Exchange.of(scope).entry.operation, messages)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recorder, "__call__", watched)
        yield


def _judge(operation: str, messages: list[Message]) -> None:
    status = messages[0]["status"]
    shape = Shape.ERROR if status >= 400 else SHAPES.get(operation)
    if shape is not None:
        body = b"".join(message.get("body", b"") for message in messages[1:])
        _found.extend(f"{operation} {status} {fault}" for fault in faults(shape, orjson.loads(body)))


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of the tests whose servers are wrong on purpose."""
    config.addinivalue_line("markers", "wrong_servers: the answers of the server may be out of shape")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Begin with no faults: those that fixtures meet count too."""
    _found.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Fail a test in which an answer did not fit its shape, whatever the test itself thought of it."""
    outcome = yield
    if _found and item.get_closest_marker("wrong_servers") is None:
        pytest.fail(f"answers out of shape in {item.name}: {_found}")
    return outcome
