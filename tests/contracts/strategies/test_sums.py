from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from contracts.strategies import CannotGenerateError, payloads, violation_cases
from contracts.strategies.amounts import lowest
from contracts.strategies.sums import Summing, summing
from schemas.catalog import Catalog
from schemas.model import Model
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.contracts.strategies.oracle import LONG, MODEL, WAYS, rule_verdicts
from tests.schemas.build import MODEL_ID, model, properties, sum_rule

NUMBERS: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.fixed_dictionaries(
        {"type": st.sampled_from(["integer", "number"])},
        optional={"minimum": st.integers(-2, 4), "maximum": st.integers(4, 12), "multipleOf": st.sampled_from([1, 2])},
    ),
    st.fixed_dictionaries({"enum": st.lists(st.integers(0, 9), min_size=1, max_size=3, unique=True)}),
)


@st.composite
def models(draw: st.DrawFn) -> Model:
    """Draw a model with a rule: terms in objects or bare, a total at the root or below, defaults, things required."""
    term: dict[str, Any] = draw(NUMBERS)
    total: dict[str, Any] = draw(NUMBERS)
    for each in (term, total):
        if draw(st.booleans()):
            each["default"] = draw(st.integers(0, 6))
    bare, below = draw(st.booleans()), draw(st.booleans())
    item: dict[str, Any] = properties(seconds=term, text={"type": "string"})
    if draw(st.booleans()):
        item["required"] = ["seconds"]
    listing: dict[str, Any] = {"type": "array", "items": term if bare else item, "minItems": draw(st.integers(0, 2))}
    if draw(st.booleans()):
        listing["maxItems"] = listing["minItems"] + draw(st.integers(0, 3))
    holder = properties(seconds=total) | ({"required": ["seconds"]} if draw(st.booleans()) else {})
    document = properties(shots=listing, **({"whole": holder} if below else holder["properties"]))
    names = st.sampled_from(["shots", "whole" if below else "seconds"])
    document["required"] = draw(st.lists(names, unique=True))
    rule = sum_rule("/shots/*" if bare else "/shots/*/seconds", "/whole/seconds" if below else "/seconds")
    return model(document, rules=[rule])


VARIANTS = [Variants().with_({"omitted_durations": one, "empty_sum": two}) for one, two in WAYS]


@settings(LONG, max_examples=600)
@given(st.data(), models(), st.sampled_from([None, *VARIANTS]))
def test_the_rule_of_any_model_holds_by_construction(
    data: st.DataObject, made: Model, variants: Variants | None
) -> None:
    catalog = Catalog([made])
    try:
        strategy = payloads(MODEL_ID, models=catalog, variants=variants)
    except CannotGenerateError:
        event("none made")
        return
    payload = data.draw(strategy)
    event(f"items: {len(payload.get('shots', ''))}")
    validators = [PayloadValidator(made, each) for each in ([variants] if variants else VARIANTS)]
    for validator in validators:
        assert validator.check(payload).findings == ()
    for case in violation_cases(MODEL_ID, models=catalog, variants=variants):
        assert all(validator.check(case.payload).findings for validator in validators)


def of_kling(variants: Variants | None = None) -> Summing:
    found = summing(MODEL.rules[0], MODEL.input.normalised, variants)
    assert found is not None
    return found


def test_the_rule_of_the_seed_model_leaves_room_for_five_segments() -> None:
    assert (of_kling().fewest, of_kling().most) == (1, 5)
    assert (of_kling(Variants()).fewest, of_kling(Variants()).most) == (0, 5)


@pytest.mark.parametrize(
    ("payload", "settled"),
    [
        ({}, {}),
        ({"duration": 9}, {"duration": 9}),
        ({"multi_prompt": [{}, {}]}, {"multi_prompt": [{"duration": 3}, {"duration": 3}], "duration": 6}),
        ({"multi_prompt": [{"duration": 9}]}, {"multi_prompt": [{"duration": 9}], "duration": 9}),
        ({"multi_prompt": [{"duration": 5}], "duration": 9}, {"multi_prompt": [{"duration": 5}]}),
    ],
)
def test_settling_keeps_the_terms_and_sets_the_total(payload: Any, settled: Any) -> None:
    assert of_kling().settle(payload, lowest, keep=True)
    assert payload == settled
    assert all(rule_verdicts("kling", payload))


def test_what_leaves_no_room_is_told() -> None:
    assert not of_kling().settle({"multi_prompt": [{}] * 6}, lowest)
    assert not of_kling().can_have(6)


def test_numbers_are_read_and_put() -> None:
    payload: dict[str, Any] = {"multi_prompt": [{"duration": 3}, "text", {"duration": 4}]}
    assert of_kling().sum_of(payload) == 7
    assert of_kling().at(payload, ("multi_prompt", "2", "duration")) == 4
    assert of_kling().put(payload, ("duration",), Fraction(15, 2))
    assert payload["duration"] == 7.5
    assert of_kling().sum_of({"multi_prompt": [{"duration": "3"}]}) is None


@pytest.mark.parametrize("terms", ["/a/*/b/*/c", "/seconds", "/nowhere/*/seconds"])
def test_rules_of_another_shape_are_left_to_others(terms: str) -> None:
    document = model(properties(seconds={"type": "integer"})).input.normalised
    assert summing(sum_rule(terms), document, None) is None
