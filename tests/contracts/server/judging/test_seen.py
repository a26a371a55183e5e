import pytest

from contracts.exchange import Answer
from contracts.server.judging import seen
from schemas.variants import CHOICES
from tests.contracts.server.scripted import (
    ID,
    KLING,
    PROMISES,
    Tale,
    begun,
    broken,
    play,
    refused,
    result,
    said,
    session,
)

RECORD = {
    "model_id": KLING,
    "display_name": "Kling",
    "kind": "model",
    "categories": ["text-to-video"],
    "base_price_usd": 0.112,
    "price_unit": "second",
    "input_schema": {},
}
SHOWN: list[tuple[str, Answer, str, str]] = [
    ("submit", refused(422, 422001), "error_text_key", "error_message"),
    ("submit", said({"message": "no"}, 422), "error_text_key", "message"),
    ("submit", said({"error": "no"}, 422), "error_text_key", "error"),
    ("submit", refused(422, 422000), "validation_code", "422000"),
    ("submit", said({"error_message": "no", "error_code": 422001.0}, 422), "validation_code", "422001"),
    ("submit", refused(422), "validation_code", "absent"),
    ("submit", refused(400, 400002), "balance_status", "400"),
    ("submit", refused(402, 400002), "balance_status", "402"),
    ("submit", refused(413, 413001), "undocumented_code_suffix", "001"),
    ("submit", refused(415, 415000), "undocumented_code_suffix", "000"),
    ("list", refused(429, 429000), "rate_limit_code", "429000"),
    ("categories", said({"categories": ["a"]}), "categories_form", "strings"),
    ("model", said(RECORD), "record_output_schema", "absent"),
    ("model", said(RECORD | {"output_schema": {}}), "record_output_schema", "present"),
    ("result", result("in_queue"), "timestamps", "z"),
    ("result", result("in_queue", created_at="2026-01-01T00:00:00+00:00"), "timestamps", "offset"),
    ("result", result("in_queue", created_at="2026-01-01T00:00:00.5"), "timestamps", "naive"),
    ("result", result("succeeded"), "result_success_word", "succeeded"),
    ("result", result("completed"), "result_success_word", "completed"),
    ("result", result("failed"), "failure_error", "object"),
    ("result", result("failed", error="no"), "failure_error", "string"),
    ("result", result("in_queue"), "result_echo", "absent"),
    ("result", result("in_queue", input={}), "result_echo", "present"),
    ("result", result("in_queue"), "finished_at_before_end", "absent"),
    ("cost", result("in_queue"), "cost_before_end", "absent"),
    ("cost", result("in_queue", cost=0), "cost_before_end", "zero"),
    ("cost", result("in_queue", cost=1), "cost_before_end", "price"),
    ("cost", result("failed"), "unbilled_cost", "absent"),
    ("cost", result("cancelled", cost=0), "unbilled_cost", "zero"),
]


@pytest.mark.parametrize(("name", "answer", "setting", "value"), SHOWN)
def test_an_answer_shows_a_variant(name: str, answer: Answer, setting: str, value: str) -> None:
    told = session(answer) if name not in ("result", "cost") else begun(answer)
    play(told, name)
    assert told.collector.observed[setting] == value
    assert value in CHOICES[setting]
    assert "ledger.steady" not in told.collector.broken


@pytest.mark.parametrize(("name", "answer", "setting", "value"), SHOWN)
def test_a_variant_is_held_to_what_was_promised(name: str, answer: Answer, setting: str, value: str) -> None:
    told = Tale([(name, answer)], promises=PROMISES).tell()
    found = f"ledger.promised:{'result' if name == 'cost' else name}:{seen.FACTS[setting]}"
    assert (found in told.collector.broken) is (value != PROMISES.variants.value(setting))


def test_a_server_that_promises_nothing_is_held_to_what_it_showed_before() -> None:
    told = begun(result("in_queue"), result("in_queue", input={"prompt": "x"}), result("in_queue"))
    play(told, "result", "result")
    assert "ledger.steady:result:result.echo" in broken(told)


def test_the_text_of_an_error_may_stand_now_here_and_now_there() -> None:
    told = session(said({"message": "no"}, 422), said({"error": "no"}, 422), refused(422))
    play(told, "submit", "submit", "submit")
    assert broken(told) == []


@pytest.mark.parametrize(
    ("detail", "value"),
    [
        ("prompt is missing", "text"),
        ([{"pointer": "/a"}], "findings"),
        ([{"loc": ["body", "a"]}], "fastapi"),
        ([{"msg": "no"}], None),
        ([], None),
        ([3], None),
        ({}, None),
        (None, None),
    ],
)
def test_the_form_of_a_detail(detail: object, value: str | None) -> None:
    told = session(said({"error_message": "no", "detail": detail}, 422))
    [exchange] = play(told, "submit")
    assert exchange.answer is not None
    seen.validation_detail(told, exchange, exchange.answer)
    assert told.collector.observed.get("validation_detail") == value


@pytest.mark.parametrize(
    ("request_id", "value"),
    [(ID, "uuid"), (ID.upper(), "uuid"), ("a" * 128, "longest"), ("a" * 127, "token"), ("", None)],
)
def test_the_form_of_an_id(request_id: str, value: str | None) -> None:
    urls = {f"{name}_url": "http://127.0.0.1:8787/" for name in ("status", "result", "cancel")}
    told = session(said({"request_id": request_id, **urls}))
    play(told, "submit")
    assert told.collector.observed.get("request_id_format") == value
