"""The control plane under ``/__mock__/``: look at the fake and steer it. It stands beside the API, not inside.

A call acts on the account whose token it carries in ``Authorization``, and on all accounts without one. It is open to
loopback alone, unless a control token is set; then to every call that carries it in ``X-Control-Token``.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import asdict, replace
from typing import Any

import orjson
from starlette.requests import Request as HttpRequest
from starlette.routing import Router
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.connection import KEY
from mock_server.core.accounts import Account
from mock_server.core.clock import Clock, ClockError, Clocks
from mock_server.core.errors import ApiError, Conflict, InternalError, ValidationFailed
from mock_server.core.lifecycle import Move
from mock_server.service import FAILURE, Service, View
from mock_server.web import bodies
from mock_server.web.admission import admit
from mock_server.web.answers import Answer, Renderer, as_json
from mock_server.web.command import read_nothing, read_object
from mock_server.web.events import Events
from mock_server.web.exchange import base_url, header_text
from mock_server.web.journal_calls import JournalCalls
from mock_server.web.method_route import MethodRoute, refuse_route
from mock_server.web.rule_calls import RuleCalls
from schemas import __version__, ledger, openapi
from schemas.findings import shorten

PREFIX = "/__mock__"
_SETTLING_TURNS = 8

Handler = Callable[[HttpRequest, Account | None], Awaitable[Answer]]

log = logging.getLogger("runcomfy_mock")


class ControlPlane:
    """The ASGI application behind ``/__mock__/``; no rule and no rate limit applies to it."""

    def __init__(self, service: Service, renderer: Renderer) -> None:
        """Steer ``service``."""
        self._service = service
        self._renderer = renderer
        self._events = Events(service)
        self.interception: Mapping[str, Any] | None = None
        """What ``GET intercept`` tells: where the fake intercepts. Whoever has it do so says it here."""
        self._router = Router(routes=self._routes(), redirect_slashes=False, default=refuse_route)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application that answers its errors in the API's shape."""
        try:
            admit(scope, self._service.settings.control_token)
            await self._router(scope, receive, send)
        except ApiError as error:
            answer, _ = self._renderer.error(error)
            await answer.send(send)
        except bodies.ClientGone:
            return
        except Exception:
            log.exception("control plane: a defect of the fake")
            answer, _ = self._renderer.error(InternalError("an unexpected error of the fake; its log tells more"))
            await answer.send(send)

    def _routes(self) -> list[MethodRoute]:
        asked = JournalCalls(self._service, self._events)
        table: dict[str, dict[str, Handler]] = {
            "": {"GET": self.index},
            "/": {"GET": self.index},
            "/health": {"GET": self.health},
            "/reset": {"POST": self.reset},
            "/clock": {"GET": self.clock, "POST": self.set_clock},
            "/requests": {"GET": self.requests},
            "/requests/{request_id}": {"GET": self.request, "POST": self.move},
            "/journal": {"GET": asked.journal},
            "/journal/verify": {"POST": asked.verify},
            "/metrics": {"GET": asked.metrics},
            "/spend": {"GET": self.spend},
            **RuleCalls(self._service).table(),
            "/ledger": {"GET": self.ledger},
            "/intercept": {"GET": self.intercept},
            "/openapi.json": {"GET": self.openapi},
        }
        return [
            *(
                MethodRoute(PREFIX + path, {method: self._endpoint(handle) for method, handle in methods.items()})
                for path, methods in table.items()
            ),
            MethodRoute(PREFIX + "/events", {"GET": self._events}),
        ]

    def _endpoint(self, handle: Handler) -> ASGIApp:
        async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
            request = HttpRequest(scope, receive)
            if KEY in scope:
                for _ in range(_SETTLING_TURNS):  # other calls first: they may have to hear that their client is gone
                    await asyncio.sleep(0)
            account = self._service.caller(header_text(scope, b"authorization"))
            answer = await handle(request, account)
            await answer.send(send)

        return endpoint

    # -- the calls

    async def index(self, request: HttpRequest, account: Account | None) -> Answer:
        """List the calls there are."""
        calls = [
            f"{method} {route.path}"
            for route in self._router.routes
            if isinstance(route, MethodRoute)
            for method in sorted(route.methods or ())
        ]
        return as_json({"control_plane": calls})

    async def health(self, request: HttpRequest, account: Account | None) -> Answer:
        """Tell that the fake is there, and how it is set."""
        service = self._service
        return as_json(
            {
                "status": "ok",
                "version": __version__,
                "seed": service.seed,
                "pace": service.settings.pace.name,
                "slots": service.settings.slots,
                "models": len(service.catalog),
                "requests": len(service.store),
                "rules": len(service.rules),
                "journal_file": service.keeper.state,
            }
        )

    async def reset(self, request: HttpRequest, account: Account | None) -> Answer:
        """Forget the account's requests, clock and journal, or everyone's; whose is said by the token alone."""
        await read_nothing(request)
        return as_json({"reset": account.fingerprint if account else "all", "requests": self._service.reset(account)})

    async def clock(self, request: HttpRequest, account: Account | None) -> Answer:
        """Tell the time."""
        return as_json(_clock(self._service.clock(account)))

    async def set_clock(self, request: HttpRequest, account: Account | None) -> Answer:
        """``{"freeze": bool}``, ``{"advance": seconds}``, ``{"speed": x}``, or several; all or nothing is done."""
        document = await read_object(request, {"freeze": bool, "advance": (int, float), "speed": (int, float)})
        if not document:
            raise ValidationFailed('the body says what to do: {"freeze": true}, {"advance": 30} or {"speed": 10}')
        clock = self._service.clock(account)
        try:
            for each in (clock.fork(), clock):  # first on a copy: a call that fails changes nothing
                if "freeze" in document:
                    (each.freeze if document["freeze"] else each.resume)()
                if "speed" in document:
                    each.set_speed(document["speed"])
                if "advance" in document:
                    each.advance(document["advance"])
        except ClockError as error:
            raise ValidationFailed(str(error)) from None
        return as_json(_clock(clock))

    async def requests(self, request: HttpRequest, account: Account | None) -> Answer:
        """List the requests, the oldest first."""
        return as_json({"requests": [_view(view) for view in self._service.views(account)]})

    async def request(self, request: HttpRequest, account: Account | None) -> Answer:
        """Show one request with its payload; that is no read."""
        view = self._service.find(account, request.path_params["request_id"])
        return as_json(_view(view) | {"payload": orjson.Fragment(view.request.payload)})

    async def move(self, request: HttpRequest, account: Account | None) -> Answer:
        """``{"to": …}`` moves a request by hand; a failure may have ``error_code``, ``error_message``."""
        document = await read_object(request, {"to": str, "error_code": int, "error_message": str})
        allowed = ", ".join(Move)
        if "to" not in document:
            raise ValidationFailed(f'the body says where to: {{"to": …}} with one of {allowed}')
        try:
            to = Move(document["to"])
        except ValueError:
            raise ValidationFailed(
                f"cannot move a request to {shorten(document['to'])}; allowed is {allowed}"
            ) from None
        if to is not Move.FAILED and len(document) > 1:
            raise ValidationFailed(f"error_code and error_message are of a request that failed, not of one {to}")
        why = {name: document[name] for name in ("error_code", "error_message") if name in document}
        try:
            failure = replace(FAILURE, **why)
        except ValueError as error:
            raise ValidationFailed(str(error)) from None
        return as_json(_view(self._service.move(account, request.path_params["request_id"], to, failure)))

    async def spend(self, request: HttpRequest, account: Account | None) -> Answer:
        """Tell what was spent, with a line for each request that is still known."""
        return as_json(asdict(self._service.spend(account)))

    async def ledger(self, request: HttpRequest, account: Account | None) -> Answer:
        """Show every fact, with the value that its switch has."""
        return as_json(ledger.describe(self._service.variants))

    async def intercept(self, request: HttpRequest, account: Account | None) -> Answer:
        """Tell how programs with the vendor's hosts hard-coded get here. Raises `Conflict` if they do not."""
        if self.interception is None:
            raise Conflict("the fake does not intercept; start it with serve --intercept")
        return as_json(self.interception)

    async def openapi(self, request: HttpRequest, account: Account | None) -> Answer:
        """Show the OpenAPI document of the catalog, this fake as its server."""
        here = base_url(request.scope, request.headers.get("host"))
        return as_json(openapi.document(self._service.catalog, here, self._service.variants))


def _clock(clock: Clock | Clocks) -> dict[str, Any]:
    return {"now": clock.now(), "frozen": clock.frozen, "speed": clock.speed}


def _view(view: View) -> dict[str, Any]:
    request = view.request
    failure = request.failure if view.status == "completed" else None
    return {
        "request_id": request.request_id,
        "model_id": request.model_id,
        "account": request.account,
        "status": view.status,
        "queue_position": view.position,
        "failure": failure and {"error_code": failure.error_code, "error_message": failure.error_message},
        "submitted_at": request.submitted_at,
        "started_at": request.started_at,
        "over_at": request.over_at,
        "price_usd": request.cost_usd,
    }
