"""The seven operations of the API as ASGI endpoints: out of the call, into the service, into an answer."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs

from starlette.types import Receive, Scope, Send

from mock_server.core.accounts import Account
from mock_server.core.errors import InvalidResourceIdentifier, ResourceNotFound, ValidationFailed
from mock_server.core.redaction import without
from mock_server.service import Service, check_payload
from mock_server.web import bodies
from mock_server.web.answers import Answer, Renderer, as_json
from mock_server.web.exchange import Exchange
from mock_server.web.method_route import MethodRoute
from schemas.catalog import MODEL_ID
from schemas.findings import Finding, shorten

Handler = Callable[[Exchange, Receive], Awaitable[Answer]]

DEFAULT_LIMIT, MOST_LIMIT = 20, 100
_TRUE = frozenset({"true", "1", "yes", "on"})
_MOST_DIGITS = 4000  # Python reads no longer numbers
_FALSE = frozenset({"false", "0", "no", "off"})


class Endpoint:
    """One operation: names the exchange, has it handled, sends the answer."""

    def __init__(self, operation: str, handle: Handler) -> None:
        """Serve ``operation`` (the ledger's name) with ``handle``."""
        self._operation = operation
        self._handle = handle

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Be an ASGI application."""
        exchange = Exchange.of(scope)
        exchange.entry.operation = self._operation
        await exchange.answer(await self._handle(exchange, receive), send)


class Operations:
    """The handlers of the seven operations, over one service."""

    def __init__(self, service: Service, renderer: Renderer) -> None:
        """Answer for ``service`` in the variants of ``renderer``."""
        self._service = service
        self._renderer = renderer
        self._is_kept = service.settings.journal is not None

    def routes(self) -> list[MethodRoute]:
        """Return the routes, the most called first; a model id takes all of the path behind it."""
        submit = Endpoint("submit", self.submit)
        model = Endpoint("model", self.model)
        return [
            MethodRoute("/v1/requests/{request_id}/status", {"GET": Endpoint("status", self.status)}),
            MethodRoute("/v1/models/categories", {"GET": Endpoint("categories", self.categories)}),
            MethodRoute("/v1/models/{model_id:path}", {"POST": submit, "GET": model}),
            MethodRoute("/v1/requests/{request_id}/result", {"GET": Endpoint("result", self.result)}),
            MethodRoute("/v1/requests/{request_id}/cancel", {"POST": Endpoint("cancel", self.cancel)}),
            MethodRoute("/v1/models", {"GET": Endpoint("list", self.list)}),
        ]

    async def submit(self, exchange: Exchange, receive: Receive) -> Answer:
        """Ledger: ``submit``. Checks in turn: token, model, media type, size, JSON, schema, balance."""
        account = _account(exchange)
        model = self._service.model(_model_id(exchange))
        bodies.require_json(exchange.header(b"content-type"), exchange.header(b"content-encoding"))
        limit = self._service.settings.max_body_bytes
        raw = await bodies.read(receive, limit, exchange.header(b"content-length"))
        exchange.entry.payload = raw
        payload = bodies.parse_object(raw)
        verdict = self._service.check(model, payload)
        exchange.judged(verdict)
        check_payload(verdict)
        kept = without(raw, [*exchange.secrets(), *self._service.settings.secrets]) if self._is_kept else None
        view = self._service.submit(account, model, payload, raw, orders=exchange.orders, kept=kept)
        entry = exchange.entry
        entry.at, entry.request_id, entry.status_after = view.at, view.request.request_id, view.status
        return self._renderer.submit(view.request, exchange.base_url, len(verdict.unknown))

    async def status(self, exchange: Exchange, receive: Receive) -> Answer:
        """Ledger: ``status``."""
        view = self._service.read(_account(exchange), _request_id(exchange))
        exchange.saw(view)
        return self._renderer.status(view, exchange.base_url)

    async def result(self, exchange: Exchange, receive: Receive) -> Answer:
        """Ledger: ``result``, ``result.cost``."""
        include_cost = self._query(exchange).flag("include_cost")
        view = self._service.read(_account(exchange), _request_id(exchange), result=True)
        exchange.saw(view)
        model = self._service.catalog[view.request.model_id]
        return self._renderer.result(view, model, exchange.base_url, include_cost=include_cost)

    async def cancel(self, exchange: Exchange, receive: Receive) -> Answer:
        """Ledger: ``cancel``. A body is not looked at."""
        before, after, outcome = self._service.cancel(_account(exchange), _request_id(exchange), exchange.orders)
        exchange.saw(before, after)
        return self._renderer.cancel(after, outcome)

    async def list(self, exchange: Exchange, receive: Receive) -> Answer:
        """Ledger: ``models.list``."""
        query = self._query(exchange)
        limit = query.number("limit", DEFAULT_LIMIT, 1, MOST_LIMIT)
        offset = query.number("offset", 0, 0, None)
        with_schemas = query.flag("include_schema")
        found = self._service.catalog.search(
            text=query.text("search"), category=query.text("category"), kind=query.text("kind")
        )
        page = [self._renderer.record(model, with_schemas=with_schemas) for model in found[offset : offset + limit]]
        return as_json({"models": page, "total": len(found)})

    async def categories(self, exchange: Exchange, receive: Receive) -> Answer:
        """Ledger: ``models.categories``."""
        return self._renderer.categories(self._service.catalog.categories())

    async def model(self, exchange: Exchange, receive: Receive) -> Answer:
        """Ledger: ``models.one``."""
        return as_json(self._renderer.record(self._service.model(_model_id(exchange))))

    def _query(self, exchange: Exchange) -> _Query:
        return _Query(exchange.scope["query_string"], lenient=self._service.variants.bad_query == "ignored")


class _Query:
    """The query of a call; of a name given twice the last counts. Ledger: ``query.bad``."""

    def __init__(self, raw: bytes, *, lenient: bool) -> None:
        parsed = parse_qs(raw.decode("latin-1"), keep_blank_values=True) if raw else {}
        self._values = {name: values[-1] for name, values in parsed.items()}
        self._lenient = lenient

    def text(self, name: str) -> str:
        return self._values.get(name, "")

    def flag(self, name: str) -> bool:
        text = self._values.get(name, "false").lower()
        if text in _TRUE or text in _FALSE or self._lenient:
            return text in _TRUE
        raise _bad_query(name, text, "true or false", "type", "boolean")

    def number(self, name: str, default: int, least: int, most: int | None) -> int:
        text = self._values.get(name)
        if text is None:
            return default
        digits = text.removeprefix("-")
        number = int(text) if digits.isascii() and digits.isdigit() and len(digits) <= _MOST_DIGITS else None
        if number is not None and least <= number and (most is None or number <= most):
            return number
        if not self._lenient:
            span = f"a whole number from {least}" + ("" if most is None else f" to {most}")
            keyword, limit = _broken(number, least, most)
            raise _bad_query(name, text, span, keyword, limit)
        if number is None:
            return default
        return max(least, number if most is None else min(number, most))


def _broken(number: int | None, least: int, most: int | None) -> tuple[str, object]:
    """Say which keyword a bad number breaks, and that keyword's limit."""
    if number is None:
        return "type", "integer"
    return ("minimum", least) if number < least else ("maximum", most)


def _bad_query(name: str, text: str, allowed: str, keyword: str, limit: object) -> ValidationFailed:
    message = f"the query's {name} must be {allowed}"
    return ValidationFailed(message, findings=[Finding(f"/{name}", keyword, limit, shorten(text), message)])


def _account(exchange: Exchange) -> Account:
    assert exchange.account is not None, "the authentication layer comes before every operation"
    return exchange.account


def _request_id(exchange: Exchange) -> str:
    exchange.entry.request_id = request_id = str(exchange.scope["path_params"]["request_id"])
    if _has_encoded_slash(exchange):
        raise ResourceNotFound(f"no such path: the slashes around {request_id[:140]!r} are not percent-encoded")
    return request_id


def _model_id(exchange: Exchange) -> str:
    """Take the model id out of the path. Raises `InvalidResourceIdentifier`. Ledger: ``model-id.path``."""
    model_id = exchange.scope["path_params"]["model_id"]
    exchange.entry.model_id = model_id
    if _has_encoded_slash(exchange):
        raise InvalidResourceIdentifier("malformed model_id: its slashes are path segments and are not percent-encoded")
    if not MODEL_ID.fullmatch(model_id):
        raise InvalidResourceIdentifier(f"malformed model_id {model_id[:200]!r}")
    return str(model_id)


def _has_encoded_slash(exchange: Exchange) -> bool:
    raw_path: bytes = exchange.scope.get("raw_path") or b""
    return b"%2f" in raw_path.lower()
