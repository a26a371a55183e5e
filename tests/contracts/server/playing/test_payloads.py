import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from contracts.exchange import Answer
from contracts.server.playing import payloads
from contracts.server.playing.crowd import MADE_UP
from contracts.server.playing.exploring import Effort
from contracts.strategies.violations import InvalidPayload
from tests.contracts.server.answering import tour_of, tour_of_fake
from tests.contracts.server.scripted import MODEL, accepted, refused, said, session, stage

VIOLATION = InvalidPayload({"prompt": 7}, "/prompt", "type", "prompt")
FINDING = {"pointer": "/prompt", "keyword": "type", "limit": "string", "value": "7", "message": "no", "title": "Prompt"}


def detailed(detail: Any) -> Answer:
    return refused(422, 422001, detail=detail)


def checks(tour: Any) -> set[str]:
    return {each.check for each in tour.collector.broken.values()}


def test_a_right_server_breaks_nothing() -> None:
    tour = tour_of_fake()
    payloads.listed(tour)
    payloads.explored(tour, Effort(60))
    assert list(tour.collector.broken) == []
    assert min(tour.collector.times[each] for each in ("submit.accepts", "submit.refuses", "submit.detail")) > 20


def test_made_up_models_are_no_trouble_for_a_server_that_has_them() -> None:
    tour = tour_of_fake()
    made = tour.target.staged("--pace", "time:2,4", more=[MADE_UP])
    assert made is not None
    made_up = replace(tour, stage=made)
    payloads.listed(made_up, only="made-up/")
    payloads.explored(made_up, Effort(60))
    assert list(tour.collector.broken) == []
    asked = tour.collector.times["submit.refuses"]
    payloads.listed(made_up, only="no-such/")
    assert tour.collector.times["submit.refuses"] == asked


def numbered() -> Callable[..., Answer]:
    count = 0

    def answering(method: str, path: str, body: bytes | None) -> Answer:
        nonlocal count
        count += 1
        return accepted(str(count))

    return answering


def test_a_server_that_takes_everything_is_found_out_for_each_keyword() -> None:
    tour = tour_of(numbered())
    payloads.listed(tour)
    found = set(tour.collector.broken)
    assert checks(tour) == {"submit.refuses"}
    assert {f"submit.refuses:submit:{each}" for each in ("required", "type", "several", "enum")} <= found


def test_a_server_that_takes_nothing_is_found_out() -> None:
    tour = tour_of(lambda *_: refused(422, 422001, detail="everything is wrong"))
    payloads.listed(tour)
    assert checks(tour) == {"submit.accepts", "submit.detail"}


def test_a_server_that_is_strict_about_one_letter_is_shown_by_it() -> None:
    right = numbered()

    def strict(method: str, path: str, body: bytes | None) -> Answer:
        prompt = json.loads(body).get("prompt") if body else ""
        if isinstance(prompt, str) and not prompt.isascii():
            return detailed([FINDING])
        return right(method, path, body)

    tour = tour_of(strict)
    payloads.explored(tour, Effort(200))
    found = tour.collector.broken["submit.accepts:submit"].trace[-1].call.body or b""
    assert len(json.loads(found)["prompt"]) == 1


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        (detailed([FINDING]), []),
        (detailed("prompt: should be a string"), []),
        (detailed([{"loc": ["body", "prompt"], "msg": "no", "type": "x"}]), []),
        (detailed([FINDING, {"pointer": ["a"], "keyword": {"b": 1}}]), ["submit.detail:submit:whole"]),
        (detailed([{"pointer": "/prompt"}]), ["submit.detail:submit:finding", "submit.detail:submit:whole"]),
        (detailed([FINDING | {"keyword": "enum"}]), ["submit.detail:submit:finding"]),
        (detailed([FINDING | {"limit": None}]), ["submit.detail:submit:whole"]),
        (detailed("something is wrong"), ["submit.detail:submit"]),
        (detailed([]), ["submit.detail:submit:none"]),
        (refused(422, 422001), ["submit.detail:submit:none"]),
        (refused(400, 400001), ["submit.refuses:submit:type"]),
        (accepted(), ["submit.refuses:submit:type"]),
        (refused(429, 429001), []),
        (refused(400, 400002), []),
        (refused(402, 400002), []),
        (None, ["answer.arrives:submit"]),
    ],
)
def test_what_a_wrong_payload_is_told(answer: Answer | None, due: list[str]) -> None:
    told = session(answer)
    payloads.refuse(told, MODEL, [VIOLATION])
    assert list(told.collector.broken) == due


@pytest.mark.parametrize(
    ("answer", "due"),
    [
        (accepted(), []),
        (refused(429, 429001), []),
        (refused(402, 400002), []),
        (refused(422, 422001), ["submit.accepts:submit"]),
        (said({}, 404), ["error.body:submit:/", "submit.accepts:submit"]),
    ],
)
def test_what_a_right_payload_is_told(answer: Answer, due: list[str]) -> None:
    told = session(answer)
    payloads.accept(told, MODEL, MODEL.example(), "the example")
    found = [each for each in told.collector.broken if not each.startswith("error.code")]
    assert found == due


def test_several_are_spoilt_at_once() -> None:
    told = session(detailed([FINDING]))
    other = InvalidPayload({"prompt": "x", "duration": 0}, "/duration", "minimum", "duration")
    payloads.refuse(told, MODEL, [VIOLATION, other])
    assert json.loads(told.trace[-1].call.body or b"") == {"prompt": 7, "duration": 0}
    assert list(told.collector.broken) == ["submit.detail:submit"]


def test_a_live_server_is_sent_none_of_it() -> None:
    tour = tour_of(numbered())
    live = replace(tour, stage=stage(live=True))
    payloads.listed(live)
    payloads.explored(live, Effort(10))
    assert tour.meter.calls == 0
    assert set(tour.collector.reasons) == {"submit.accepts", "submit.refuses", "submit.detail"}
