from __future__ import annotations

import pytest

from tests.schemas.build import kling, model, properties


def test_the_example_of_the_seed_model_is_the_one_of_its_page() -> None:
    seed = kling()
    assert seed.example() == {"prompt": seed.input.vendored["properties"]["prompt"]["default"]}


def test_the_defaults_are_those_of_the_page() -> None:
    seed = kling()
    page = seed.input.vendored["properties"]
    assert seed.defaults() == {name: part["default"] for name, part in page.items() if "default" in part}


def test_what_is_required_but_undeclared_is_in_the_example() -> None:
    assert model({"type": "object", "required": ["image_urls"]}).example().keys() == {"image_urls"}


@pytest.mark.parametrize("always", [True, False])
def test_a_property_that_is_no_object_but_a_boolean_schema_has_no_default(*, always: bool) -> None:
    made = model({"type": "object", "properties": {"a": always, "b": {"default": 1}}})
    assert made.defaults() == {"b": 1}
    assert made.complete({"a": 2}) == {"a": 2, "b": 1}


def test_a_required_property_of_the_schema_true_has_some_example() -> None:
    made = model({"type": "object", "properties": {"a": True}, "required": ["a"]})
    assert made.example().keys() == {"a"}


def test_a_default_of_null_is_a_default() -> None:
    assert model(properties(a={"default": None})).defaults() == {"a": None}


def test_a_payload_is_completed_with_defaults_and_keeps_what_it_says() -> None:
    made = model(properties(a={"default": 1}, b={"default": None}, c={}))
    payload = {"a": 2, "z": 3}
    assert made.complete(payload) == {"a": 2, "b": None, "z": 3}
    assert payload == {"a": 2, "z": 3}


def test_changing_what_is_handed_out_changes_no_model() -> None:
    made = model(properties(a={"default": 1}))
    made.defaults()["a"] = 9
    made.complete({})["a"] = 9
    assert made.defaults() == {"a": 1}
