"""`MockRunComfy`: one fake in the hand of Python code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any, Unpack

from mock_server.app import App, create_app
from mock_server.core.calls import Calls
from mock_server.core.clock import Time
from mock_server.core.lifecycle import Failure, Move
from mock_server.core.pacing import polls
from mock_server.core.spend import Spend
from mock_server.service import FAILURE, Service, View
from mock_server.serving import Server, serving
from mock_server.settings import Settings, SettingsError, SettingsFields
from mock_server.trouble import scenario
from mock_server.trouble.hand import Rules
from schemas.extras import installing

if TYPE_CHECKING:
    import respx

BASE_URL = "https://model-api.runcomfy.net"


class MissingExtraError(ImportError):
    """A library is not installed; the text says which extra brings it."""


class MockRunComfy:
    """A fake of the RunComfy Model API.

    >>> fake = MockRunComfy(pace=polls(1, 1), seed=7)
    >>> client = httpx.Client(transport=fake.transport(), base_url=fake.base_url)

    Requests go on by reads unless another ``pace`` is given, so that a client may poll without any time passing.
    """

    base_url = BASE_URL

    def __init__(
        self,
        *,
        settings: Settings | None = None,
        now: Callable[[], float] | None = None,
        rules: Iterable[Mapping[str, Any]] | Mapping[str, Any] = (),
        **fields: Unpack[SettingsFields],
    ) -> None:
        """Build a fake.

        Every setting is a keyword, under the name that it has in `Settings`, and takes its text too: ``pace="manual"``,
        ``slots=1``, ``balance_usd=5``, ``rate_limit="10/60"``, ``variants={"timestamps": "naive"}``. ``settings`` is
        what they start from; ``now`` is the source of real time in seconds since 1970; ``rules`` are documents as
        `trouble.hand.Rules.add` takes them, and stay through a reset.

        Raises `mock_server.settings.SettingsError`, a ``ValueError``, for a value that cannot be,
        `schemas.errors.SchemaError` for a folder that cannot be read, and `trouble.scenario.ScenarioError` for rules.
        """
        if not isinstance(settings, Settings | None):
            raise SettingsError(f"settings: expected Settings, not {settings!r}; single ones are keywords")
        base = settings or Settings(pace=polls(1, 1))
        self._servers: list[Server] = []
        self._app = create_app(_changed(base, fields), now=now, fresh_seed=lambda: 0)
        rules = [rules] if isinstance(rules, Mapping) else rules
        listed: Any = rules  # whatever it is that callers without types give
        if isinstance(listed, (str, bytes)) or not isinstance(listed, Iterable):
            raise SettingsError(f"rules: expected rules as in a scenario file, or a list of them, not {listed!r}")
        read = [rule for index, each in enumerate(rules) for rule in scenario.read(each, f"rules[{index}]")]
        self._service.rules.add(read, lasting=True)

    @property
    def app(self) -> App:
        """The fake as an ASGI application."""
        return self._app

    def settle(self) -> None:
        """Wait until the fake, where it is served, has dealt with what has arrived, such as the end of a connection."""
        for server in list(self._servers):
            server.settle()

    def close(self) -> None:
        """Let go of the journal's file, if there is one: another fake may then go on from it."""
        if self._app.file is not None:
            self._app.file.close()

    @property
    def clock(self) -> Time:
        """The clock of every account at once: ``freeze``, ``resume``, ``advance(seconds)``, ``set_speed(x)``."""
        return self._service.clock(None)

    @property
    def journal(self) -> Calls:
        """The calls that were made, the oldest first; ``where``, ``count``, ``verify``, ``in_order`` ask them."""
        self.settle()
        return Calls.of(self._service.journal, None)

    @property
    def rules(self) -> Rules:
        """The rules for all accounts: ``add``, ``load``, ``remove``, ``clear``, and they can be listed."""
        return Rules(self._service.rules, lambda: None)

    def spend(self) -> Spend:
        """Return what all accounts have spent, in USD, with a line for each request."""
        return self._service.spend(None)

    @property
    def requests(self) -> list[View]:
        """The requests that were submitted, the oldest first, each as it is now."""
        return self._service.views(None)

    def move(
        self,
        request_id: str,
        to: Move | str,
        *,
        error_code: int = FAILURE.error_code,
        error_message: str = FAILURE.error_message,
    ) -> View:
        """Move a request by hand to ``in_progress``, ``completed``, ``failed`` or ``cancelled``.

        The error is what the result of a failed one tells. Raises `core.errors.ResourceNotFound`, and
        `core.errors.Conflict` where its status does not allow it.
        """
        if to not in list(Move):
            raise ValueError(f"cannot move a request to {to!r}; allowed is {', '.join(Move)}")
        return self._service.move(None, request_id, Move(to), Failure(error_code, error_message))

    def reset(self) -> None:
        """Forget every account, request, journal entry and added rule, and set the clock right."""
        self.settle()
        self._service.reset(None)

    def transport(self, library: ModuleType | None = None) -> Any:
        """Return an httpx transport for sync and async clients; pass the module ``httpx2`` to get one for that."""
        from mock_server.transport import make_transport  # noqa: PLC0415 - only those who have httpx need it

        return make_transport(self._app, library or _needs("httpx", "pytest"))

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve on a real socket while the context lasts; it yields the base URL, without ``/v1``."""
        return serving(self._app, host, port, self._servers)

    @contextmanager
    def respx(self) -> Iterator[respx.MockRouter]:
        """Let httpx and httpx2 clients reach the fake at the vendor's hosts; any other host raises."""
        _needs("respx", "pytest")
        from mock_server.vendor_hosts import routed  # noqa: PLC0415 - only those who have respx need it

        with routed(self.transport()) as router:
            yield router

    @property
    def _service(self) -> Service:
        return self._app.service


def _changed(base: Settings, fields: SettingsFields) -> Settings:
    unknown = fields.keys() - SettingsFields.__annotations__.keys()
    if unknown:
        known = ", ".join((*SettingsFields.__annotations__, "rules"))
        raise SettingsError(f"unknown setting {', '.join(sorted(unknown))}; known are {known}")
    given: Any = fields  # checked by Settings itself
    return replace(base, **given)


def _needs(name: str, extra: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise MissingExtraError(f"this needs {name}: {installing(extra)}", name=name) from None
