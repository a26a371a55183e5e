"""What holds for results: timestamps, outputs, costs, and that what is over stays as it is."""

from __future__ import annotations

import functools
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import jsonschema_rs

from contracts.exchange import Answer, Exchange
from contracts.model import MEANS, OVER, Word
from contracts.server.judging.court import Court
from contracts.server.judging.life import Life
from contracts.strategies.merging import is_same
from schemas import outputs
from schemas.findings import cut, shorten
from schemas.model import Model
from schemas.pointers import from_path
from schemas.pricing import cost
from schemas.undeclared import declared, undeclared

VENDOR_DOMAINS = ("runcomfy.net", "runcomfy.com")
"""Where outputs live. Ledger: ``output.host``."""

_SUCCESSES = frozenset({"succeeded", "completed"})
_MOST_USD = 1e9  # of a single request
_COST = "include_cost=true"
_LEAST = 1e-6  # USD by which two costs may differ


def judge_result(court: Court, exchange: Exchange, answer: Answer, life: Life) -> None:
    """Hold a result of the caller's own request to its life so far."""
    told, document = str(answer.get("status")), answer.document
    model = court.stage.catalog.get(life.model_id)
    _judge_times(court, exchange, answer, life)
    _judge_cost(court, exchange, answer, life, model)
    if told in _SUCCESSES and model is not None:
        _judge_output(court, exchange, answer.get("output"), life, model)
    if "input" in document:
        text = f"input is {shorten(document['input'])}, submitted was {shorten(life.payload)}"
        court.hold("result.input", exchange, text, ok=is_same(document["input"], life.payload), case="input")
    if "model_id" in document:
        text = f"model_id is {shorten(document['model_id'])}, submitted to was {life.model_id!r}"
        court.hold("result.input", exchange, text, ok=document["model_id"] == life.model_id, case="model_id")
    if MEANS[told] in OVER:
        asked = _COST in exchange.call.path
        before = life.results.setdefault(asked, document)
        changed = functools.partial(_difference, before, document)
        court.hold("result.repeatable", exchange, changed, ok=is_same(before, document))


def _difference(before: Any, after: Any) -> str:
    names = [
        name
        for name in {**before, **after}
        if (name in before) is not (name in after) or not is_same(before.get(name), after.get(name))
    ]
    return "; ".join(
        f"{each} was {shorten(before.get(each))}, and now it is {shorten(after.get(each))}" for each in names
    )


def moment(text: object) -> float | None:
    """Read a timestamp in seconds since 1970, one without a zone as UTC; ``None`` if it is none in ISO 8601.

    Ledger: ``result.timestamp-form``.
    """
    if not isinstance(text, str) or "T" not in text:
        return None
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _judge_times(court: Court, exchange: Exchange, answer: Answer, life: Life) -> None:
    times: dict[str, float] = {}
    for name in ("created_at", "finished_at"):
        text = answer.get(name)
        if text is not None:
            read = moment(text)
            message = f"{name} is {shorten(text)}, no moment in ISO 8601"
            if court.hold("result.timestamps", exchange, message, ok=read is not None, case=name):
                times[name] = read or 0.0
    if "created_at" in times:
        created = answer.get("created_at")
        before = life.created_at or created
        message = f"created_at was {before}, and now it is {created}"
        court.hold("result.repeatable", exchange, message, ok=before == created, case="created_at")
        life.created_at, life.moment = before, times["created_at"]
        _judge_order(court, exchange, life)
        if "finished_at" in times:
            message = f"finished_at {answer.get('finished_at')} is before created_at {created}"
            court.hold("result.order", exchange, message, ok=times["finished_at"] >= times["created_at"], case="ends")


def _judge_order(court: Court, exchange: Exchange, life: Life) -> None:
    """Requests of an account were created in the order of their submits."""
    assert life.moment is not None
    for other in court.lives:
        if other.moment is None or other.who is not life.who or other is life:
            continue
        earlier, later = sorted((life, other), key=lambda each: each.submitted.number)
        text = f"{earlier.request_id} was submitted first, and created_at says that {later.request_id} was"
        is_fine = (earlier.moment or 0.0) <= (later.moment or 0.0)
        court.hold("result.order", exchange, text, ok=is_fine, case="submits", trace=court.whole())


def _judge_cost(court: Court, exchange: Exchange, answer: Answer, life: Life, model: Model | None) -> None:
    told, asked = answer.get("cost"), _COST in exchange.call.path
    word = str(answer.get("status"))
    if not asked:
        court.hold(
            "result.cost", exchange, f"cost is {shorten(told)}, and was not asked for", ok=told is None, case="unasked"
        )
        return
    if word in _SUCCESSES:
        court.hold(
            "result.cost", exchange, "there is no cost, though include_cost=true", ok=told is not None, case="asked"
        )
    if type(told) not in (int, float) or model is None or MEANS[word] not in OVER or not isinstance(life.payload, dict):
        return  # the shape has said so, or the submit should have been refused
    due = cost(model, life.payload) if word in _SUCCESSES else 0.0
    text = f"cost is {shorten(told)} for a request that {word}; the price says {due:g} USD"
    is_fine = due - _LEAST <= told <= due + _LEAST  # compared as they are: an integer may be beyond all floats
    court.hold("result.price", exchange, text, ok=is_fine, case=MEANS_OF_COST[word])


MEANS_OF_COST = dict.fromkeys(_SUCCESSES, "succeeded") | {"failed": "failed", Word.CANCELLED.value: "cancelled"}


def _judge_output(court: Court, exchange: Exchange, output: object, life: Life, model: Model) -> None:
    """Ledger: ``result.output``, ``output.host``."""
    schema = outputs.output_schema(model)
    found = [
        f"{from_path(error.instance_path) or '/'}: {error.message}" for error in _validator(model).iter_errors(output)
    ]
    found += [f"{pointer}: is not in the model's output schema" for pointer in undeclared(output, declared(schema))]
    urls = list(media_urls(output))
    if not urls:
        found.append("/: has no file")
    text = cut("; ".join(found))
    if not court.hold("result.output", exchange, f"output is not as the model has it: {text}", ok=not found):
        return
    if isinstance(life.payload, dict):
        due = outputs.count(model, life.payload)
        text = f"output has {len(urls)} files, the payload asks for {due}"
        court.hold("result.output", exchange, text, ok=len(urls) == due, case="count")
    others = {url for other in court.lives if other is not life for url in other.files}
    life.files.update(urls)
    shared = sorted(others.intersection(urls))
    text = f"the file {cut(shared[0]) if shared else ''!r} is that of another request too"
    court.hold("result.output", exchange, text, ok=not shared, case="shared", trace=court.whole())
    for url in urls:
        text = f"the file {cut(url)!r} is neither on a host of the vendor's nor on the server's own"
        court.hold("result.media-host", exchange, text, ok=_is_at_home(court, url))


def media_urls(output: object) -> list[str]:
    """Return the URLs that stand in an output."""
    values = output.values() if isinstance(output, dict) else output if isinstance(output, list) else ()
    found = [value for value in values if isinstance(value, str)]
    for value in values:
        if isinstance(value, (dict, list)):
            found += media_urls(value)
    return found


def _is_at_home(court: Court, url: str) -> bool:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    own = urlsplit(court.stage.connection.base_url)
    if not court.stage.live and (parts.scheme, parts.netloc) == (own.scheme, own.netloc):
        return True
    return parts.scheme == "https" and any(host == name or host.endswith(f".{name}") for name in VENDOR_DOMAINS)


@functools.cache
def _validators() -> dict[int, tuple[Model, jsonschema_rs.Validator]]:
    return {}


def _validator(model: Model) -> jsonschema_rs.Validator:
    known = _validators().get(id(model))
    if known is None or known[0] is not model:
        schema = {"type": "object"} | dict(outputs.output_schema(model))
        known = _validators()[id(model)] = (model, jsonschema_rs.validator_for(schema, validate_formats=True))
    return known[1]
