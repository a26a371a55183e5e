from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import find, given, seed, settings

from contracts.strategies import InvalidPayload, invalid_payloads, violation_cases
from schemas.catalog import Catalog
from schemas.pointers import select
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.contracts.strategies.oracle import (
    CATALOG,
    KLING,
    LONG,
    MODEL,
    MODELS,
    QUICK,
    RULE,
    SUMMED,
    errors,
    rule_verdicts,
)
from tests.schemas.build import MODEL_ID, model

RULES = {"kling": RULE, "shots": "shots-add-up"}


def all_broken(name: str, payload: dict[str, Any], *, formats: bool = True) -> list[tuple[str, str]]:
    """Return all that independent judges find; the prose rule if it is broken under any variant."""
    found = errors(MODELS[name], payload, formats=formats)
    rule = [] if all(rule_verdicts(name, payload)) else [(f"/{SUMMED[name][0]}", RULES[name])]
    return found + rule


def check_one(name: str, invalid: InvalidPayload) -> None:
    found = all_broken(name, invalid.payload)
    assert (invalid.pointer, invalid.keyword) in found
    others = list(found)
    others.remove((invalid.pointer, invalid.keyword))
    assert {keyword for _, keyword in others} == set(invalid.also)
    assert errors(MODELS[name], invalid.payload, formats=False) or not any(rule_verdicts(name, invalid.payload))
    assert select(invalid.payload, invalid.pointer)
    assert invalid.property == invalid.pointer.rpartition("/")[2] or invalid.keyword in (
        "required",
        "additionalProperties",
        "type",
        "format",
        "minLength",
    )


@pytest.mark.parametrize("name", MODELS)
def test_each_violation_breaks_what_it_says(name: str) -> None:
    seen: Counter[str] = Counter()

    @settings(QUICK, max_examples=200)
    @given(invalid_payloads(MODELS[name].model_id, models=CATALOG))
    def check(invalid: InvalidPayload) -> None:
        check_one(name, invalid)
        seen["alone" if not invalid.also else "with others"] += 1

    check()
    for case in violation_cases(MODELS[name].model_id, models=CATALOG):
        check_one(name, case)
    assert seen["alone"] > seen["with others"]


def test_every_violation_of_the_seed_model_is_listed() -> None:
    cases = violation_cases(KLING)
    listed = Counter((case.pointer, case.keyword) for case in cases)
    names = [
        *MODEL.input.normalised["properties"],
        "multi_prompt/0",
        "multi_prompt/0/prompt",
        "multi_prompt/0/duration",
    ]
    expected = {(f"/{name}", "type") for name in names}
    expected |= {
        (f"/{name}", bound) for name in ("duration", "cfg_scale", "multi_prompt/0/duration") for bound in BOUNDS
    }
    expected |= {("", "required"), ("/aspect_ratio", "enum"), ("/shot_type", "enum"), ("/multi_prompt", "maxItems")}
    assert set(listed) == {*expected, ("/multi_prompt", RULE)}
    assert 50 <= len(cases) <= 90
    assert len({repr(case) for case in cases}) == len(cases)
    alone = {(case.pointer, case.keyword) for case in cases if not case.also}
    assert set(listed) - alone == {
        ("/aspect_ratio", "type"),  # what is no text is none of the words either
        ("/shot_type", "type"),
        ("/multi_prompt", "maxItems"),  # 21 segments of 3 seconds are longer than any video
        ("/multi_prompt/0/duration", "maximum"),  # so is one of 16
    }


BOUNDS = ("minimum", "maximum")


def test_cases_are_the_same_each_time_and_can_be_changed() -> None:
    before = copy.deepcopy(violation_cases(KLING))
    for case in violation_cases(KLING):
        case.payload.clear()
    assert violation_cases(KLING) == before


Condition = Callable[[InvalidPayload], Any]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (lambda _: True, InvalidPayload({}, "", "required", "prompt")),
        (
            lambda found: found.keyword == "maximum",
            InvalidPayload({"prompt": "", "duration": 16}, "/duration", "maximum", "duration"),
        ),
        (
            lambda found: found.keyword == "minimum" and found.property == "cfg_scale",
            InvalidPayload({"prompt": "", "cfg_scale": -0.01}, "/cfg_scale", "minimum", "cfg_scale"),
        ),
        (
            lambda found: found.keyword == "maximum" and found.payload.get("duration", 0) > 10**9,
            InvalidPayload({"prompt": "", "duration": 10**9 + 1}, "/duration", "maximum", "duration"),
        ),
        (
            lambda found: found.property == "sound",
            InvalidPayload({"prompt": "", "sound": "true"}, "/sound", "type", "sound"),
        ),
        (
            lambda found: found.keyword == "enum" and found.property == "shot_type",
            InvalidPayload({"prompt": "", "shot_type": "CUSTOMIZE"}, "/shot_type", "enum", "shot_type"),
        ),
        (
            lambda found: found.keyword == RULE,
            InvalidPayload(
                {"prompt": "", "duration": 4, "multi_prompt": [{"duration": 3}]}, "/multi_prompt", RULE, "multi_prompt"
            ),
        ),
        (
            lambda found: found.pointer == "/multi_prompt/0/prompt",
            InvalidPayload(
                {"prompt": "", "duration": 3, "multi_prompt": [{"prompt": 5, "duration": 3}]},
                "/multi_prompt/0/prompt",
                "type",
                "prompt",
            ),
        ),
    ],
)
def test_a_violation_shrinks_to_what_matters(condition: Condition, expected: InvalidPayload) -> None:
    assert find(invalid_payloads(KLING), condition, settings=LONG) == expected


@pytest.mark.parametrize("name", ["kling", "images", "nested"])
def test_every_kind_of_violation_is_drawn(name: str) -> None:
    drawn: set[tuple[str, str]] = set()

    @seed(1)
    @settings(LONG, max_examples=600, derandomize=False)
    @given(invalid_payloads(MODELS[name].model_id, models=CATALOG))
    def draw(invalid: InvalidPayload) -> None:
        drawn.add((invalid.property, invalid.keyword))

    draw()
    listed = violation_cases(MODELS[name].model_id, models=CATALOG)
    assert {(each.property, each.keyword) for each in listed} <= drawn


def test_the_images_model_is_broken_in_all_its_ways() -> None:
    keywords = {(case.property, case.keyword) for case in violation_cases("acme/images", models=CATALOG)}
    assert keywords >= {
        ("prompt", "minLength"),
        ("prompt", "maxLength"),
        ("num_images", "minimum"),
        ("images", "minItems"),
        ("images", "maxItems"),
        ("images", "uniqueItems"),
        ("strength", "exclusiveMinimum"),
        ("width", "multipleOf"),
        ("scale", "multipleOf"),
        ("seed", "type"),
        ("code", "pattern"),
        ("style", "const"),
        ("duration", "enum"),
    }


def test_what_only_some_variants_refuse_is_drawn_for_those_alone() -> None:
    cautious = {(each.property, each.keyword) for each in violation_cases("acme/images", models=CATALOG)}
    strict = violation_cases("acme/images", models=CATALOG, variants=Variants())
    more = {(each.property, each.keyword) for each in strict} - cautious
    assert more == {("images", "format"), ("mask", "format"), ("image_urls", "required")}
    validator = PayloadValidator(MODELS["images"], Variants())
    for case in strict:
        assert (case.pointer, case.keyword) in errors(MODELS["images"], case.payload)
        assert validator.check(case.payload).findings
    lax = violation_cases("acme/images", models=CATALOG, variants=Variants(uri_format="ignored"))
    assert "format" not in {each.keyword for each in lax}


def test_a_model_that_takes_everything_cannot_be_offended() -> None:
    everything = Catalog([model({"type": "object"})])
    assert violation_cases(MODEL_ID, models=everything) == []
    with pytest.raises(ValueError, match="takes every object"):
        invalid_payloads(MODEL_ID, models=everything)


def test_no_violation_is_rejected_and_no_health_check_fails() -> None:
    calls = 0

    @settings(QUICK, max_examples=200, suppress_health_check=[])
    @given(invalid_payloads(KLING))
    def draw(invalid: InvalidPayload) -> None:
        nonlocal calls
        calls += 1

    draw()
    assert calls == 200
