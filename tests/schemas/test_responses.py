from __future__ import annotations

import re
from typing import Any

import pytest

from schemas import ledger
from schemas.answers import Shape, schema
from schemas.responses import COMPONENTS, LEDGER, components, responses
from schemas.variants import Variants

KNOWN = {fact.fact_id for fact in ledger.facts()}


def made(operation: str = "submit", variants: Variants | None = None, **more: Any) -> dict[str, Any]:
    return responses(operation, Shape.SUBMIT, variants or Variants(), answers={"one": {"a": 1}}, **more)


def test_errors_of_one_status_are_told_together() -> None:
    both = made()["400"]
    assert "InvalidResourceIdentifier" in both["description"]
    assert "InsufficientResources" in both["description"]
    assert list(both["content"]["application/json"]["examples"]) == [
        "InvalidResourceIdentifier",
        "InsufficientResources",
    ]
    assert {"error.400001", "error.400002"} <= set(both[LEDGER])


def test_an_error_moves_with_its_variant() -> None:
    moved = made(variants=Variants().with_({"balance_status": "402", "auth_status": "400"}))
    assert "InsufficientResources" in moved["402"]["description"]
    assert "UserAccountError" in moved["400"]["description"]
    assert "401" not in moved


def test_a_rate_limit_tells_when_to_come_again() -> None:
    assert made()["429"]["headers"] == {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
    assert [status for status, answer in made().items() if "headers" in answer] == ["429"]
    header = components(Variants())["headers"]["RetryAfter"]
    assert header["required"]
    fits = re.compile(header["schema"]["pattern"]).search
    assert all(map(fits, ["0", "30", "Wed, 21 Oct 2026 07:28:00 GMT"]))
    assert not any(map(fits, ["", "soon", "-1", "1.5"]))


def test_the_success_has_the_examples_and_the_links() -> None:
    answer = made(success="202", links={"on": {"operationId": "x"}})["202"]
    assert answer["links"] == {"on": {"operationId": "x"}}
    assert answer["content"]["application/json"]["examples"] == {"one": {"value": {"a": 1}}}


def test_what_cannot_come_has_no_example() -> None:
    assert "BadQuery" in components(Variants())["examples"]
    assert "BadQuery" not in components(Variants().with_({"bad_query": "ignored"}))["examples"]


@pytest.mark.parametrize("shape", Shape)
def test_a_shape_names_the_facts_that_it_says_it_rests_on(shape: Shape) -> None:
    component = components(Variants())["schemas"][COMPONENTS[shape]]
    said = re.search(r"\(ledger: (.*)\)", schema(shape)["description"])
    assert said
    assert set(said[1].split(", ")) <= set(component[LEDGER]) <= KNOWN
    # Nothing but that is added: the conditions of the shape are those of its file.
    assert {key: part for key, part in component.items() if key != LEDGER} == {
        key: part for key, part in schema(shape).items() if key != "$schema"
    }
