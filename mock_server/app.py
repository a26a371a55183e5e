"""The one place where a fake is put together: settings in, ASGI application out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import environment
from mock_server.service import Service
from mock_server.settings import Settings
from mock_server.web.answers import Renderer
from mock_server.web.control import PREFIX, ControlPlane
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


def create_app(settings: Settings | None = None, *, now: Callable[[], float] | None = None) -> App:
    """Build a fake.

    ``now`` is the source of real time in seconds since 1970 (the machine's if ``None``). Raises
    `schemas.errors.SchemaError` where a folder of models cannot be read.
    """
    settings = settings or Settings()
    models = catalog.load(settings.schemas, lenient=settings.lenient_schemas)
    seed = environment.fresh_seed() if settings.seed is None else settings.seed
    service = Service(settings, models, seed, now or environment.wall_clock)
    renderer = Renderer(service.variants, settings.output_base_url)
    routes = [*Operations(service, renderer).routes(), Media(service).route()]
    router = Router(routes=routes, redirect_slashes=False, default=refuse_route)
    api = Recorder(Doorkeeper(router, service), service, renderer)
    return App(service, api, ControlPlane(service, renderer))
