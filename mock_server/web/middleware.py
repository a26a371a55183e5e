"""The layers around the operations, outermost first: the recorder writes every call down, the doorkeeper admits.

Pure ASGI. Errors travel as exceptions up to the recorder, the one place that renders them.
"""

from __future__ import annotations

import logging

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.core.errors import ApiError, InternalError
from mock_server.core.journal import Entry, redact
from mock_server.service import Service
from mock_server.web.answers import Renderer
from mock_server.web.bodies import ClientGone
from mock_server.web.exchange import Exchange

CLIENT_GONE = 499  # as nginx logs it: nobody was there to be answered

log = logging.getLogger("runcomfy_mock")


class Recorder:
    """Makes the exchange, answers errors in the API's shape, and writes the journal's entry."""

    def __init__(self, app: ASGIApp, service: Service, renderer: Renderer) -> None:
        """Wrap ``app``; write into the journal of ``service``."""
        self._app = app
        self._service = service
        self._renderer = renderer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application; never raises what a client could have caused."""
        exchange = Exchange.begin(scope)
        try:
            await self._app(scope, receive, send)
        except ApiError as error:
            await self._answer(exchange, error, send)
        except ClientGone:
            exchange.http_status = CLIENT_GONE
        except Exception:
            log.exception("%s %s: a defect of the fake", scope["method"], exchange.operation)
            await self._answer(exchange, InternalError("an unexpected error of the fake; its log tells more"), send)
        finally:
            self._service.journal.append(self._entry(exchange))

    async def _answer(self, exchange: Exchange, error: ApiError, send: Send) -> None:
        exchange.findings = exchange.findings or error.findings
        answer, exchange.error_code = self._renderer.error(error)
        await exchange.answer(answer, send)

    def _entry(self, exchange: Exchange) -> Entry:
        account, scope, wall = exchange.account, exchange.scope, self._service.wall()
        entry = Entry(
            at=(self._service.default_clock if account is None else account.clock).now(),
            wall=wall,
            account="" if account is None else account.fingerprint,
            operation=exchange.operation,
            method=scope["method"],
            path=scope["path"],
            request_id=exchange.request_id,
            model_id=exchange.model_id,
            status_before=exchange.status_before,
            status_after=exchange.status_after,
            http_status=exchange.http_status,
            error_code=exchange.error_code,
            findings=exchange.findings,
            unknown=exchange.unknown,
            payload=exchange.payload,
            token_sent=exchange.token_sent,
        )
        if exchange.authorization is not None:
            redact(entry, exchange.authorization.rpartition(" ")[2])
        entry.cut()
        return entry


class Doorkeeper:
    """Lets calls of ``/v1/`` through with an account, and leaves every other path alone. Ledger: ``auth.bearer``."""

    def __init__(self, app: ASGIApp, service: Service) -> None:
        """Wrap ``app``; ask ``service`` who calls."""
        self._app = app
        self._service = service

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application. Raises `UserAccountError` or `RateLimited`."""
        if scope["path"].startswith("/v1/"):
            exchange = Exchange.of(scope)
            exchange.account = self._service.authenticate(exchange.authorization)
        await self._app(scope, receive, send)
