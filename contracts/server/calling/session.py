"""One tale told to a server: two accounts, the calls made for them, and what each answer breaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote, urlencode

from contracts.exchange import CONTROL, Answer, Call, Exchange, Who
from contracts.server.calling.connection import Unanswered
from contracts.server.calling.hiding import Hiding
from contracts.server.calling.limits import Ending, Meter, TooDear
from contracts.server.calling.stage import CONTROL_PLANE, Stage, json_body
from contracts.server.judging.collector import Collector
from contracts.server.judging.court import Court
from contracts.server.judging.oracles import judge
from schemas.model import Model

JSON = {"Content-Type": "application/json"}
FIRST_NAME, SECOND_NAME = "$RUNCOMFY_TOKEN", "$RUNCOMFY_OTHER_TOKEN"
"""What stands in findings where a server has told a token."""

_KEPT = "%/?#[]@!$&'()*+,;=:~"


class Session(Court):
    """Calls a stage, and holds each answer to the contract."""

    def __init__(self, stage: Stage, collector: Collector, meter: Meter) -> None:
        """Begin, with fresh accounts where that can be had."""
        super().__init__(stage, collector)
        self.meter = meter
        self.tokens = stage.tokens.fresh()
        names = {self.tokens.first: FIRST_NAME, self.tokens.second or "": SECOND_NAME}
        self.hiding = Hiding(names)

    # -- calls

    def call(self, call: Call, *, check: bool = True, is_owed: bool = False) -> Exchange:
        """Make a call; hold its answer to all that holds for every answer, unless ``check`` is off.

        One that ``is_owed``, the cancel of what is billed otherwise, is made also if the time of the run is up.

        Raises `limits.Stopped`, `limits.Gone`, `limits.TooDear`, and `court.Surprise` while it is to.
        """
        try:
            return self._call(call, check=check, is_owed=is_owed)
        except Ending as ending:
            raise self.leave(ending) from None

    def _call(self, call: Call, *, check: bool, is_owed: bool) -> Exchange:
        if not (call.path.isascii() and call.path.isprintable() and " " not in call.path):  # a server gave a part of it
            call = replace(call, path=quote(call.path, safe=_KEPT, errors="replace"))
        is_submit = call.method == "POST" and call.path.startswith("/v1/models")
        if not self.stage.live:
            self.meter.count()
        elif is_submit and self.meter.limits.max_spend_usd is None:
            raise TooDear("nothing may be spent")
        else:
            self.meter.count(call.price_usd, follow_ups=1 if is_submit else 0, is_owed=is_owed)
        answer, failure = self._send(call)
        exchange = Exchange(call, answer, failure, self.meter.calls)
        self.trace.append(exchange)
        try:
            self.meter.hear(failure)
        finally:
            if check or answer is None:
                judge(self, exchange)
        return exchange

    def _send(self, call: Call) -> tuple[Answer | None, str]:
        token = {Who.FIRST: self.tokens.first, Who.SECOND: self.tokens.second, Who.NOBODY: None}[call.who]
        headers = dict(call.headers)
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        try:
            answer = self.stage.connection.send(call.method, call.path, headers, call.body)
        except Unanswered as error:
            return None, self.hiding.text(str(error))
        return self.hiding.answer(answer), ""

    def submit(self, model: Model, payload: object, who: Who = Who.FIRST, price_usd: float = 0.0) -> Exchange:
        """Submit a payload."""
        return self.submit_raw(model.model_id, json_body(payload), who, price_usd=price_usd)

    def submit_raw(
        self,
        model_id: str,
        body: bytes,
        who: Who = Who.FIRST,
        headers: Mapping[str, str] = JSON,
        price_usd: float = 0.0,
        *,
        check: bool = True,
    ) -> Exchange:
        """Submit bytes."""
        call = Call("submit", "POST", f"/v1/models/{model_id}", who, body, headers, price_usd)
        return self.call(call, check=check)

    def status(self, request_id: str, who: Who = Who.FIRST) -> Exchange:
        """Ask where a request stands."""
        return self.call(Call("status", "GET", _path(request_id, "status"), who))

    def result(self, request_id: str, who: Who = Who.FIRST, *, cost: bool | None = None) -> Exchange:
        """Ask what a request put out; ``cost`` says whether its cost is asked for (``None``: says nothing of it)."""
        query = "" if cost is None else f"?include_cost={str(cost).lower()}"
        return self.call(Call("result", "GET", _path(request_id, "result") + query, who))

    def cancel(self, request_id: str, who: Who = Who.FIRST, *, is_owed: bool = False) -> Exchange:
        """Cancel a request."""
        return self.call(Call("cancel", "POST", _path(request_id, "cancel"), who), is_owed=is_owed)

    def list(self, query: Mapping[str, object] | None = None, who: Who = Who.FIRST) -> Exchange:
        """Ask for the models there are."""
        return self.call(Call("list", "GET", f"/v1/models{'?' + urlencode(query) if query else ''}", who))

    # -- the control plane

    @property
    def has_control(self) -> bool:
        """Whether the server's clock can be moved, and failures asked for."""
        return self.stage.promises is not None

    def control(self, name: str, document: object, who: Who = Who.FIRST) -> Exchange:
        """Make a call to the control plane, for one account."""
        return self.call(Call(CONTROL, "POST", CONTROL_PLANE + name, who, json_body(document), JSON), check=False)

    def freeze(self) -> None:
        """Stop the clocks of both accounts, so that nothing moves between two calls."""
        if self.stage.promises is not None and self.stage.promises.is_still:
            return
        for who in self.accounts:
            self.control("clock", {"freeze": True}, who)

    def advance(self, seconds: float) -> None:
        """Let time pass for both accounts."""
        for who in self.accounts:
            self.control("clock", {"advance": seconds}, who)

    def next_fails(self, who: Who = Who.FIRST) -> None:
        """Let the generation of the account's next submit fail."""
        self.control("rules", {"match": {"operation": "submit"}, "answers": ["fail"]}, who)

    def move(self, request_id: str, to: str, who: Who = Who.FIRST) -> None:
        """Move a request by hand."""
        self.control(f"requests/{request_id}", {"to": to}, who)

    @property
    def accounts(self) -> Sequence[Who]:
        """The accounts that there are."""
        return (Who.FIRST,) if self.tokens.second is None else (Who.FIRST, Who.SECOND)


def _path(request_id: str, operation: str) -> str:
    """Return the path of an operation: an id may be anything that a server says, one that is escaped stays so."""
    return f"/v1/requests/{quote(request_id, safe='%', errors='replace')}/{operation}"


def answered(exchange: Exchange, status: int | None = None) -> Any:
    """Return the document of an exchange that was answered (under that status), or an empty one."""
    answer = exchange.answer
    if answer is None or not isinstance(answer.document, dict) or (status is not None and answer.status != status):
        return {}
    return answer.document
