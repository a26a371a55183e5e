"""The control calls about the journal: list it, hold it to what is expected, and count it.

Each acts on the account whose token the call carries, and on all accounts without one.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request as HttpRequest

from mock_server.core.accounts import Account
from mock_server.core.calls import Calls, IncompleteJournalError, VerificationError
from mock_server.core.errors import Conflict, ValidationFailed
from mock_server.core.question import FILTERS, QuestionError, suggestion
from mock_server.service import Service
from mock_server.web.answers import Answer, as_json
from mock_server.web.command import read_object
from mock_server.web.entry_form import entry_form
from mock_server.web.events import Events
from mock_server.web.metrics import CONTENT_TYPE, exposition
from schemas.findings import shorten

_NUMBERS = ("after", "limit")
_FLAGS = {"true": True, "false": False}
_ASKABLE = (*(name for name in FILTERS if name != "payload"), "limit")
_MOST_DIGITS = 18


class JournalCalls:
    """The handlers, over one service."""

    def __init__(self, service: Service, events: Events) -> None:
        """Ask the journal of ``service``; ``events`` tells how many follow it."""
        self._service = service
        self._events = events

    async def journal(self, request: HttpRequest, account: Account | None) -> Answer:
        """List the calls that were made, the oldest first; the query's filters and ``limit`` make them fewer.

        A filter is one of `Filters`, but for ``payload``, and without a value asks for calls that have none.
        ``evicted`` tells how many that may belong there are gone.
        """
        filters = _query(request.scope["query_string"])
        limit = filters.pop("limit", None)
        try:
            calls = self._calls(account).where(**filters)
        except QuestionError as error:
            raise ValidationFailed(f"the query's {error}") from None
        return as_json({"entries": [entry_form(entry) for entry in calls[:limit]], "evicted": calls.evicted})

    async def verify(self, request: HttpRequest, account: Account | None) -> Answer:
        """``{"where": filters, "counts": {"submit": 1}, "count": "1..", "order": […]}``: tell whether all of it holds.

        ``where`` narrows the calls that the others speak of. Raises `ValidationFailed`, and `Conflict` where the
        journal has lost a part of what it would take to tell.
        """
        document = await read_object(request, {"where": dict, "counts": dict, "count": (str, int), "order": list})
        if document.keys() <= {"where"}:
            raise ValidationFailed(
                'the body says what is expected: {"counts": {"submit": 1}}, {"count": "1.."} or '
                '{"order": ["submit", "status"]}, and "where" for which calls'
            )
        place = "where"
        try:
            calls = self._calls(account).where(**document.get("where", {}))
            if "counts" in document:
                place = "counts"
                calls.verify(**document["counts"])
            if "count" in document:
                place = "count"
                calls.verify(document["count"])
            if "order" in document:
                place = "order"
                calls.in_order(*document["order"])
        except VerificationError as error:
            closest = None if error.closest is None else entry_form(error.closest)
            return as_json({"verified": False, "message": str(error), "closest": closest})
        except IncompleteJournalError as error:
            raise Conflict(str(error)) from None
        except QuestionError as error:
            raise ValidationFailed(f"the body's {place}: {error}") from None
        return as_json({"verified": True, "message": "", "closest": None})

    async def metrics(self, request: HttpRequest, account: Account | None) -> Answer:
        """Tell the counts in Prometheus' text format; see `exposition`."""
        return Answer(200, exposition(self._service, account, len(self._events)).encode(), CONTENT_TYPE)

    def _calls(self, account: Account | None) -> Calls:
        return Calls.of(self._service.journal, None if account is None else account.fingerprint)


def _query(raw: bytes) -> dict[str, Any]:
    """Read the filters and ``limit`` of a query. Raises `ValidationFailed`."""
    found: dict[str, Any] = {}
    for name, text in parse_qsl(raw.decode("latin-1"), keep_blank_values=True):
        if name not in _ASKABLE:
            raise ValidationFailed(f"the query's {shorten(name)}: there is no such filter{suggestion(name, _ASKABLE)}")
        if name in found:
            raise ValidationFailed(f"the query's {name} is given twice")
        found[name] = _value(name, text)
    return found


def _value(name: str, text: str) -> object:
    if name in _NUMBERS:
        if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
            raise ValidationFailed(f"the query's {name} must be a whole number from 0, not {shorten(text)}")
        return int(text)
    if name == "token_sent_to_media":
        if text not in _FLAGS:
            raise ValidationFailed(f"the query's {name} must be true or false, not {shorten(text)}")
        return _FLAGS[text]
    optional = name in ("model", "request_id", "error_code", "rule", "effect")
    return None if optional and not text else text
