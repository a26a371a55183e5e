"""Which rule fires for a call: what is known of it is gathered, and the rules and the magic words are asked."""

from __future__ import annotations

from functools import partial

from mock_server.core.accounts import bearer, fingerprint
from mock_server.core.errors import UserAccountError
from mock_server.service import Service
from mock_server.trouble import magic
from mock_server.trouble.book import Fired
from mock_server.trouble.call import Call, Operation
from mock_server.web.addresses import address
from mock_server.web.exchange import Exchange
from mock_server.web.peek import Peek

_MARK_IN_HEADER = b"mock."
_SHORT, _DIGITS_OF_SHORT = 99_999, 5  # bytes of a body that may be read before it is known who sends it


class Decider:
    """Decides on every call of an operation, by the rules of ``service``."""

    def __init__(self, service: Service) -> None:
        """Ask the rules of ``service``."""
        self._service = service
        self._magic = service.settings.magic

    async def decide(self, exchange: Exchange, peek: Peek) -> tuple[Call, Fired] | None:
        """Find the rule that fires, if any does: one of the book first, then one of magic words."""
        rules = self._service.rules
        if not rules and not await self._may_be_magic(exchange, peek):
            return None
        authorization = exchange.headers.get(b"authorization")
        marked = authorization is not None and _MARK_IN_HEADER in authorization
        word_of_token = self._word_of_token(exchange) if marked else None
        found = address(exchange.scope["method"], exchange.scope["path"])
        if found is None:
            return None
        call = Call(found.operation, "", exchange.headers, found.model_id, found.request_id)
        self._complete(call, exchange)
        if call.operation is Operation.SUBMIT and exchange.account is not None:
            limit = self._service.settings.max_body_bytes
            call.payload = await peek.body(limit, exchange.header(b"content-length"))
        fired = rules.decide(call) or self._decide_by_magic(call, word_of_token)
        return None if fired is None else (call, fired)

    async def _may_be_magic(self, exchange: Exchange, peek: Peek) -> bool:
        """Tell whether a call may have to do with a magic word: a quick look, for nearly all have not."""
        if self._magic is magic.Magic.OFF:
            return False
        if self._service.magic_requests or self._service.magic_accounts:  # any later call may be about one of these
            return True
        authorization = exchange.headers.get(b"authorization")
        if authorization is None:
            return False
        if _MARK_IN_HEADER in authorization:
            return True
        if exchange.scope["method"] != "POST" or not self._magic.in_prompts:
            return False
        length = exchange.headers.get(b"content-length", b"")
        if not length.isdigit() or len(length) > _DIGITS_OF_SHORT:
            return True
        body = await peek.body(_SHORT, None)
        return body is None or magic.MARK in body

    def _complete(self, call: Call, exchange: Exchange) -> None:
        """Learn what else is known of a call: who makes it, and what it is about."""
        account = exchange.account = self._service.account(exchange.authorization)
        call.account = _name_of(exchange) if account is None else account.fingerprint
        if call.request_id is not None:
            request = self._service.known(call.request_id)
            if request is None:
                return
            if call.operation is Operation.MEDIA:
                call.account = request.account
                exchange.account = None  # whoever fetches it, it is the owner's
            elif request.account != call.account:
                return
            call.request, call.model_id, call.payload = request, request.model_id, request.payload
            call.state = partial(self._service.state, request)

    def _word_of_token(self, exchange: Exchange) -> str | None:
        if not self._magic.in_tokens:
            return None
        try:
            found = magic.in_token(bearer(exchange.authorization))
        except UserAccountError:
            return None
        if found is None or self._service.account(exchange.authorization) is None:
            return None
        return found[0]

    def _decide_by_magic(self, call: Call, word: str | None) -> Fired | None:
        service = self._service
        if word is not None:
            service.note_magic_account(call.account, word)
        elif call.operation is Operation.MEDIA:
            word = service.magic_accounts.get(call.account)
        rules = service.rules
        if word is not None:
            fired = rules.decide_among(magic.standing(word, prompt=False), call, f"{call.account}:token")
            if fired is not None:
                return fired
        if not self._magic.in_prompts or call.payload is None or magic.MARK not in call.payload:
            return None
        word = magic.in_payload(call.document)
        if word is None:
            return None
        counter = f"{call.account}:{fingerprint(call.request_id or call.document['prompt'])}"
        return rules.decide_among(magic.standing(word, prompt=True), call, counter)


def _name_of(exchange: Exchange) -> str:
    """Return the fingerprint of a token that is not accepted; an empty text where there is none."""
    try:
        return fingerprint(bearer(exchange.authorization))
    except UserAccountError:
        return ""
