"""A Starlette route with one ASGI application for each method, and the API's own answer to every other method."""

from __future__ import annotations

import re
from collections.abc import Mapping

from starlette.routing import Match, Route
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.core.errors import MethodNotAllowed, UnknownRoute


class MethodRoute(Route):
    """Matches a path; a method that it lacks counts as a partial match, so that a later route may take it.

    Starlette's own route would add HEAD to every GET, which the API is not known to take.
    """

    def __init__(self, path: str, apps: Mapping[str, ASGIApp]) -> None:
        """Serve ``path`` (Starlette's syntax) with ``apps`` by method."""
        super().__init__(path, _refuse, methods=list(apps))
        self.path_regex = re.compile(self.path_regex.pattern, re.DOTALL)  # a line break is a character like any other
        self.methods = set(apps)
        self._prefix = path.partition("{")[0]
        self._apps = apps

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match the path, then the method."""
        path: str = scope["path"]
        found = self.path_regex.fullmatch(path) if path.startswith(self._prefix) else None
        if found is None:
            return Match.NONE, {}
        child_scope = {"endpoint": self, "path_params": found.groupdict()}
        return (Match.FULL if scope["method"] in self._apps else Match.PARTIAL), child_scope

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Call the method's application. Raises `MethodNotAllowed`."""
        app = self._apps.get(scope["method"])
        if app is None:
            allowed = ", ".join(sorted(self._apps))
            raise MethodNotAllowed(
                f"{scope['method']} is not allowed here; allowed: {allowed}", headers={"Allow": allowed}
            )
        await app(scope, receive, send)


async def refuse_route(scope: Scope, receive: Receive, send: Send) -> None:
    """Be the application behind every path that no route matches. Raises `UnknownRoute`."""
    raise UnknownRoute(f"no such path: {scope['path'][:200]!r}; the API is below /v1/, the fake's own below /__mock__/")


async def _refuse(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise AssertionError("MethodRoute.handle chooses the application")
