from __future__ import annotations

from typing import Any

import pytest
from jsonschema import Draft202012Validator

from schemas.answers import Shape, faults, schema

_ID = {"request_id": "0b9ca40a-7d0f-4e5d-9d3b-1a2b3c4d5e6f"}
_URL = "http://127.0.0.1:8787/v1/requests/x"
_URLS = {"status_url": f"{_URL}/status", "result_url": f"{_URL}/result"}
_STARTED = {**_ID, "created_at": "2026-01-01T00:00:00.000Z"}
_ENDED = {**_STARTED, "finished_at": "2026-01-01T00:00:05.000Z"}
_RECORD = {"model_id": "a/b", "display_name": "B", "kind": "model", "categories": ["text-to-video"]}
_FULL = {
    **_RECORD,
    "base_price_usd": 0.1,
    "price_unit": "second",
    "pricing_note": "a note",
    "input_schema": {"type": "object"},
    "output_schema": {},
}

FITTING: list[tuple[Shape, Any]] = [
    (Shape.SUBMIT, {**_ID, **_URLS, "cancel_url": f"{_URL}/cancel"}),
    (Shape.STATUS, {**_ID, **_URLS, "status": "in_queue", "queue_position": 0}),
    (Shape.STATUS, {**_ID, **_URLS, "status": "in_progress"}),
    (Shape.STATUS, {**_ID, **_URLS, "status": "completed"}),
    (Shape.STATUS, {"request_id": "a" * 128, **_URLS, "status": "cancelled"}),
    (Shape.RESULT, {**_STARTED, "status": "in_queue"}),
    (Shape.RESULT, {**_STARTED, "status": "in_progress", "finished_at": None}),
    (Shape.RESULT, {**_ENDED, "status": "succeeded", "output": {"video": _URL}, "cost": 0.56}),
    (Shape.RESULT, {**_ENDED, "status": "completed", "output": {}, "model_id": "a/b", "input": {"prompt": "a"}}),
    (Shape.RESULT, {**_ENDED, "status": "failed", "error": "why", "cost": 0}),
    (Shape.RESULT, {**_ENDED, "status": "failed", "error": {"error_code": 500001, "error_message": "why"}}),
    (Shape.RESULT, {**_ENDED, "status": "cancelled"}),
    (Shape.CANCEL, {**_ID, "status": "cancelled", "outcome": "cancelled"}),
    (Shape.CANCEL, {**_ID, "status": "in_progress", "outcome": "not_cancellable"}),
    (Shape.CANCEL, {**_ID, "status": "completed", "outcome": "not_cancellable"}),
    (Shape.MODELS, {"models": [], "total": 0}),
    (Shape.MODELS, {"models": [_RECORD, _FULL], "total": 7}),
    (Shape.CATEGORIES, {"categories": []}),
    (Shape.CATEGORIES, {"categories": ["text-to-video"]}),
    (Shape.CATEGORIES, {"categories": [{"category": "text-to-video", "count": 1}]}),
    (Shape.MODEL, _RECORD),
    (Shape.MODEL, _FULL),
    (Shape.ERROR, {"error_code": 404001, "error_message": "gone"}),
    (Shape.ERROR, {"error_code": 404001, "message": "gone"}),
    (Shape.ERROR, {"error_code": 404001, "error": "gone"}),
    (Shape.ERROR, {"error_message": "wrong", "detail": [{"pointer": "/a"}]}),
    (Shape.ERROR, {"detail": "wrong"}),
]

OFF: list[tuple[Shape, Any, str]] = [
    (Shape.SUBMIT, {**_ID, **_URLS}, "/"),
    (Shape.SUBMIT, {**_ID, **_URLS, "cancel_url": "/v1/requests/x/cancel"}, "/cancel_url"),
    (Shape.SUBMIT, {"request_id": "a b", **_URLS, "cancel_url": _URL}, "/request_id"),
    (Shape.SUBMIT, {"request_id": "a" * 129, **_URLS, "cancel_url": _URL}, "/request_id"),
    (Shape.SUBMIT, {"request_id": "abc\n", **_URLS, "cancel_url": _URL}, "/request_id"),
    (Shape.SUBMIT, {"request_id": 5, **_URLS, "cancel_url": _URL}, "/request_id"),
    (Shape.STATUS, {**_ID, **_URLS, "status": "succeeded"}, "/status"),
    (Shape.STATUS, {**_ID, **_URLS, "status": "failed"}, "/status"),
    (Shape.STATUS, {**_ID, **_URLS, "status": "in_queue"}, "/"),
    (Shape.STATUS, {**_ID, **_URLS, "status": "in_queue", "queue_position": -1}, "/queue_position"),
    (Shape.STATUS, {**_ID, **_URLS, "status": "in_queue", "queue_position": True}, "/queue_position"),
    (Shape.STATUS, {**_ID, **_URLS, "status": "in_progress", "queue_position": 1}, "/queue_position"),
    (Shape.STATUS, {**_ID, "status": "in_progress"}, "/"),
    (Shape.RESULT, {**_ENDED, "status": "succeeded"}, "/"),
    (Shape.RESULT, {**_STARTED, "status": "succeeded", "output": {}}, "/"),
    (Shape.RESULT, {**_ENDED, "status": "succeeded", "output": {}, "finished_at": None}, "/finished_at"),
    (Shape.RESULT, {**_ENDED, "status": "succeeded", "output": []}, "/output"),
    (Shape.RESULT, {**_ENDED, "status": "succeeded", "output": {}, "error": "why"}, "/error"),
    (Shape.RESULT, {**_ENDED, "status": "failed"}, "/"),
    (Shape.RESULT, {**_ENDED, "status": "failed", "error": 5}, "/error"),
    (Shape.RESULT, {**_ENDED, "status": "failed", "error": "why", "output": {}}, "/output"),
    (Shape.RESULT, {**_ENDED, "status": "cancelled", "output": {}}, "/output"),
    (Shape.RESULT, {**_ENDED, "status": "cancelled", "cost": -1}, "/cost"),
    (Shape.RESULT, {**_ENDED, "status": "cancelled", "cost": "0"}, "/cost"),
    (Shape.RESULT, {**_ENDED, "status": "in_progress"}, "/finished_at"),
    (Shape.RESULT, {**_STARTED, "status": "in_queue", "output": {}}, "/output"),
    (Shape.RESULT, {**_STARTED, "status": "in_queue", "cost": -1}, "/cost"),
    (Shape.RESULT, {**_ID, "status": "in_queue"}, "/"),
    (Shape.CANCEL, {**_ID, "status": "completed", "outcome": "cancelled"}, "/status"),
    (Shape.CANCEL, {**_ID, "status": "in_queue", "outcome": "not_cancellable"}, "/status"),
    (Shape.CANCEL, {**_ID, "status": "completed", "outcome": "refused"}, "/outcome"),
    (Shape.CANCEL, {**_ID, "status": "cancelled"}, "/"),
    (Shape.MODELS, {"models": []}, "/"),
    (Shape.MODELS, {"models": [_RECORD] * 101, "total": 101}, "/models"),
    (Shape.MODELS, {"models": [{**_RECORD, "kind": "workflow"}], "total": 1}, "/models/0/kind"),
    (Shape.MODELS, {"models": [{**_RECORD, "made_up": 1}], "total": 1}, "/models/0/made_up"),
    (Shape.CATEGORIES, {"categories": [{"count": 1}]}, "/categories/0"),
    (Shape.CATEGORIES, {"categories": [5]}, "/categories/0"),
    (Shape.MODEL, {**_FULL, "price_unit": "minute"}, "/price_unit"),
    (Shape.MODEL, {**_FULL, "base_price_usd": None}, "/base_price_usd"),
    (Shape.MODEL, {"model_id": "a/b"}, "/"),
    (Shape.ERROR, {"error_code": 404001}, "/"),
    (Shape.ERROR, {"error_code": "404001", "error_message": "gone"}, "/error_code"),
    (Shape.ERROR, {"error_code": 404, "error_message": "gone"}, "/error_code"),
    (Shape.ERROR, {"error_message": "gone", "detail": ["text"]}, "/detail"),
]


@pytest.mark.parametrize(("shape", "answer"), FITTING)
def test_every_plausible_answer_fits(shape: Shape, answer: Any) -> None:
    assert faults(shape, answer) == []


@pytest.mark.parametrize(("shape", "answer", "pointer"), OFF)
def test_an_answer_that_is_off_is_told_where(shape: Shape, answer: Any, pointer: str) -> None:
    assert {fault.partition(": ")[0] for fault in faults(shape, answer)} == {pointer}


@pytest.mark.parametrize(("shape", "answer"), FITTING)
def test_a_property_that_the_shape_does_not_name_is_a_fault(shape: Shape, answer: dict[str, Any]) -> None:
    assert faults(shape, {**answer, "made_up": 1}) == ["/made_up: is not a property of this answer"]


@pytest.mark.parametrize("shape", Shape)
@pytest.mark.parametrize("answer", [None, [], "text", 5, True])
def test_what_is_no_object_is_never_an_answer(shape: Shape, answer: Any) -> None:
    assert [fault.partition(": ")[0] for fault in faults(shape, answer)][:1] == ["/"]
    assert len(faults(shape, {})) >= 1


@pytest.mark.parametrize("shape", Shape)
def test_each_shape_is_a_titled_json_schema_and_has_answers_here_that_fit_and_that_do_not(shape: Shape) -> None:
    document = schema(shape)
    Draft202012Validator.check_schema(document)
    assert document["title"]
    assert document["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert set(document.get("required", ())) <= set(document["properties"])
    assert shape in {case[0] for case in FITTING} & {case[0] for case in OFF}


def test_the_record_in_a_list_has_the_shape_of_a_record() -> None:
    keys = ("type", "properties", "required")
    listed = schema(Shape.MODELS)["properties"]["models"]["items"]
    assert {key: listed[key] for key in keys} == {key: schema(Shape.MODEL)[key] for key in keys}
