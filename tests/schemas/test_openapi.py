from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from schemas.answers import Shape, schema
from schemas.catalog import Catalog
from schemas.openapi import BASE_URL, document
from schemas.variants import CHOICES, Variants
from tests.schemas.build import KLING, kling, model, properties

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
