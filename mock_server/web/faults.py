"""The layer where things go wrong on purpose: inside the journal, so that each is written down, and outside all else.

It asks the decider what happens to a call, has the call served or not, changes the answer, and sends it as it is to
come.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server.core.accounts import Account
from mock_server.core.clock import Clock
from mock_server.core.draws import Draws
from mock_server.core.errors import ApiError, MalformedBody
from mock_server.core.orders import NONE, Orders
from mock_server.service import Service
from mock_server.trouble.book import Fired
from mock_server.trouble.call import Call, Operation
from mock_server.trouble.effects.base import Effect, ErrorLook, Scene
from mock_server.trouble.parts import Head, Part, Reply, Stall, bodiless, plain
from mock_server.web.answers import Answer, Renderer
from mock_server.web.bodies import parse_object
from mock_server.web.decider import Decider
from mock_server.web.exchange import CLIENT_GONE, Exchange
from mock_server.web.peek import Peek
from mock_server.web.wire import Wire, wire_of


class Troublemaker:
    """Applies the rules of ``service`` to every call of an operation."""

    def __init__(self, app: ASGIApp, service: Service, renderer: Renderer) -> None:
        """Wrap ``app``."""
        self._app = app
        self._service = service
        self._renderer = renderer
        self._decider = Decider(service)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application."""
        exchange = Exchange.of(scope)
        peek = Peek(receive)
        fired = await self._decider.decide(exchange, peek)
        if fired is None:
            await self._app(scope, peek.receive if peek.used else receive, send)
            return
        call, chosen = fired
        await self._act(exchange, call, chosen, peek, send)

    async def _act(self, exchange: Exchange, call: Call, fired: Fired, peek: Peek, send: Send) -> None:
        effects, entry = fired.answer, exchange.entry
        entry.rule = fired.standing.rule.name
        entry.effects = tuple(effect.NAME for effect in effects)
        entry.operation, entry.request_id, entry.model_id = call.operation, call.request_id, call.model_id
        account = self._account(call, exchange)
        exchange.account = account
        clock = self._service.default_clock if account is None else account.clock
        entry.at = clock.now()
        scene = self._scene(exchange, call, fired, clock)
        held = sum(effect.hold(scene) for effect in effects)
        is_replaced = any(effect.replaces for effect in effects)
        if is_replaced or held:  # no operation will look at it, or perhaps none if the client gives up
            self._note(call, exchange)
        wire = wire_of(exchange.scope, peek.original, send)
        if held:
            await wire.wait(clock, held)
        reply: Reply | None = None
        if not is_replaced:
            reply = await self._serve(exchange, call, effects, peek)
        for effect in effects:
            reply = effect.reply(reply, scene)
        parts: Iterable[Part] = () if reply is None else plain(reply)
        for effect in effects:
            parts = effect.parts(parts, scene)
        await self._play(exchange, wire, parts, clock)

    def _note(self, call: Call, exchange: Exchange) -> None:
        """Take note of what an operation would: the payload and what is wrong with it, or where the request stands."""
        entry = exchange.entry
        if call.request is not None:
            entry.status_before = entry.status_after = call.state()
            return
        entry.payload = call.payload
        model = self._service.catalog.get(call.model_id or "")
        if model is None or call.payload is None:
            return
        try:
            payload = parse_object(call.payload)
        except MalformedBody:
            return
        exchange.judged(self._service.check(model, payload))

    async def _serve(self, exchange: Exchange, call: Call, effects: Sequence[Effect], peek: Peek) -> Reply:
        """Have the call served, under the orders of the effects; an error is an answer like any other."""
        orders = NONE
        for effect in effects:
            orders = effect.orders(orders)
        exchange.orders = orders
        if call.request is not None:
            self._interfere(call.request.request_id, replace(orders, withdraw=False))
        captured = _Captured()
        exchange.captured = True
        try:
            await self._app(exchange.scope, peek.receive, captured.send)
        except ApiError as error:
            return reply_of(exchange.error(error, self._renderer))
        accepted = exchange.entry.request_id
        if call.operation is Operation.SUBMIT and accepted is not None:
            self._interfere(accepted, orders)
        return captured.reply()

    def _interfere(self, request_id: str, orders: Orders) -> None:
        if orders.withdraw:
            self._service.withdraw(request_id)
        if orders.forget:
            self._service.forget(request_id)
        if orders.expire:
            self._service.expire(request_id)

    async def _play(self, exchange: Exchange, wire: Wire, parts: Iterable[Part], clock: Clock) -> None:
        exchange.entry.http_status = 0
        await wire.play(_noting(bodiless(parts), exchange), clock)

    def _account(self, call: Call, exchange: Exchange) -> Account | None:
        if call.operation is Operation.MEDIA:
            return self._service.accounts.get(call.account)
        return exchange.account

    def _scene(self, exchange: Exchange, call: Call, fired: Fired, clock: Clock) -> Scene:
        occasion = (call.account, call.operation, fired.standing.rule.name, fired.before)
        return Scene(
            call=call,
            now=clock.now(),
            base_url=exchange.base_url,
            path=exchange.path,
            draws=Draws(self._service.seed, occasion),
            error=partial(self._error, exchange),
        )

    def _error(self, exchange: Exchange, look: ErrorLook) -> Reply:
        answer, exchange.entry.error_code = self._renderer.look(look)
        return reply_of(answer)


class _Captured:
    """Takes an answer in, instead of sending it."""

    def __init__(self) -> None:
        self._messages: list[Message] = []

    async def send(self, message: Message) -> None:
        self._messages.append(message)

    def reply(self) -> Reply:
        start, *rest = self._messages
        headers = tuple((name, value) for name, value in start["headers"] if name != b"content-length")
        return Reply(start["status"], headers, b"".join(message.get("body", b"") for message in rest))


def reply_of(answer: Answer) -> Reply:
    """Return an answer as effects take it."""
    return Reply(answer.status, ((b"content-type", answer.content_type), *answer.headers), answer.body)


def _noting(parts: Iterable[Part], exchange: Exchange) -> Iterator[Part]:
    """Take note of the status line, if one is sent, and write the call down before its last part, or its break."""
    held: Part | None = None
    for part in parts:
        if held is not None:
            _note(held, exchange)
            yield held
        held = part
    if held is not None:
        _note(held, exchange)
    exchange.write_down()
    if held is not None:
        yield held


def _note(part: Part, exchange: Exchange) -> None:
    if isinstance(part, Head):
        exchange.entry.http_status = part.status
    elif isinstance(part, Stall):  # it ends when the client gives up, and no earlier
        exchange.entry.http_status = exchange.entry.http_status or CLIENT_GONE
