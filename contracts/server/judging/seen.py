"""Which variant of the ledger's open facts an answer shows."""

from __future__ import annotations

import re

from contracts.exchange import Answer, Exchange
from contracts.model import MEANS, OVER
from contracts.server.judging.court import Court
from schemas.ledger import facts
from schemas.pricing import base_price
from schemas.variants import Variants

FACTS = {fact.switch.setting: fact.fact_id for fact in facts() if fact.switch is not None}
"""The fact behind each setting."""

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_LONGEST_ID = 128
_OFFSET = re.compile(r"[+-]\d{2}:?\d{2}$")
_TEXT_KEYS = ("error_message", "message", "error")
_REFUSED = 400
_INVALID = 422


def note(court: Court, setting: str, value: str, exchange: Exchange) -> None:
    """Take note of a variant that was seen."""
    court.observe(FACTS[setting], setting, value, exchange)


def observe(court: Court, exchange: Exchange, answer: Answer) -> None:
    """Take note of every variant that an answer shows by itself."""
    if not isinstance(answer.document, dict):
        return
    if answer.status >= _REFUSED:
        _of_error(court, exchange, answer)
        return
    match exchange.call.operation:
        case "submit":
            _of_submit(court, exchange, answer)
        case "result":
            _of_result(court, exchange, answer)
        case "categories":
            categories = answer.get("categories")
            if isinstance(categories, list) and categories:
                note(court, "categories_form", "strings" if isinstance(categories[0], str) else "objects", exchange)
        case "model":
            _of_record(court, exchange, answer)


def _of_submit(court: Court, exchange: Exchange, answer: Answer) -> None:
    text = str(answer.get("request_id"))
    form = "uuid" if _UUID.fullmatch(text) else "longest" if len(text) == _LONGEST_ID else "token"
    note(court, "request_id_format", form, exchange)


def _of_error(court: Court, exchange: Exchange, answer: Answer) -> None:
    key = next((name for name in _TEXT_KEYS if isinstance(answer.get(name), str)), None)
    if key is not None and court.stage.promises is not None:
        note(court, "error_text_key", key, exchange)
    elif key is not None:  # some answers name it so and some so: that is no lack of steadiness
        court.collector.observed.setdefault("error_text_key", key)
    told, status = answer.get("error_code"), answer.status
    code = int(told) if isinstance(told, float) else told  # 422001.0 is an integer too
    match code:
        case 400004 if status in (400, 401):
            note(court, "auth_status", str(status), exchange)
        case 400002 if status in (400, 402):
            note(court, "balance_status", str(status), exchange)
        case 429000 | 429001:
            note(court, "rate_limit_code", str(code), exchange)
        case 422000 | 422001 | None if status == _INVALID:
            note(court, "validation_code", "absent" if code is None else str(code), exchange)
        case int() if code // 1000 in (405, 413, 415) and code % 1000 in (0, 1):
            note(court, "undocumented_code_suffix", f"{code % 1000:03d}", exchange)


def validation_detail(court: Court, exchange: Exchange, answer: Answer) -> None:
    """Take note of the form that the findings of a refused payload have."""
    detail = answer.get("detail")
    first = detail[0] if isinstance(detail, list) and detail and isinstance(detail[0], dict) else {}
    if isinstance(detail, str):
        note(court, "validation_detail", "text", exchange)
    elif "pointer" in first:
        note(court, "validation_detail", "findings", exchange)
    elif "loc" in first:
        note(court, "validation_detail", "fastapi", exchange)


def _of_result(court: Court, exchange: Exchange, answer: Answer) -> None:
    document, word = answer.document, str(answer.get("status"))
    created = answer.get("created_at")
    if isinstance(created, str):
        note(court, "timestamps", _zone(created), exchange)
    finished = answer.get("finished_at")
    if isinstance(finished, str):
        note(court, "timestamps", _zone(finished), exchange)
    if word in ("succeeded", "completed"):
        note(court, "result_success_word", word, exchange)
    error = answer.get("error")
    if isinstance(error, (str, dict)):
        note(court, "failure_error", "string" if isinstance(error, str) else "object", exchange)
    note(court, "result_echo", "present" if "input" in document else "absent", exchange)
    is_over = MEANS.get(word) in OVER
    if not is_over:
        note(court, "finished_at_before_end", "null" if "finished_at" in document else "absent", exchange)
    if "include_cost=true" in exchange.call.path:
        told = answer.get("cost")
        if not is_over:
            note(court, "cost_before_end", "absent" if told is None else "price" if told else "zero", exchange)
        elif word in ("failed", "cancelled") and not told:
            note(court, "unbilled_cost", "absent" if told is None else "zero", exchange)


def _zone(text: str) -> str:
    return "z" if text.endswith("Z") else "offset" if _OFFSET.search(text) else "naive"


def _of_record(court: Court, exchange: Exchange, answer: Answer) -> None:
    model = court.stage.catalog.get(str(answer.get("model_id")))
    if model is None:
        return
    if model.output is not None:
        form = "present" if "output_schema" in answer.document else "absent"
        note(court, "record_output_schema", form, exchange)
    prices = {form: base_price(model, Variants().with_({"base_price": form})) for form in ("lowest", "defaults")}
    told = answer.get("base_price_usd")
    shown = [form for form, price in prices.items() if price == told]
    if len(shown) == 1:
        note(court, "base_price", shown[0], exchange)
