from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find, given, settings

from contracts.strategies import boundary_cases, boundary_payloads
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.contracts.strategies.oracle import CATALOG, KLING, LONG, MODEL, MODELS, QUICK, errors, rule_verdicts


@pytest.mark.parametrize("name", MODELS)
def test_all_edges_are_valid_under_every_variant(name: str) -> None:
    made = MODELS[name]
    validator = PayloadValidator(made, Variants())

    def check(payload: dict[str, Any]) -> None:
        assert errors(made, payload) == []
        assert all(rule_verdicts(name, payload))
        assert validator.check(payload).findings == ()

    for case in boundary_cases(made.model_id, models=CATALOG):
        check(case.payload)
    settings(QUICK, max_examples=200)(given(boundary_payloads(made.model_id, models=CATALOG))(check))()


def test_every_edge_of_the_seed_model_is_listed() -> None:
    cases = boundary_cases(KLING)
    payloads = [case.payload for case in cases]
    lengths = {len(payload.get("multi_prompt", "")) for payload in payloads}
    assert {payload.get("duration") for payload in payloads} >= {None, 3, 4, 5, 14, 15}
    assert {repr(payload.get("cfg_scale")) for payload in payloads} >= {"0", "0.0", "1", "1.0", "0.5", "None"}
    assert {payload.get("aspect_ratio") for payload in payloads} == {None, "16:9", "9:16", "1:1"}
    assert {payload.get("sound") for payload in payloads} == {None, True, False}
    assert lengths == {0, 1, 2, 5}
    assert {shot["duration"] for each in payloads for shot in each.get("multi_prompt", ())} >= {3, 4, 5, 14, 15}
    assert {"prompt": ""} in payloads
    assert any(payload.keys() == MODEL.input.normalised["properties"].keys() for payload in payloads)
    assert len({repr(payload) for payload in payloads}) == len(cases)
    labels = {case.label: case.payload for case in cases}
    assert labels["/duration: greatest"] == {"prompt": "a", "duration": 15}
    assert labels['/aspect_ratio: is "9:16"'] == {"prompt": "a", "aspect_ratio": "9:16"}
    assert list(labels["/multi_prompt: of the most items"]) == ["prompt", "duration", "multi_prompt"]


def test_every_edge_of_the_images_model_is_listed() -> None:
    payloads = [case.payload for case in boundary_cases("acme/images", models=CATALOG)]
    assert {len(payload["prompt"]) for payload in payloads} >= {2, 40}
    assert {payload.get("num_images") for payload in payloads} == {None, 1, 2, 3, 4}
    assert {payload.get("width") for payload in payloads} >= {64, 72, 1016, 1024}
    assert {len(payload.get("images", "")) for payload in payloads} == {0, 1, 2, 3}
    assert {payload.get("strength") for payload in payloads} >= {1, 1e-09}
    assert None in [payload.get("seed", 0) for payload in payloads]


def test_edges_of_a_list_that_may_be_empty_are_listed_where_that_is_known() -> None:
    free = [case.payload for case in boundary_cases(KLING, variants=Variants())]
    assert [] in [payload.get("multi_prompt") for payload in free]


def test_cases_are_the_same_each_time_and_can_be_changed() -> None:
    before = [(case.label, repr(case.payload)) for case in boundary_cases(KLING)]
    for case in boundary_cases(KLING):
        case.payload.clear()
    assert [(case.label, repr(case.payload)) for case in boundary_cases(KLING)] == before


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (lambda _: True, {"prompt": "a"}),
        (lambda payload: payload.get("duration") == 15, {"prompt": "a", "duration": 15}),
        (
            lambda payload: payload.get("sound") and payload.get("aspect_ratio") == "1:1",
            {"prompt": "a", "aspect_ratio": "1:1", "sound": True},
        ),
    ],
)
def test_an_edge_shrinks_to_what_matters(condition: Callable[[Any], Any], expected: dict[str, Any]) -> None:
    assert find(boundary_payloads(KLING), condition, settings=LONG) == expected
