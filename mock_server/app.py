"""The one place where a fake is put together: settings in, ASGI application out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import environment
from mock_server.persistence.journal_file import JournalFile
from mock_server.persistence.restoring import check_seed, restore, seed_of
from mock_server.service import Service
from mock_server.settings import Settings
from mock_server.trouble import scenario_file
from mock_server.web.answers import Renderer
from mock_server.web.control import PREFIX, ControlPlane
from mock_server.web.faults import Troublemaker
from mock_server.web.media import Media
from mock_server.web.method_route import refuse_route
from mock_server.web.middleware import Doorkeeper, Recorder
from mock_server.web.routes import Operations
from schemas import catalog


@dataclass(frozen=True, slots=True)
class App:
    """The fake as an ASGI application: the API and its media on one side, the control plane on the other."""

    service: Service
    api: ASGIApp
    control: ControlPlane
    file: JournalFile | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application for HTTP; there are no WebSockets here, and nothing to start or stop."""
        if scope["type"] == "http":
            path, root = scope["path"], scope.get("root_path", "")
            if root and path.startswith(root + "/"):  # mounted below that path by another application
                path = path[len(root) :]
                scope = {**scope, "path": path}
            is_control = path == PREFIX or path.startswith(PREFIX + "/")
            await (self.control if is_control else self.api)(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})
        else:
            await _live(receive, send)


async def _live(receive: Receive, send: Send) -> None:
    """Speak the lifespan protocol, for servers and test clients that insist on it."""
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def create_app(
    settings: Settings | None = None,
    *,
    now: Callable[[], float] | None = None,
    fresh_seed: Callable[[], int] = environment.fresh_seed,
) -> App:
    """Build a fake.

    ``now`` is the source of real time in seconds since 1970 (the machine's if ``None``); ``fresh_seed`` makes the seed
    where neither the settings nor a journal has one. Raises
    `schemas.errors.SchemaError` where a folder of models cannot be read, `trouble.scenario.ScenarioError` where a file
    of rules cannot, `persistence.journal_file.JournalError` where a journal cannot be continued.
    """
    settings = settings or Settings()
    models = catalog.load(settings.schemas, lenient=settings.lenient_schemas)
    rules = [*map(scenario_file.load, settings.scenario)]
    file = None if settings.journal is None else JournalFile(settings.journal)
    try:
        service = Service(settings, models, _seed(settings, file, fresh_seed), now or environment.wall_clock)
        for each in rules:
            service.rules.add(each, lasting=True)
        if file is not None:
            restore(service, file)
    except BaseException:
        if file is not None:
            file.close()
        raise
    renderer = Renderer(service.variants, settings.output_base_url)
    routes = [*Operations(service, renderer).routes(), *Media(service).routes()]
    router = Router(routes=routes, redirect_slashes=False, default=refuse_route)
    api = Recorder(Troublemaker(Doorkeeper(router, service), service, renderer), service, renderer)
    return App(service, api, ControlPlane(service, renderer), file)


def _seed(settings: Settings, file: JournalFile | None, fresh_seed: Callable[[], int]) -> int:
    begun_with = None if file is None else seed_of(file)
    check_seed(settings.seed, begun_with)
    seed = settings.seed if begun_with is None else begun_with
    return fresh_seed() if seed is None else seed
