from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import outputs
from schemas.model import PriceTier
from schemas.pricing import base_price, cost, unit_price
from schemas.variants import Variants
from tests.schemas.build import kling, model, properties

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(st.text(max_size=3), part, max_size=3),
    max_leaves=5,
)


def test_the_seed_model_costs_what_is_published() -> None:
    seed = kling()
    assert cost(seed, {"prompt": "a", "sound": False, "duration": 10}) == 1.12
    assert cost(seed, {"prompt": "a", "sound": True, "duration": 10}) == 1.68
    assert cost(seed, {"prompt": "a"}) == 0.84  # five seconds with sound, by the defaults


@pytest.mark.parametrize(("choice", "usd"), [("lowest", 0.112), ("defaults", 0.168)])
def test_the_base_price_is_the_lowest_or_the_one_of_the_defaults(choice: Any, usd: float) -> None:
    assert base_price(kling(), Variants(base_price=choice)) == usd


@given(st.integers(3, 15), st.booleans())
@settings(deadline=None)
def test_a_price_by_the_second_grows_with_the_seconds(duration: int, sound: bool) -> None:  # noqa: FBT001
    tier = 168 if sound else 112
    assert cost(kling(), {"prompt": "a", "duration": duration, "sound": sound}) == duration * tier / 1000


def test_the_first_tier_that_fits_counts_and_the_base_price_where_none_does() -> None:
    tiers = [
        PriceTier(((("size",), "4k"), (("opts", "fast"), True)), 4.0),
        PriceTier(((("size",), "4k"),), 3.0),
        PriceTier(((("size",), "4k"),), 2.0),
    ]
    made = model(properties(size={"default": "1k"}), tiers=tiers, price=1.0)
    assert unit_price(made, {"size": "4k", "opts": {"fast": True}}) == 4.0
    assert unit_price(made, {"size": "4k", "opts": {"fast": False}}) == 3.0
    assert unit_price(made, {"size": "4k"}) == 3.0
    assert unit_price(made, {}) == 1.0


def test_a_tier_without_conditions_always_fits() -> None:
    assert unit_price(model(tiers=[PriceTier((), 2.0)], price=1.0), {}) == 2.0


def test_a_model_without_a_price_costs_nothing() -> None:
    assert cost(model(), {"num_images": 4}) == 0.0
    assert base_price(model(), Variants(base_price="defaults")) is None


@pytest.mark.parametrize(
    ("payload", "count"),
    [
        ({}, 1),
        ({"num_images": 3}, 3),
        ({"num_images": 3.0}, 3),
        ({"num_images": "4"}, 4),
        ({"num_images": "auto"}, 1),
        ({"num_images": 0}, 1),
        ({"num_images": -2}, 1),
        ({"num_images": True}, 1),
        ({"num_images": None}, 1),
        ({"n": 2}, 2),
        ({"other": 2}, 1),
    ],
)
def test_the_outputs_asked_for_are_read_from_the_usual_properties(payload: dict[str, Any], count: int) -> None:
    assert outputs.count(model(), payload) == count
    assert cost(model(price=0.5), payload) == count / 2


def test_the_number_of_outputs_may_be_a_default() -> None:
    made = model(properties(num_images={"type": "integer", "default": 2}), price=0.5)
    assert (cost(made, {}), cost(made, {"num_images": 1})) == (1.0, 0.5)


def test_seconds_may_be_texts_and_a_word_for_them_counts_as_one() -> None:
    made = model(unit="second", price=0.5)
    assert cost(made, {"duration": "10"}) == 5.0
    assert cost(made, {"duration": 2.5}) == cost(made, {"duration": "2.5"}) == 1.25
    assert cost(made, {"duration": "auto"}) == 0.5
    assert cost(made, {}) == 0.5


_STRANGE = [-5, math.inf, -math.inf, math.nan, "nan", "inf", "1e999", "-3", [], {}, None]
_HUGE = [pytest.param(10**400, id="huge"), pytest.param(-(10**400), id="-huge"), pytest.param("9" * 5000, id="digits")]


@pytest.mark.parametrize("value", _STRANGE + _HUGE)
@pytest.mark.parametrize("name", ["duration", "num_images"])
@pytest.mark.parametrize("unit", ["second", "output"])
def test_a_cost_is_a_finite_number_whatever_an_open_schema_lets_through(name: str, unit: str, value: Any) -> None:
    usd = cost(model(price=0.5, unit=unit), {name: value})
    assert math.isfinite(usd)
    assert usd >= 0


@settings(deadline=None)
@given(_JSON, st.sampled_from(["second", "output"]))
def test_a_cost_is_a_finite_number_for_any_json(value: Any, unit: str) -> None:
    usd = cost(model(price=0.5, unit=unit), {"duration": value, "n": value})
    assert math.isfinite(usd)
    assert usd >= 0
