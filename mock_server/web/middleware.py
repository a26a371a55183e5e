"""The layers around the operations, outermost first: the recorder writes every call down, the doorkeeper admits.

Pure ASGI. Errors travel as exceptions up to the recorder, the one place that renders them.
"""

from __future__ import annotations

import logging
from functools import partial

from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server.core.clock import Clock
from mock_server.core.errors import ApiError, InternalError
from mock_server.core.redaction import redact
from mock_server.service import Service
from mock_server.web.addresses import address
from mock_server.web.answers import Renderer
from mock_server.web.bodies import ClientGone
from mock_server.web.exchange import CLIENT_GONE, Exchange
from mock_server.web.wire import Severed

log = logging.getLogger("runcomfy_mock")


class Recorder:
    """Makes the exchange, answers errors in the API's shape, and writes the journal's entry."""

    def __init__(self, app: ASGIApp, service: Service, renderer: Renderer) -> None:
        """Wrap ``app``; write into the journal of ``service``."""
        self._app = app
        self._service = service
        self._renderer = renderer
        self._own_secrets = service.settings.secrets

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application; never raises what a client could have caused."""
        exchange = Exchange.begin(scope)
        exchange.entry.wall = self._service.wall()
        exchange.write_down = partial(self._write_down, exchange, self._service.default_clock)
        try:
            await self._app(scope, receive, send)
        except ApiError as error:
            exchange.captured = False
            await self._answer(exchange, error, send)
        except ClientGone:
            exchange.entry.http_status = exchange.entry.http_status or CLIENT_GONE
        except Severed:
            raise
        except Exception:
            log.exception("%s %s: a defect of the fake", scope["method"], exchange.entry.operation)
            await self._answer(exchange, InternalError("an unexpected error of the fake; its log tells more"), send)
        finally:
            exchange.write_down()
            exchange.end()

    async def _answer(self, exchange: Exchange, error: ApiError, send: Send) -> None:
        await exchange.answer(exchange.error(error, self._renderer), send)

    def _write_down(self, exchange: Exchange, clock: Clock) -> None:
        """Write the entry, unless the account (or everyone, and with that their ``clock``) was reset meanwhile."""
        exchange.write_down = _done
        entry, account = exchange.entry, exchange.account
        if clock.retired or (account is not None and account.clock.retired):
            return
        entry.took = self._service.wall() - entry.wall
        if account is not None:
            entry.account = account.fingerprint
        if not entry.at:  # no operation has looked at the clock
            entry.at = (clock if account is None else account.clock).now()
        redact(entry, [*exchange.secrets(), *self._own_secrets])
        entry.cut()
        limited = account is not None and account.window_calls  # no call was counted: there is no window yet
        window = (account.window_start, account.window_calls) if account is not None and limited else None
        self._service.write_down(entry, window)


def _done() -> None:
    return


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
            try:
                account = exchange.account
                if account is None or account.clock.retired:  # nobody has asked yet, or it was forgotten meanwhile
                    account = exchange.account = self._service.recognise(exchange.authorization)
                self._service.count_call(account)
            except ApiError:
                _name(exchange)
                raise
        await self._app(scope, receive, send)


def _name(exchange: Exchange) -> None:
    """Take note of what a call is for that no operation will see."""
    found = address(exchange.scope["method"], exchange.scope["path"])
    if found is not None:
        entry = exchange.entry
        entry.operation, entry.model_id, entry.request_id = found
