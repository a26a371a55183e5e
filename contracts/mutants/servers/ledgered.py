"""Variants of the ledger on a server that promises another: what the live API may do, and this one says it does not."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from contracts.mutants.asgi import Scope, calls, query, request_id
from contracts.mutants.mutant import Break, Mutant
from contracts.mutants.patching import Payload, judging
from contracts.mutants.wrapping import OK, REFUSED, Document, Reply, asked, edited, replying, telling
from contracts.targets import App
from schemas.findings import Finding
from schemas.model import Model
from schemas.pointers import split
from schemas.semantics import Empty, Omitted
from schemas.validation import Verdict

_INVALID = range(422, 423)
_FINISHED = frozenset({"succeeded", "completed", "failed", "cancelled"})


def _promised(name: str, text: str, fact: str, break_: Break, needs: str = "") -> Mutant:
    return Mutant(name, text, (fact,), break_, promised=True, needs=needs)


def _completed(document: Document) -> None:
    if document["status"] == "succeeded":
        document["status"] = "completed"


def _failure_as_text(document: Document) -> None:
    if isinstance(document.get("error"), dict):
        document["error"] = document["error"]["error_message"]


def _times(write: Callable[[datetime], str]) -> Break:
    def change(document: Document) -> None:
        for name in ("created_at", "finished_at"):
            if document.get(name) is not None:
                document[name] = write(datetime.fromisoformat(document[name]))

    return telling("result", change)


def _finished_null(document: Document) -> None:
    document.setdefault("finished_at", None)


def _from_zero(document: Document) -> None:
    if document.get("queue_position"):
        document["queue_position"] -= 1


def _cost_early(app: App) -> App:
    def edit(reply: Reply, scope: Scope) -> Reply:
        request = app.service.known(request_id(scope))
        document = reply.document
        wanted = query(scope).get("include_cost", "").lower() in ("true", "1", "yes", "on")
        if request is None or reply.status not in OK or not wanted or document["status"] in _FINISHED:
            return reply
        return reply.saying(document | {"cost": request.cost_usd})

    return edited(app, calls("result"), edit)


def _no_cost_of_nothing(document: Document) -> None:
    if document["status"] in ("failed", "cancelled"):
        document.pop("cost", None)


def _counted(app: App) -> App:
    def edit(reply: Reply, scope: Scope) -> Reply:
        counts = app.service.catalog.categories()
        if reply.status not in OK:
            return reply
        return reply.saying({"categories": [{"category": name, "count": count} for name, count in counts.items()]})

    return edited(app, calls("categories"), edit)


def _no_output_schema(document: Document) -> None:
    document.pop("output_schema", None)


def _default_tier(document: Document) -> None:
    """Show the price of what the schema's defaults choose."""
    for record in document.get("models", [document]):
        if record.get("base_price_usd") == 0.112:  # noqa: PLR2004 - the lowest tier of the seed's model
            record["base_price_usd"] = 0.168


def _lenient(scope: Scope) -> Scope:
    """Drop what cannot be read from a query."""
    kept = []
    for part in scope["query_string"].split(b"&"):
        name, _, value = part.partition(b"=")
        if name == b"limit" and not (value.isdigit() and 1 <= int(value[:9]) <= 100):  # noqa: PLR2004 - the most
            continue
        if name == b"offset" and not value.isdigit():
            continue
        if name in (b"include_schema", b"include_cost") and value.lower() not in (b"true", b"false", b"1", b"0"):
            continue
        kept.append(part)
    return {**scope, "query_string": b"&".join(kept)}


def _moved(code: int, status: int) -> Break:
    """Answer one error under another status."""

    def edit(reply: Reply) -> Reply:
        document = reply.document
        is_meant = isinstance(document, dict) and document.get("error_code") == code
        return reply.saying(document, status) if is_meant else reply

    return replying("", edit, REFUSED)


def _restated(old: int, status: int, code: int) -> Break:
    """Answer one status as another, its code with it."""
    return replying("", lambda reply: reply.saying({**reply.document, "error_code": code}, status), range(old, old + 1))


def _malformed(reply: Reply) -> Reply:
    document = reply.document
    if not isinstance(document, dict) or "detail" in document:
        return reply
    return reply.saying({**document, "error_code": 400000}, 400)


def _text_key(document: Document) -> None:
    if "error_message" in document:
        document["message"] = document.pop("error_message")


def _fastapi(document: Document) -> None:
    found = document.get("detail")
    if isinstance(found, list):
        document["detail"] = [
            {"loc": ["body", *split(each["pointer"])], "msg": each["message"], "type": each["keyword"]}
            for each in found
            if "pointer" in each
        ]


def _as_text(document: Document) -> None:
    found = document.get("detail")
    if isinstance(found, list):
        document["detail"] = "; ".join(f"{each.get('pointer') or '/'}: {each.get('message')}" for each in found)


def _strict(model: Model, payload: Payload, verdict: Verdict) -> Verdict:
    known = {each.pointer for each in verdict.findings}
    more = [
        Finding(pointer, "unknown-property", None, '"…"', "is not a property of this model")
        for pointer in verdict.unknown
        if pointer not in known
    ]
    return replace(verdict, findings=(*verdict.findings, *more))


def _ruled(model: Model, payload: Payload, verdict: Verdict, *, omitted: Omitted, empty: Empty) -> Verdict:
    """Judge the sums anew, by another variant."""
    rules = {rule.rule_id for rule in model.rules}
    kept = [each for each in verdict.findings if each.keyword not in rules]
    bound = [rule.bind(model.input.normalised, omitted, empty) for rule in model.rules]
    found = [each for rule in bound if (each := rule.check(payload)) is not None]
    return replace(verdict, findings=(*kept, *found))


MUTANTS = (
    _promised(
        "result-completed", "result says completed for succeeded", "result.success-word", telling("result", _completed)
    ),
    _promised(
        "failure-as-text",
        "error on a failed result is a text",
        "result.error-form",
        telling("result", _failure_as_text),
    ),
    _promised(
        "times-naive",
        "times have no zone",
        "result.timestamp-form",
        _times(lambda moment: moment.replace(tzinfo=None).isoformat(timespec="microseconds")),
    ),
    _promised(
        "times-offset",
        "times have +00:00 for Z",
        "result.timestamp-form",
        _times(lambda moment: moment.isoformat(timespec="milliseconds")),
    ),
    _promised(
        "finished-at-null", "finished_at is null until the end", "result.finished-at", telling("result", _finished_null)
    ),
    _promised(
        "position-from-zero",
        "the first in line reads queue_position 0",
        "queue-position.base",
        telling("status", _from_zero),
    ),
    _promised("cost-early", "cost is there before the end, as the price", "result.cost-before-end", _cost_early),
    _promised(
        "cost-of-nothing-missing",
        "there is no cost of a failure",
        "result.unbilled-cost",
        telling("result", _no_cost_of_nothing),
    ),
    _promised("categories-counted", "categories are objects with a count", "models.categories-form", _counted),
    _promised(
        "output-schema-missing",
        "a record has no output_schema",
        "models.output-schema",
        telling("model", _no_output_schema),
    ),
    _promised(
        "base-price-of-defaults",
        "base_price_usd is that of the defaults",
        "seed.base-price",
        telling("list model", _default_tier),
    ),
    _promised(
        "bad-query-ignored",
        "a query that cannot be read is ignored",
        "query.bad",
        partial(asked, when=calls("list", "result"), change=_lenient),
    ),
    _promised(
        "error-text-as-message", "error_message is called message", "error.text-key", telling("", _text_key, REFUSED)
    ),
    _promised("balance-402", "no balance is answered 402", "error.400002-status", _moved(400002, 402), "--balance-usd"),
    _promised("token-refused-400", "a bad token is answered 400", "error.400004-status", _moved(400004, 400)),
    _promised(
        "validation-code-000", "the validation error's code is 422000", "error.422-code", _restated(422, 422, 422000)
    ),
    _promised(
        "rate-limit-code-000",
        "the rate limit's code is 429000",
        "error.429-code",
        _restated(429, 429, 429000),
        "--rate-limit",
    ),
    _promised("detail-as-fastapi", "detail has loc, msg and type", "error.422-detail", telling("", _fastapi, _INVALID)),
    _promised("detail-as-text", "detail is one text", "error.422-detail", telling("", _as_text, _INVALID)),
    _promised(
        "malformed-body-400",
        "a body that is no JSON object is answered 400",
        "error.malformed-body",
        replying("submit", _malformed, _INVALID),
    ),
    _promised("media-type-422", "another media type is answered 422", "error.media-type", _restated(415, 422, 422001)),
    _promised("too-large-400", "a body over the limit is answered 400", "error.too-large", _restated(413, 400, 400000)),
    _promised(
        "unknown-properties-refused",
        "an undeclared property is refused",
        "payload.unknown-properties",
        judging(_strict),
    ),
    _promised(
        "omitted-durations-zero",
        "a duration that is left out counts as 0 in the sum",
        "rules.omitted-durations",
        judging(partial(_ruled, omitted="zero", empty="exempt")),
    ),
    _promised(
        "empty-sum-checked",
        "an empty multi_prompt breaks the rule of the sum",
        "rules.no-durations",
        judging(partial(_ruled, omitted="default", empty="checked")),
    ),
)
