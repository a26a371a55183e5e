from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings

import schemas
from contracts.server.calling.target import FakeTarget
from contracts.server.playing.cheapest import cheapest
from contracts.server.playing.crowd import MADE_UP, write_crowd
from contracts.strategies import boundary_cases, payloads
from contracts.strategies.judge import Judge
from schemas import catalog
from schemas.catalog import Catalog
from schemas.pricing import cost

ALL = catalog.load([MADE_UP])


def only(model_id: str) -> Catalog:
    return Catalog([ALL[model_id]])


@pytest.mark.parametrize("model_id", ALL)
def test_no_edge_of_a_model_is_cheaper(model_id: str) -> None:
    model, payload, price = cheapest(only(model_id))
    assert model.model_id == model_id
    assert price == cost(model, payload)
    jsonschema.Draft202012Validator(dict(model.input.normalised)).validate(payload)
    cases = boundary_cases(model_id, models=ALL)
    assert cases
    assert min(cost(model, case.payload) for case in cases) >= price


@given(payloads("kling/kling-3.0/pro/text-to-video"))
def test_no_payload_of_the_packaged_model_is_cheaper(payload: dict[str, Any]) -> None:
    model, _, price = cheapest(catalog.load())
    assert cost(model, payload) >= price


@pytest.mark.parametrize("model_id", [each for each in ALL if each.startswith("made-up/")])
def test_no_payload_of_a_made_up_model_is_cheaper(model_id: str) -> None:
    model, _, price = cheapest(only(model_id))

    @settings(max_examples=30)
    @given(payloads(model_id, models=ALL))
    def drawn(payload: dict[str, Any]) -> None:
        assert cost(model, payload) >= price

    drawn()


def test_the_cheapest_of_all_models_is_the_cheapest_of_each() -> None:
    model, payload, price = cheapest(ALL)
    each = {model_id: cheapest(only(model_id)) for model_id in ALL}
    assert price == min(offer[2] for offer in each.values())
    assert (model, payload, price) == each[model.model_id]


def test_it_is_the_same_each_time() -> None:
    assert cheapest(ALL) == cheapest(Catalog(reversed(list(ALL.values()))))


def test_the_fake_takes_it() -> None:
    stage = FakeTarget(1, [MADE_UP]).open()
    for model_id in ALL:
        model, payload, _ = cheapest(only(model_id))
        headers = {"Authorization": "Bearer t", "Content-Type": "application/json"}
        body = json.dumps(payload).encode()
        assert stage.connection.send("POST", f"/v1/models/{model.model_id}", headers, body).status == 200


# -- models that make it hard


def made(folder: Path, schema: dict[str, Any], **record: Any) -> Catalog:
    home = folder / "maker" / "thing"
    home.mkdir(parents=True)
    (home / "input.json").write_text(json.dumps({"type": "object"} | schema), "utf-8")
    (home / "model.json").write_text(json.dumps({"display_name": "Thing"} | record), "utf-8")
    return catalog.load([folder], packaged=False)


SECOND = {"price_unit": "second", "base_price_usd": 1.0}


@pytest.mark.parametrize(
    ("properties", "required", "price"),
    [
        ({"duration": {"type": "integer", "minimum": 3, "maximum": 15, "default": 5}}, [], 3.0),
        ({"duration": {"type": "integer", "minimum": 3, "maximum": 15, "default": 5}}, ["duration"], 3.0),
        ({"duration": {"type": "string", "enum": ["10", "5"], "default": "10"}}, [], 5.0),
        ({"duration": {"type": "string", "enum": ["auto", "5"], "default": "5"}}, [], 1.0),
        ({"duration": {"type": "integer", "exclusiveMinimum": 3, "maximum": 15, "default": 9}}, [], 4.0),
        ({"duration": {"type": "integer", "minimum": 3, "multipleOf": 5, "default": 10}}, [], 5.0),
        ({"duration": {"type": "integer", "minimum": 3, "maximum": 9}}, [], 1.0),
        ({"duration": {"const": 7}}, ["duration"], 7.0),
    ],
)
def test_seconds_are_as_few_as_the_schema_allows(
    tmp_path: Path, properties: dict[str, Any], required: list[str], price: float
) -> None:
    models = made(tmp_path, {"properties": properties, "required": required}, **SECOND)
    assert cheapest(models)[2] == price
    assert (
        min(cost(models["maker/thing"], case.payload) for case in boundary_cases("maker/thing", models=models)) >= price
    )


def test_a_rule_of_the_prose_is_kept_to(tmp_path: Path) -> None:
    """The example's parts add up to its duration, and hold it there; a payload without parts need not."""
    model = ALL["kling/kling-3.0/pro/text-to-video"]
    assert model.rules
    home = tmp_path / "maker" / "thing"
    home.mkdir(parents=True)
    schema = json.loads(json.dumps(model.input.normalised))
    schema["properties"]["multi_prompt"]["default"] = [{"prompt": "x", "duration": 5}]
    (home / "input.json").write_text(json.dumps(schema), "utf-8")
    (home / "model.json").write_text(json.dumps({"display_name": "Thing"} | SECOND), "utf-8")
    rules = Path(schemas.__file__).parent / "models" / model.model_id / "rules.json"
    (home / "rules.json").write_text(rules.read_text("utf-8"), "utf-8")
    made_up = catalog.load([tmp_path], packaged=False)["maker/thing"]
    _, payload, price = cheapest(Catalog([made_up]))
    assert Judge(made_up, None).is_valid(payload)
    assert price == min(
        cost(made_up, case.payload) for case in boundary_cases("maker/thing", models=Catalog([made_up]))
    )


def test_a_model_without_a_price_could_cost_anything(tmp_path: Path) -> None:
    models = made(tmp_path, {"properties": {}})
    assert cheapest(models)[2] == float("inf")
    assert cheapest(Catalog([*models.values(), *ALL.values()])) == cheapest(ALL)


def test_a_crowd_has_its_first_member_as_the_cheapest(tmp_path: Path) -> None:
    write_crowd(tmp_path)
    model, _, price = cheapest(catalog.load([tmp_path], packaged=False))
    assert (model.model_id, price) == ("crowd/member-00/text-to-image", 0.01)
