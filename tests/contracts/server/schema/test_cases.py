from __future__ import annotations

from copy import deepcopy

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from contracts.server.schema.cases import keep_sum_rules
from contracts.server.schema.size import QUICK, configuration
from schemas import catalog, openapi
from schemas.validation import PayloadValidator
from schemas.variants import Variants

KLING = "kling/kling-3.0/pro/text-to-video"
DOCUMENT = openapi.document(catalog.load())
SCHEMA = schemathesis.openapi.from_dict(
    deepcopy(DOCUMENT), config=configuration(DOCUMENT, QUICK, token=None, seed=1, wrong_tokens=False)
)
SUBMIT = SCHEMA[f"/v1/models/{KLING}"]["POST"]
JUDGE = PayloadValidator(catalog.load()[KLING], Variants())
SOME = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))


@SOME
@given(st.data())
def test_every_valid_case_keeps_the_rules(data: st.DataObject) -> None:
    case = data.draw(SUBMIT.as_strategy(generation_mode=GenerationMode.POSITIVE))
    made = keep_sum_rules(schemathesis.HookContext(operation=SUBMIT), case)
    assert isinstance(made.body, dict)
    assert JUDGE.check(made.body).findings == ()


@SOME
@given(st.data())
def test_a_case_that_is_meant_to_be_refused_is_left_alone(data: st.DataObject) -> None:
    case = data.draw(SUBMIT.as_strategy(generation_mode=GenerationMode.NEGATIVE))
    before = deepcopy(case.body)
    assert keep_sum_rules(schemathesis.HookContext(operation=SUBMIT), case).body == before


@pytest.mark.parametrize("path", ["/v1/models", "/v1/models/categories"])
def test_an_operation_without_rules_is_left_alone(path: str) -> None:
    operation = SCHEMA[path]["GET"]
    case = operation.Case()
    assert keep_sum_rules(schemathesis.HookContext(operation=operation), case) is case
