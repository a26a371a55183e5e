"""The pytest plugin ``runcomfy_mock``: fixtures and a marker, loaded with every pytest session and therefore light."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from mock_server.core.accounts import Account
    from mock_server.core.calls import Calls
    from mock_server.core.clock import Time
    from mock_server.core.spend import Spend
    from mock_server.fake import MockRunComfy
    from mock_server.service import View
    from mock_server.sleepless import Clocks
    from mock_server.trouble.hand import Rules

MARKER = "runcomfy"


class MockUrl(str):
    """The base URL of a served fake (without ``/v1``), and the account that this test has on it.

    ``token`` is the account's token. ``fake`` is the fake itself, which other tests may share: what belongs to this
    one alone is its account's ``clock``, ``journal``, ``requests``, ``rules`` and ``spend()``.
    """

    __slots__ = ("fake", "token")

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Be copied, and sent to other processes, as the plain text."""
        return str, (str(self),)

    token: str
    fake: MockRunComfy

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
        """The account's clock, as it is now: a reset replaces it."""
        return self._account.clock

    @property
    def journal(self) -> Calls:
        """The account's calls, the oldest first, with the downloads of its files."""
        from mock_server.core.calls import Calls  # noqa: PLC0415 - sessions that never touch the fake need not load it

        self.fake.settle()
        return Calls.of(self.fake.app.service.journal, self._account.fingerprint)

    @property
    def rules(self) -> Rules:
        """The account's rules: what is added here concerns no other test."""
        from mock_server.trouble.hand import Rules  # noqa: PLC0415 - sessions that never touch the fake need not load it

        return Rules(self.fake.app.service.rules, lambda: self._account.fingerprint)

    def spend(self) -> Spend:
        """Return what the account has spent, in USD, with a line for each request."""
        return self.fake.app.service.spend(self._account)

    @property
    def requests(self) -> list[View]:
        """The account's requests, the oldest first, each as it is now."""
        return self.fake.app.service.views(self._account)

    @property
    def _account(self) -> Account:
        return self.fake.app.service.accounts.of(self.token)


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    text = "how the fake of this test is built: the arguments of MockRunComfy, which are rules and settings by name."
    config.addinivalue_line("markers", f"{MARKER}(pace=…, rules=[…], …): {text}")


@pytest.fixture
def runcomfy_mock(request: pytest.FixtureRequest) -> MockRunComfy:
    """A fresh fake in process; the marker ``runcomfy`` says how it is built."""
    fake = _build(request)
    _clocks(request).add(lambda: fake.clock)
    return fake


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
        yield _with_account(fake, url, request, monkeypatch)
    else:
        fake = _build(request)
        with fake.serve() as url:
            yield _with_account(fake, url, request, monkeypatch)


@pytest.fixture
def runcomfy_sleepless(request: pytest.FixtureRequest) -> Iterator[None]:
    """``time.sleep`` and ``asyncio.sleep`` advance the fake's clock instead of waiting; the clock moves only so.

    It acts on all fakes that this test gets as fixtures, whether it asks for them before or after this one.
    """
    from mock_server.sleepless import sleepless  # noqa: PLC0415 - sessions that never touch the fake need not load it

    with sleepless(_clocks(request)):
        yield


_CLOCKS: pytest.StashKey[Clocks] = pytest.StashKey()


def _clocks(request: pytest.FixtureRequest) -> Clocks:
    from mock_server.sleepless import Clocks  # noqa: PLC0415 - sessions that never touch the fake need not load it

    clocks: Clocks = request.node.stash.setdefault(_CLOCKS, Clocks())
    return clocks


def _build(request: pytest.FixtureRequest) -> MockRunComfy:
    from mock_server import MockRunComfy  # noqa: PLC0415 - sessions that never touch the fake need not load it
    from mock_server.settings import SettingsError  # noqa: PLC0415
    from mock_server.trouble.scenario import ScenarioError  # noqa: PLC0415
    from schemas.errors import SchemaError  # noqa: PLC0415

    marker = request.node.get_closest_marker(MARKER)
    if marker is None:
        return MockRunComfy()
    if marker.args:
        raise pytest.UsageError(f"the marker {MARKER} takes rules and settings by name, and no positional arguments")
    try:
        return MockRunComfy(**marker.kwargs)
    except (SettingsError, SchemaError, ScenarioError) as error:
        raise pytest.UsageError(f"the marker {MARKER}: {error}") from None


def _with_account(
    fake: MockRunComfy, url: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> MockUrl:
    mock_url = MockUrl(url)
    accepted = fake.app.service.settings.tokens
    mock_url.token = accepted[0] if accepted else f"pytest-account-{next(_numbers)}"
    mock_url.fake = fake
    _clocks(request).add(lambda: mock_url.clock)
    monkeypatch.setenv("RUNCOMFY_MODEL_API_BASE", mock_url.api_base)
    monkeypatch.setenv("RUNCOMFY_TOKEN", mock_url.token)
    return mock_url
