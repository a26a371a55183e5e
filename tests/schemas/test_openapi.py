from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from schemas import ledger
from schemas.answers import Shape, schema
from schemas.catalog import Catalog
from schemas.openapi import BASE_URL, RULES, document
from schemas.responses import LEDGER
from schemas.variants import CHOICES, Variants
from tests.schemas.build import KLING, kling, model, properties

ROOT = Path(__file__).parents[2]
_SHARED = properties(a={"$ref": "#/$defs/size"}, b={"type": "array", "items": {"$ref": "#"}}) | {
    "$defs": {"size": {"type": "integer", "minimum": 3}},
    "required": ["a"],
}
_CATALOG = Catalog(
    [
        kling(),
        model(properties(seed={}), model_id="acme/two/three"),
        model(_SHARED, model_id="acme/refs"),
    ]
)
_STATUSES = ["auth_status", "balance_status", "too_large_status", "media_type_status"]


def _errors(made: dict[str, Any]) -> list[str]:
    return [error.message for error in OpenAPIV31SpecValidator(made).iter_errors()]


def _submit(made: dict[str, Any], model_id: str) -> dict[str, Any]:
    operation: dict[str, Any] = made["paths"][f"/v1/models/{model_id}"]["post"]
    return operation


def _request_validator(made: dict[str, Any], model_id: str) -> jsonschema_rs.Validator:
    """Compile the request schema as it stands in the document, so that references are followed from there."""
    path = f"/v1/models/{model_id}".replace("/", "~1")
    registry = jsonschema_rs.Registry([("urn:openapi", made)], draft=jsonschema_rs.Draft202012)
    place = f"urn:openapi#/paths/{path}/post/requestBody/content/application~1json/schema"
    return jsonschema_rs.validator_for({"$ref": place}, registry=registry)


def test_the_document_is_valid_openapi() -> None:
    made = document(_CATALOG)
    assert made["openapi"].startswith("3.1")
    assert _errors(made) == []


@pytest.mark.parametrize(("setting", "value"), [(name, value) for name in _STATUSES for value in CHOICES[name]])
def test_the_document_is_valid_and_names_the_statuses_whatever_is_chosen(setting: str, value: str) -> None:
    made = document(_CATALOG, variants=Variants().with_({setting: value}))
    assert _errors(made) == []
    assert value in _submit(made, KLING)["responses"]
    others = set(CHOICES[setting]) - {value, "400", "422"}
    assert not others & _submit(made, KLING)["responses"].keys()


def test_an_empty_catalog_has_a_document_too() -> None:
    assert _errors(document(Catalog([]))) == []


def test_there_is_one_literal_path_for_each_model_and_for_each_other_operation() -> None:
    made = document(_CATALOG)
    assert list(made["paths"]) == [
        *(f"/v1/models/{model_id}" for model_id in _CATALOG),
        "/v1/requests/{request_id}/status",
        "/v1/requests/{request_id}/result",
        "/v1/requests/{request_id}/cancel",
        "/v1/models",
        "/v1/models/categories",
    ]
    assert all(set(made["paths"][f"/v1/models/{model_id}"]) == {"get", "post"} for model_id in _CATALOG)


@pytest.mark.parametrize(
    ("path", "method", "statuses", "parameters"),
    [
        (f"/v1/models/{KLING}", "post", "200 400 401 413 415 422 429 500 5XX", ""),
        (f"/v1/models/{KLING}", "get", "200 400 401 429 500 5XX", ""),
        ("/v1/requests/{request_id}/status", "get", "200 401 403 404 429 500 5XX", "request_id"),
        ("/v1/requests/{request_id}/result", "get", "200 401 403 404 422 429 500 5XX", "request_id include_cost"),
        ("/v1/requests/{request_id}/cancel", "post", "202 401 403 404 429 500 5XX", "request_id"),
        ("/v1/models", "get", "200 401 422 429 500 5XX", "search category kind include_schema limit offset"),
        ("/v1/models/categories", "get", "200 401 429 500 5XX", ""),
    ],
)
def test_each_operation_has_its_statuses_and_parameters(path: str, method: str, statuses: str, parameters: str) -> None:
    operation = document(_CATALOG)["paths"][path][method]
    assert sorted(operation["responses"]) == statuses.split()
    assert [each["name"] for each in operation.get("parameters", [])] == parameters.split()


def test_a_page_of_the_list_is_bounded_as_the_api_bounds_it() -> None:
    parameters = {
        each["name"]: each["schema"] for each in document(_CATALOG)["paths"]["/v1/models"]["get"]["parameters"]
    }
    assert parameters["limit"] == {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}
    assert parameters["offset"] == {"type": "integer", "minimum": 0, "default": 0}


def test_operation_ids_are_unique_and_links_lead_to_operations() -> None:
    made = document(_CATALOG)
    operations = [operation for path in made["paths"].values() for operation in path.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    links = _submit(made, KLING)["responses"]["200"]["links"]
    assert set(links) == {"status", "result", "cancel"}
    assert {link["operationId"] for link in links.values()} <= set(ids)


@pytest.mark.parametrize("model_id", _CATALOG)
def test_every_example_is_valid_against_its_request_schema(model_id: str) -> None:
    made = document(_CATALOG)
    content = _submit(made, model_id)["requestBody"]["content"]["application/json"]
    validator = _request_validator(made, model_id)
    assert content["examples"]
    for example in content["examples"].values():
        assert validator.is_valid(example["value"])


@pytest.mark.parametrize(
    ("model_id", "payload", "fine"),
    [
        (KLING, {"prompt": "a", "duration": 5}, True),
        (KLING, {"prompt": "a", "duration": 99}, False),
        (KLING, {}, False),
        ("acme/refs", {"a": 3, "b": [{"a": 4}]}, True),
        ("acme/refs", {"a": 2}, False),
        ("acme/refs", {"a": 3, "b": [{"a": 2}]}, False),
    ],
)
def test_a_request_schema_judges_the_same_inside_the_document(
    model_id: str, payload: dict[str, Any], *, fine: bool
) -> None:
    assert Draft202012Validator(_CATALOG[model_id].input.normalised).is_valid(payload) is fine
    assert _request_validator(document(_CATALOG), model_id).is_valid(payload) is fine


def test_every_answer_is_one_of_the_shapes() -> None:
    made = document(_CATALOG)
    components = made["components"]["schemas"]
    titles = sorted(part["title"] for part in components.values())
    assert titles == sorted(schema(shape)["title"] for shape in Shape)
    for path in made["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if status == "5XX":  # the gateway's, which need not be JSON
                    assert answer == {"$ref": "#/components/responses/Gateway"}
                    continue
                name = answer["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
                assert (components[name]["title"] == "Error") is (status >= "400")
                assert answer["description"]


def test_the_server_is_the_one_given() -> None:
    assert document(_CATALOG)["servers"] == [{"url": BASE_URL}]
    assert document(_CATALOG, "http://127.0.0.1:8787")["servers"] == [{"url": "http://127.0.0.1:8787"}]


def test_every_operation_needs_the_token() -> None:
    made = document(_CATALOG)
    assert made["security"] == [{"bearer": []}]
    assert made["components"]["securitySchemes"]["bearer"].items() >= {"type": "http", "scheme": "bearer"}.items()
    assert not any("security" in operation for path in made["paths"].values() for operation in path.values())


def test_making_a_document_changes_no_model() -> None:
    before = repr(_CATALOG["acme/refs"].input.normalised)
    document(_CATALOG)["paths"].clear()
    assert repr(_CATALOG["acme/refs"].input.normalised) == before


def _parts(part: Any) -> Iterator[dict[str, Any]]:
    if isinstance(part, dict):
        yield part
        for name, inner in part.items():
            if name not in ("value", "schema", "schemas"):  # an example or a model may have such a property
                yield from _parts(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _parts(inner)


@pytest.mark.parametrize("setting", ["auth_status", "validation_detail", "failure_error", "categories_form"])
def test_every_example_of_an_answer_is_valid_against_its_schema(setting: str) -> None:
    for value in CHOICES[setting]:
        made = document(_CATALOG, variants=Variants().with_({setting: value}))
        registry = jsonschema_rs.Registry([("urn:openapi", made)], draft=jsonschema_rs.Draft202012)
        shown = 0
        for path in made["paths"].values():
            for operation in path.values():
                for answer in operation["responses"].values():
                    for content in answer.get("content", {}).values():
                        place = {"$ref": f"urn:openapi{content['schema']['$ref']}"}
                        validator = jsonschema_rs.validator_for(place, registry=registry, validate_formats=True)
                        for example in content["examples"].values():
                            name = example.get("$ref", "").rpartition("/")[2]
                            shared = made["components"]["examples"][name] if name else example
                            assert validator.is_valid(shared["value"])
                            shown += 1
        assert shown > 60


def test_every_answer_has_an_example() -> None:
    for path in document(_CATALOG)["paths"].values():
        for operation in path.values():
            for answer in operation["responses"].values():
                assert "$ref" in answer or all(content["examples"] for content in answer["content"].values())


def test_the_page_s_own_request_is_among_the_examples() -> None:
    curls = json.loads((ROOT / "fixtures" / "requests" / "seed-curls.json").read_text("utf-8"))["commands"]
    sent = json.loads(curls["submit"].partition("--data '")[2].rpartition("'")[0])
    examples = _submit(document(_CATALOG), KLING)["requestBody"]["content"]["application/json"]["examples"]
    assert sent in [example["value"] for example in examples.values()]
    assert len(examples) == 2


def test_a_payload_that_the_model_refuses_is_no_example() -> None:
    picky = properties(a={"type": "string", "default": "x", "enum": ["y"]}) | {"required": ["a"]}
    made = document(Catalog([model(picky, model_id="acme/picky")]))
    assert "examples" not in _submit(made, "acme/picky")["requestBody"]["content"]["application/json"]
    assert _errors(made) == []


def test_what_the_document_says_rests_on_facts_of_the_ledger() -> None:
    made = document(_CATALOG)
    known = {fact.fact_id for fact in ledger.facts()}
    named = {fact for part in [*_parts(made), *made["components"]["schemas"].values()] for fact in part.get(LEDGER, ())}
    assert named <= known
    unsaid = {fact for fact in known - named if not fact.startswith(("dialect.", "base-url"))}
    assert unsaid == {"error.under-200", "seed.price"}  # no shape of an answer; a price of one model
    for path in made["paths"].values():
        assert all(operation[LEDGER] and operation["description"] for operation in path.values())


def test_a_request_is_followed_by_links_from_any_of_its_answers() -> None:
    made = document(_CATALOG)
    for name, method, success in (("status", "get", "200"), ("result", "get", "200"), ("cancel", "post", "202")):
        links = made["paths"][f"/v1/requests/{{request_id}}/{name}"][method]["responses"][success]["links"]
        assert set(links) == {"status", "result", "cancel"}
        assert {link["parameters"]["request_id"] for link in links.values()} == {"$request.path.request_id"}


def test_the_prose_rules_of_a_model_are_in_the_document() -> None:
    made = document(_CATALOG)
    (rule,) = _submit(made, KLING)[RULES]
    assert (rule["terms"], rule["total"]) == ("/multi_prompt/*/duration", "/duration")
    assert RULES not in _submit(made, "acme/refs")
