from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from mock_server.core import errors
from mock_server.core.errors import ApiError
from mock_server.web.answers import Renderer
from schemas import ledger
from schemas.answers import Shape, schema
from schemas.error_table import TABLE, ErrorRow, rows_of
from schemas.findings import Finding
from schemas.variants import CHOICES, Variants

OPERATIONS = "submit status result cancel list categories model".split()
CHOSEN = [
    Variants(),
    *(Variants().with_({name: value}) for name, values in CHOICES.items() for value in values[1:]),
    # Those that move one another.
    Variants().with_({"media_type_status": "422", "validation_code": "absent"}),
    Variants().with_({"malformed_body_status": "400", "undocumented_code_suffix": "000"}),
    Variants().with_({"too_large_status": "400", "auth_status": "400", "balance_status": "402"}),
]
RAISED: dict[str, type[ApiError]] = {
    error.name: error for error in vars(errors).values() if isinstance(error, type) and hasattr(error, "name")
}
RAISED["BadQuery"] = errors.ValidationFailed


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.name)
def test_the_fake_answers_as_the_table_says_whatever_is_chosen(row: ErrorRow) -> None:
    findings = [Finding("/duration", "maximum", 15, "99", "must be at most 15", "Duration")]
    shown = findings if row.name == "ValidationError" else []
    for variants in CHOSEN:
        answer, code = Renderer(variants, None).error(RAISED[row.name](row.when, findings=shown))
        assert (answer.status, code) == (row.status_in(variants), row.code_in(variants))
        assert json.loads(answer.body) == row.body_in(variants)


def test_every_body_has_the_shape_of_an_error() -> None:
    validator = Draft202012Validator(schema(Shape.ERROR))
    bodies = [row.body_in(variants) for row in TABLE for variants in CHOSEN]
    assert [body for body in bodies if not validator.is_valid(body)] == []


def test_every_error_that_the_api_documents_is_in_the_table() -> None:
    assert {row.code for row in TABLE if row.code} == {error.code for error in errors.DOCUMENTED}


def test_every_row_rests_on_facts() -> None:
    known = {fact.fact_id for fact in ledger.facts()}
    assert all(row.ledger and set(row.ledger) <= known for row in TABLE)
    settings = {fact.switch.setting: fact.fact_id for fact in ledger.facts() if fact.switch}
    for row in TABLE:
        chosen = {settings[name] for name in (row.status_setting, row.code_setting) if name}
        assert chosen <= set(row.ledger)


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_operation_may_refuse_the_token_the_pace_and_fail(operation: str) -> None:
    names = [row.name for row in rows_of(operation, Variants())]
    assert {"UserAccountError", "RateLimited", "InternalError"} <= set(names)
    assert names == [row.name for row in TABLE if row.name in names]


def test_a_query_is_refused_only_where_it_may_be() -> None:
    refusing = {each for each in OPERATIONS if "BadQuery" in {row.name for row in rows_of(each, Variants())}}
    assert refusing == {"result", "list"}
    ignored = Variants().with_({"bad_query": "ignored"})
    assert not any("BadQuery" in {row.name for row in rows_of(each, ignored)} for each in OPERATIONS)
