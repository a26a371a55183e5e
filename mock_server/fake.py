"""`MockRunComfy`: one fake in the hand of Python code."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from mock_server.app import App, create_app
from mock_server.core.clock import Time
from mock_server.core.journal import Entry
from mock_server.core.lifecycle import Failure, Move
from mock_server.core.pacing import Pace, polls
from mock_server.service import FAILURE, Service, View
from mock_server.serving import serving
from mock_server.settings import Settings

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
        pace: Pace | str | None = None,
        seed: int | None = None,
        slots: int | None = None,
        tokens: Iterable[str] = (),
        strict: bool = False,
        schemas: Iterable[Path | str] | Path | str = (),
        variants: Mapping[str, str] | None = None,
        settings: Settings | None = None,
        now: Callable[[], float] | None = None,
    ) -> None:
        """Build a fake.

        ``settings`` is what the other arguments start from (`Settings` lists everything); ``variants`` chooses among
        the ledger's (setting to value); ``now`` is the source of real time in seconds since 1970. Raises
        ``ValueError`` for a value that cannot be, `schemas.errors.SchemaError` for a folder that cannot be read.
        """
        base = settings or Settings(pace=polls(1, 1))
        self._app = create_app(
            replace(
                base,
                pace=base.pace if pace is None else Pace.parse(pace) if isinstance(pace, str) else pace,
                seed=next(given for given in (seed, base.seed, 0) if given is not None),
                slots=base.slots if slots is None else slots,
                tokens=(*base.tokens, *((tokens,) if isinstance(tokens, str) else tokens)),
                strict=base.strict or strict,
                schemas=(*base.schemas, *map(Path, (schemas,) if isinstance(schemas, (str, Path)) else schemas)),
                variant=base.variant.with_(variants or {}),
            ),
            now=now,
        )

    @property
    def app(self) -> App:
        """The fake as an ASGI application."""
        return self._app

    @property
    def clock(self) -> Time:
        """The clock of every account at once: ``freeze``, ``resume``, ``advance(seconds)``, ``set_speed(x)``."""
        return self._service.clock(None)

    @property
    def journal(self) -> list[Entry]:
        """The calls that were made, the oldest first."""
        return self._service.journal.of(None)

    @property
    def requests(self) -> list[View]:
        """The requests that were submitted, the oldest first, each as it is now."""
        return self._service.views(None)

    def move(self, request_id: str, to: Move | str, failure: Failure = FAILURE) -> View:
        """Move a request by hand to ``in_progress``, ``completed``, ``failed`` or ``cancelled``.

        Raises `core.errors.ResourceNotFound`, and `core.errors.Conflict` where its status does not allow it.
        """
        if to not in list(Move):
            raise ValueError(f"cannot move a request to {to!r}; allowed is {', '.join(Move)}")
        return self._service.move(None, request_id, Move(to), failure)

    def reset(self) -> None:
        """Forget every account, request and journal entry, and set the clock right."""
        self._service.reset(None)

    def transport(self, library: ModuleType | None = None) -> Any:
        """Return an httpx transport for sync and async clients; pass the module ``httpx2`` to get one for that."""
        from mock_server.transport import make_transport  # noqa: PLC0415 - only those who have httpx need it

        return make_transport(self._app, library or _needs("httpx", "pytest"))

    def serve(self, host: str = "127.0.0.1", port: int = 0) -> AbstractContextManager[str]:
        """Serve on a real socket while the context lasts; it yields the base URL, without ``/v1``."""
        return serving(self._app, host, port)

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


def _needs(name: str, extra: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        message = f"this needs {name}: pip install 'runcomfy-mock[{extra}]'"
        raise MissingExtraError(message, name=name) from None
