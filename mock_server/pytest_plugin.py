"""The pytest plugin ``runcomfy_mock``: fixtures and a marker, loaded with every pytest session and therefore light."""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mock_server.core.accounts import Account
    from mock_server.core.clock import Time
    from mock_server.fake import MockRunComfy

MARKER = "runcomfy"
_MARKER_ARGUMENTS = ("pace", "seed", "slots", "strict", "variants", "schemas")


class MockUrl(str):
    """The base URL of a served fake (without ``/v1``), and the account that this test has on it.

    ``token`` is the account's token, ``account`` the account itself, ``api_base`` the URL with ``/v1``.
    """

    __slots__ = ("account", "token")
    token: str
    account: Account

    @property
    def api_base(self) -> str:
        """The base URL of the API, as ``RUNCOMFY_MODEL_API_BASE`` has it."""
        return f"{self}/v1"

    @property
    def headers(self) -> dict[str, str]:
        """The header that every call carries."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def clock(self) -> Time:
        """The account's clock."""
        return self.account.clock


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    arguments = ", ".join(f"{name}=…" for name in _MARKER_ARGUMENTS)
    config.addinivalue_line("markers", f"{MARKER}({arguments}): how the runcomfy_mock of this test is built.")


@pytest.fixture
def runcomfy_mock(request: pytest.FixtureRequest) -> MockRunComfy:
    """A fresh fake in process; the marker ``runcomfy`` says how it is built."""
    return _build(request)


@pytest.fixture(scope="session")
def _runcomfy_served() -> Iterator[tuple[MockRunComfy, str]]:
    """One served fake for all tests of the session that need no other."""
    from mock_server import MockRunComfy  # noqa: PLC0415 - sessions that never touch the fake need not load it

    fake = MockRunComfy()
    with fake.serve() as url:
        yield fake, url


_numbers = itertools.count(1)


@pytest.fixture
def runcomfy_mock_url(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[MockUrl]:
    """The URL of a served fake, with a fresh account on it.

    ``RUNCOMFY_MODEL_API_BASE`` and ``RUNCOMFY_TOKEN`` are set for the test, so that a client that reads them needs
    nothing else. A test with the marker ``runcomfy`` gets a fake of its own.
    """
    if request.node.get_closest_marker(MARKER) is None:
        fake, url = request.getfixturevalue("_runcomfy_served")
        yield _with_account(fake, url, monkeypatch)
    else:
        fake = _build(request)
        with fake.serve() as url:
            yield _with_account(fake, url, monkeypatch)


@pytest.fixture
def runcomfy_sleepless(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """``time.sleep`` and ``asyncio.sleep`` advance the fake's clock instead of waiting; the clock moves only so.

    It acts on the fakes of this test: ``runcomfy_mock``, ``runcomfy_mock_url``, or both.
    """
    clocks: list[Time] = []
    if "runcomfy_mock_url" in request.fixturenames:
        clocks.append(request.getfixturevalue("runcomfy_mock_url").clock)
    if "runcomfy_mock" in request.fixturenames or not clocks:
        clocks.append(request.getfixturevalue("runcomfy_mock").clock)
    for clock in clocks:
        clock.freeze()

    def pass_time(seconds: float) -> None:
        for clock in clocks:
            clock.advance(seconds)

    for name, real, replacement in _sleepers(pass_time):
        # A client may have said `from time import sleep` long ago: its own name for it is replaced too.
        for module in [module for module in list(sys.modules.values()) if vars(module).get(name) is real]:
            monkeypatch.setattr(module, name, replacement)
    yield
    for clock in clocks:
        clock.resume()


def _sleepers(pass_time: Callable[[float], None]) -> list[tuple[str, Any, Any]]:
    """Return ``(name, real function, replacement)`` for the two ways to sleep; the fake's own server keeps the real."""
    really_sleep, really_sleep_async = time.sleep, asyncio.sleep

    def sleep(seconds: float) -> None:
        if seconds < 0:
            raise ValueError("sleep length must be non-negative")
        pass_time(seconds)

    async def sleep_async(delay: float, result: Any = None) -> Any:
        if not threading.current_thread().name.startswith("runcomfy-mock "):
            pass_time(max(0.0, delay))
            delay = 0
        return await really_sleep_async(delay, result)

    return [("sleep", really_sleep, sleep), ("sleep", really_sleep_async, sleep_async)]


def _build(request: pytest.FixtureRequest) -> MockRunComfy:
    from mock_server import MockRunComfy  # noqa: PLC0415 - sessions that never touch the fake need not load it

    marker = request.node.get_closest_marker(MARKER)
    if marker is None:
        return MockRunComfy()
    unknown = [name for name in marker.kwargs if name not in _MARKER_ARGUMENTS]
    if marker.args or unknown:
        what = f"unknown: {', '.join(unknown)}" if unknown else "it has no positional arguments"
        raise pytest.UsageError(f"marker {MARKER} takes {', '.join(_MARKER_ARGUMENTS)} by name; {what}")
    return MockRunComfy(**marker.kwargs)


def _with_account(fake: MockRunComfy, url: str, monkeypatch: pytest.MonkeyPatch) -> MockUrl:
    mock_url = MockUrl(url)
    mock_url.token = f"pytest-account-{next(_numbers)}"
    mock_url.account = fake.app.service.accounts.of(mock_url.token)
    monkeypatch.setenv("RUNCOMFY_MODEL_API_BASE", mock_url.api_base)
    monkeypatch.setenv("RUNCOMFY_TOKEN", mock_url.token)
    return mock_url
