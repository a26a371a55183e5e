from __future__ import annotations

from typing import Any

import pytest

from schemas import answer_examples as examples
from schemas.answers import Shape, faults
from schemas.catalog import Catalog
from schemas.variants import CHOICES, Variants
from tests.schemas.build import KLING, kling, model, properties

CATALOG = Catalog([kling(), model(properties(seed={}), model_id="acme/two")])
BASE = "http://127.0.0.1:8787"
CHOSEN = [Variants(), *(Variants().with_({name: value}) for name, values in CHOICES.items() for value in values[1:])]


def told(variants: Variants, catalog: Catalog = CATALOG) -> dict[Shape, examples.Answers]:
    made = {
        Shape.SUBMIT: examples.submit(BASE),
        Shape.STATUS: examples.status(BASE, variants),
        Shape.RESULT: examples.result(catalog, variants),
        Shape.CANCEL: examples.cancel(),
        Shape.MODELS: examples.models(catalog, variants),
        Shape.CATEGORIES: examples.categories(catalog, variants),
    }
    if catalog:
        made[Shape.MODEL] = examples.full_record(catalog[KLING], variants)
    return made


@pytest.mark.parametrize("variants", CHOSEN)
@pytest.mark.parametrize("catalog", [CATALOG, Catalog([])], ids=["two models", "no model"])
def test_every_answer_fits_its_shape_whatever_is_chosen(variants: Variants, catalog: Catalog) -> None:
    for shape, answers in told(variants, catalog).items():
        for name, answer in answers.items():
            assert faults(shape, answer) == [], name


def _word(shape: Shape) -> set[Any]:
    return {answer["status"] for answer in told(Variants())[shape].values()}


def test_there_is_an_answer_for_each_status() -> None:
    assert _word(Shape.STATUS) == {"in_queue", "in_progress", "completed", "cancelled"}
    assert _word(Shape.RESULT) == {"in_queue", "in_progress", "succeeded", "failed", "cancelled"}
    assert _word(Shape.CANCEL) == {"cancelled", "in_progress", "completed"}


def test_the_choice_shows() -> None:
    def result(name: str, value: str) -> examples.Answers:
        return examples.result(CATALOG, Variants().with_({name: value}))

    assert result("result_success_word", "completed")["succeeded"]["status"] == "completed"
    assert isinstance(result("failure_error", "string")["failed"]["error"], str)
    assert result("finished_at_before_end", "null")["in_queue"]["finished_at"] is None
    assert result("result_echo", "present")["in_queue"]["input"] == CATALOG["acme/two"].example()
    assert result("timestamps", "naive")["in_queue"]["created_at"] == "2026-01-01T09:00:00.000000"
    first = examples.status(BASE, Variants().with_({"queue_position_base": "0"}))["in_queue"]
    assert first["queue_position"] == 0
    objects = examples.categories(CATALOG, Variants().with_({"categories_form": "objects"}))["all"]["categories"]
    assert {"category": "text-to-video", "count": 1} in objects


def test_only_the_answer_that_was_asked_for_it_tells_the_cost() -> None:
    answers = examples.result(Catalog([kling()]), Variants())
    assert {name for name, answer in answers.items() if "cost" in answer} == {"with include_cost=true"}
    assert answers["with include_cost=true"]["cost"] == 0.84  # 5 seconds with sound
    assert answers["succeeded"]["output"].keys() == {"video"}


def test_urls_are_on_the_server_that_is_named() -> None:
    (answer,) = examples.submit(BASE).values()
    assert answer["status_url"] == f"{BASE}/v1/requests/{answer['request_id']}/status"
