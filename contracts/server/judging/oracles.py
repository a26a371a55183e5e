"""What holds for every answer, whatever the call was made for."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

from contracts.exchange import CONTROL, NOT_JSON, Answer, Exchange, Who
from contracts.server.calling.refusals import is_refused_token
from contracts.server.judging import following, seen
from contracts.server.judging.court import Court
from schemas.answers import Shape, faults
from schemas.findings import cut

SUCCESS = {"submit": 200, "status": 200, "result": 200, "cancel": 202, "list": 200, "categories": 200, "model": 200}
"""The HTTP status of a success, by operation. Ledger: ``submit``, ``status``, ``result``, ``cancel``, ``models.*``."""

_SHAPES = {
    "submit": Shape.SUBMIT,
    "status": Shape.STATUS,
    "result": Shape.RESULT,
    "cancel": Shape.CANCEL,
    "list": Shape.MODELS,
    "categories": Shape.CATEGORIES,
    "model": Shape.MODEL,
}
_EVERYWHERE = frozenset({400, 401, 429})
_REFUSALS = {
    "submit": _EVERYWHERE | {402, 404, 405, 413, 415, 422},
    "status": _EVERYWHERE | {403, 404},
    "result": _EVERYWHERE | {403, 404, 422},
    "cancel": _EVERYWHERE | {403, 404},
    "list": _EVERYWHERE | {422},
    "categories": _EVERYWHERE,
    "model": _EVERYWHERE,
}
_CODES = {
    400: {400000, 400001, 400002, 400004},
    401: {400004},
    402: {400002},
    403: {403001},
    404: {404001, 404000},
}
"""The codes that are documented for a status. Ledger: ``error.400001`` and those that follow it."""

_UNDECLARED = ": is not a property of this answer"
_INDEX = re.compile(r"/\d+(?=/|$)")
_UNFIT = re.compile(r"[^!-~]")
_LONGEST_CASE = 60
_REFUSED, _NOT_FOUND, _TOO_MANY = 400, 404, 429
_BROKEN, _NOT_IMPLEMENTED = 500, 501
_PORTS = {"http": 80, "https": 443}


def judge(court: Court, exchange: Exchange) -> None:
    """Hold an exchange to all that holds for every one, and to what is known of its request."""
    answer, operation = exchange.answer, exchange.call.operation
    if operation == CONTROL:
        return
    if not court.hold("answer.arrives", exchange, f"the server {exchange.failure}", ok=answer is not None):
        return
    assert answer is not None
    told = f"HTTP {answer.status}: {cut(answer.body[:200].decode('utf-8', 'replace'))}"
    is_unheard_of = answer.status == _NOT_IMPLEMENTED and operation not in SUCCESS  # RFC 9110: of an unknown method
    if not court.hold("answer.no-server-error", exchange, told, ok=answer.status < _BROKEN or is_unheard_of):
        return
    if operation not in SUCCESS:
        if answer.status >= _REFUSED:
            _judge_error(court, exchange, answer)
        return
    if not _judge_token(court, exchange, answer, told):
        return
    documented = answer.status == SUCCESS[operation] or answer.status in _REFUSALS[operation]
    text = f"{operation} is answered {told}; documented is {SUCCESS[operation]}, or an error"
    if not court.hold("answer.status", exchange, text, ok=documented, case=str(answer.status)):
        return
    if not _judge_json(court, exchange, answer):
        return
    if answer.status >= _REFUSED:
        is_fine = _judge_error(court, exchange, answer)
    else:
        is_fine = _judge_shape(court, exchange, answer)
        if is_fine:
            _judge_urls(court, exchange, answer)
    if is_fine:  # what is misshapen shows no variant
        seen.observe(court, exchange, answer)
    following.follow(court, exchange, answer)


def _judge_token(court: Court, exchange: Exchange, answer: Answer, told: str) -> bool:
    """Hold an answer to whose token the call had; tell whether there is more to say about it."""
    call = exchange.call
    if call.who is not Who.NOBODY:
        text = f"{call.operation} with a token that is good is answered {told}"
        return court.hold("auth.accepted", exchange, text, ok=not is_refused_token(answer))
    if "Authorization" not in call.headers:
        is_unknown = answer.status == _NOT_FOUND and court.lives.of(exchange) is None
        text = f"a call without a token is answered {told}"
        is_fine = is_refused_token(answer) or is_unknown or answer.status == _TOO_MANY
        court.hold("auth.required", exchange, text, ok=is_fine)
    return answer.status >= _REFUSED or answer.get("error_code") is not None


def _judge_json(court: Court, exchange: Exchange, answer: Answer) -> bool:
    media_type = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    is_fine = media_type == "application/json" and answer.document is not NOT_JSON
    what = (
        "its body is no JSON that can be read"
        if answer.document is NOT_JSON
        else f"its Content-Type is {media_type or 'missing'!r}"
    )
    return court.hold("answer.json", exchange, f"the answer (HTTP {answer.status}) should be JSON; {what}", ok=is_fine)


def _judge_shape(court: Court, exchange: Exchange, answer: Answer) -> bool:
    """Hold a success to its shape; tell whether it can be read on."""
    document = answer.document
    if isinstance(document, dict) and "error_code" in document:
        text = f"an error under HTTP {answer.status}: error_code {document['error_code']!r}"
        return court.hold("answer.status", exchange, text, ok=False, case="error-under-200")
    found = faults(_SHAPES[exchange.call.operation], document)
    undeclared = [fault for fault in found if fault.endswith(_UNDECLARED)]
    wrong = [fault for fault in found if fault not in undeclared]
    for check, texts in (("answer.shape", wrong), ("answer.undeclared", undeclared)):
        for text in texts or [""]:
            court.hold(check, exchange, text, ok=not text, case=_place(text))
    return not wrong


def _place(fault: str) -> str:
    """Return where a fault is, as a part of an id: names that a server makes up are told briefly, and in ASCII."""
    place = fault.removesuffix(_UNDECLARED) if fault.endswith(_UNDECLARED) else fault.partition(":")[0]
    return _UNFIT.sub("?", _INDEX.sub("/*", place))[:_LONGEST_CASE]


def _judge_error(court: Court, exchange: Exchange, answer: Answer) -> bool:
    """Hold an error to its body and its code; tell whether the body is what it should be."""
    if exchange.call.operation not in SUCCESS and not _judge_json(court, exchange, answer):
        return False
    found = faults(Shape.ERROR, answer.document)
    first = found[0] if found else ""
    text = f"the body of HTTP {answer.status}: {first}"
    if not court.hold("error.body", exchange, text, ok=not found, case=_place(first)):
        return False
    text = next(
        (answer.get(key) for key in ("error_message", "message", "error") if answer.get(key)), answer.get("detail")
    )
    court.hold("error.body", exchange, "the error says nothing: its text is empty", ok=bool(text), case="text")
    code = answer.get("error_code")
    code = code if isinstance(code, int) else None if code is None else repr(code)
    allowed = _CODES.get(answer.status)
    is_fine = code in allowed if allowed else (code is None and answer.status == 422) or _prefix(code) == answer.status  # noqa: PLR2004
    text = f"error_code {code!r} under HTTP {answer.status}"
    court.hold("error.code", exchange, text, ok=is_fine, case=str(answer.status))
    return True


def _prefix(code: object) -> int:
    return code // 1000 if isinstance(code, int) else 0


def _judge_urls(court: Court, exchange: Exchange, answer: Answer) -> None:
    """Ledger: ``urls.absolute``."""
    own = urlsplit(court.stage.connection.base_url)
    for name in ("status_url", "result_url", "cancel_url"):
        text = answer.get(name)
        if not isinstance(text, str):
            continue
        url = _split(text)
        on_host = url is not None and _origin(url) == _origin(own)
        message = f"{name} is {cut(text)!r}, not on {own.scheme}://{own.netloc}"
        if court.hold("urls.absolute", exchange, message, ok=on_host, case=name) and url is not None:
            due = f"{own.path}/v1/requests/{answer.get('request_id')}/{name.removesuffix('_url')}"
            message = f"{name} leads to {cut(url.path + (url.query and '?' + url.query))!r}, not to {cut(due)!r}"
            court.hold("urls.lead-back", exchange, message, ok=url.path == due and not url.query, case=name)


def _split(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts


def _origin(url: SplitResult) -> tuple[str, str | None, int | None]:
    """Return what two URLs of one server have in common, however they are written."""
    return url.scheme, url.hostname, url.port or _PORTS.get(url.scheme)
