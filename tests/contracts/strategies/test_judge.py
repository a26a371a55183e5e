from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from contracts.strategies.judge import NO_KEYWORD, Judge, judged_schema
from schemas.variants import Variants
from tests.contracts.strategies.oracle import MODEL, MODELS, QUICK, RULE, errors, rule_verdicts
from tests.properties.dialect_strategies import instances
from tests.schemas.build import model, properties


@QUICK
@given(instances(MODEL.input.vendored))
def test_verdicts_are_those_of_independent_judges(payload: Any) -> None:
    judge = Judge(MODEL, None)
    found = errors(MODEL, payload)
    verdicts = rule_verdicts("kling", payload) if isinstance(payload, dict) else [True]
    assert judge.is_valid(payload) is (found == [] and all(verdicts))
    rule = [] if all(verdicts) else [("/multi_prompt", RULE)]
    assert sorted(judge.broken(payload)) == sorted(found + rule)
    assert judge.is_surely_broken(payload) is (found != [] or not any(verdicts))


@pytest.mark.parametrize(
    ("payload", "variants", "valid", "surely_broken"),
    [
        ({"prompt": "aa", "image_urls": 1}, None, True, False),
        ({"prompt": "aa"}, None, False, False),
        ({"prompt": "aa"}, Variants(), False, True),
        ({"prompt": "aa"}, Variants(undeclared_required="ignored"), True, False),
        ({"prompt": "aa", "image_urls": 1, "mask": "no uri"}, None, False, False),
        ({"prompt": "aa", "image_urls": 1, "mask": "no uri"}, Variants(), False, True),
        ({"prompt": "aa", "image_urls": 1, "mask": "no uri"}, Variants(uri_format="ignored"), True, False),
        ({"prompt": "a", "image_urls": 1}, None, False, True),
    ],
)
def test_what_variants_disagree_on_is_neither_valid_nor_surely_broken(
    payload: Any, variants: Variants | None, *, valid: bool, surely_broken: bool
) -> None:
    judge = Judge(MODELS["images"], variants)
    assert judge.is_valid(payload) is valid
    assert judge.is_surely_broken(payload) is surely_broken


def test_the_schema_false_has_no_keyword() -> None:
    assert Judge(model(properties(type=False)), None).broken({"type": 1}) == [("/type", NO_KEYWORD)]


def test_the_model_keeps_its_schema() -> None:
    made = MODELS["images"]
    before = repr(made.input.normalised)
    assert judged_schema(made, Variants(undeclared_required="ignored"))["required"] == ["prompt"]
    assert repr(made.input.normalised) == before
