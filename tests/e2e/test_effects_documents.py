"""Answers that tell what is not so, or leave out what is, as they are on the wire."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server.trouble.effects.documents import OPTIONAL
from tests.e2e.effects import Rig, proves


def told(rig: Rig, answer: Any, operation: str, *moves: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what is told without and with the effect."""
    request_id = rig.submitted(*moves) if operation in ("status", "result", "cancel") else "-"
    honest = rig.call(operation, request_id).document
    rig.rule(answer, operation=operation)
    return honest, rig.call(operation, request_id).document


@proves("backwards")
@pytest.mark.parametrize(
    ("operation", "moves", "to", "fires"),
    [
        ("status", ("in_progress",), "in_queue", True),
        ("status", ("in_progress",), "in_progress", False),
        ("status", ("completed",), "in_progress", True),
        ("result", ("completed",), "in_queue", True),
        ("result", ("failed",), "in_progress", True),
        ("status", (), "in_queue", False),
        ("status", ("cancelled",), "in_queue", False),
    ],
)
def test_the_status_goes_back(rig: Rig, operation: str, moves: tuple[str, ...], to: str, fires: bool) -> None:  # noqa: FBT001
    honest, lie = told(rig, {"effect": "backwards", "to": to}, operation, *moves)
    assert rig.last.effects == (("backwards",) if fires else ())
    if not fires:
        assert lie == honest
        return
    assert lie["status"] == to
    assert not {"output", "error", "finished_at", "cost"} & set(lie)
    assert ("queue_position" in lie) is (operation == "status" and to == "in_queue")


@proves("unknown_status")
@pytest.mark.parametrize("operation", ["status", "result"])
def test_the_status_is_a_word_that_nobody_knows(rig: Rig, operation: str) -> None:
    honest, lie = told(rig, {"effect": "unknown_status", "value": "pausé ∞"}, operation, "completed")
    assert lie == honest | {"status": "pausé ∞"}


@proves("swap_words")
def test_the_words_for_success_are_swapped(rig: Rig) -> None:
    request_id, failed = rig.submitted("completed"), rig.submitted("failed")
    rig.rule("swap_words")
    assert rig.call("status", request_id).document["status"] == "succeeded"
    assert rig.call("result", request_id).document["status"] == "completed"
    assert rig.call("status", failed).document["status"] == "completed"
    assert rig.call("result", failed).document["status"] == "failed"


@proves("no_output")
def test_a_success_has_no_output(rig: Rig) -> None:
    honest, lie = told(rig, "no_output", "result", "completed")
    assert lie == {name: value for name, value in honest.items() if name != "output"} != honest


@proves("empty_output")
@pytest.mark.parametrize(("form", "output"), [("object", {}), ("null", None), ("text", ""), ("empty_values", ...)])
def test_a_success_has_an_empty_output(rig: Rig, form: str, output: object) -> None:
    honest, lie = told(rig, {"effect": "empty_output", "form": form}, "result", "completed")
    if form == "empty_values":
        output = {name: [] if isinstance(value, list) else "" for name, value in honest["output"].items()}
        assert output
    assert lie == honest | {"output": output}


@pytest.mark.parametrize("effect", ["no_output", "empty_output", "expire"])
def test_what_needs_a_success_does_not_fire_before_it(rig: Rig, effect: str) -> None:
    honest, same = told(rig, effect, "result", "in_progress")
    assert (same, rig.last.rule) == (honest, None)
    assert [(view.met, view.fired) for view in rig.fake.rules] == [(0, 0)]


@proves("frozen_position")
def test_the_position_does_not_move(rig: Rig) -> None:
    honest, lie = told(rig, {"effect": "frozen_position", "position": 12}, "status")
    assert lie == honest | {"queue_position": 12} != honest
    rig.fake.move(rig.fake.requests[0].request.request_id, "in_progress")
    assert "queue_position" not in rig.call("status", lie["request_id"]).document


CALLS = [
    (operation, moves) for operation in OPTIONAL for moves in ([("completed",), ()] if operation == "result" else [()])
]


@proves("null_fields")
@pytest.mark.parametrize(("operation", "moves"), CALLS)
def test_optional_fields_are_null(rig: Rig, operation: str, moves: tuple[str, ...]) -> None:
    answer = "ok" if operation == "submit" else "null_fields"
    honest, lie = told(rig, answer, operation, *moves)
    if operation != "submit":  # whose ids differ
        assert lie == dict.fromkeys(OPTIONAL[operation]) | honest


@proves("missing_fields")
@pytest.mark.parametrize(("operation", "moves"), CALLS)
def test_optional_fields_are_missing(rig: Rig, operation: str, moves: tuple[str, ...]) -> None:
    honest, lie = told(rig, "missing_fields", operation, *moves)
    gone = set(OPTIONAL[operation]) - {"output", "error"}
    assert set(lie) == set(honest) - gone
    if operation == "result":
        assert {"output", "error"} & set(honest) == {"output", "error"} & set(lie)


def test_fields_are_those_that_are_named(rig: Rig) -> None:
    fields = {"fields": ["status_url", "none", "request_id"]}
    honest, lie = told(rig, {"effect": "null_fields"} | fields, "status")
    assert lie == honest | {"status_url": None, "none": None, "request_id": None}
    rig.fake.rules.clear()
    _, lie = told(rig, {"effect": "missing_fields"} | fields, "submit")
    assert set(lie) == {"result_url", "cancel_url"}


@proves("extra_fields")
def test_fields_that_no_documentation_has_are_there_too(rig: Rig) -> None:
    names = ["a", "b", "c", "d", "status"]
    honest, lie = told(rig, {"effect": "extra_fields", "fields": names}, "status")
    assert {name: lie[name] for name in honest} == honest
    assert [type(lie[name]) for name in names] == [str, list, dict, str, str]
    assert set(lie) == {*honest, *names}


def test_an_error_is_no_document_to_change(rig: Rig) -> None:
    rig.rule("unknown_status", operation="status")
    got = rig.call("status", "unknown")
    assert (got.status, got.document["error_code"], rig.last.effects) == (404, 404001, ("unknown_status",))
