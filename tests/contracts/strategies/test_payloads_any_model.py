"""Payloads, violations and edges of models that were drawn themselves, against independent validators."""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contracts.strategies import (
    CannotGenerateError,
    InvalidPayload,
    boundary_cases,
    boundary_payloads,
    invalid_payloads,
    payloads,
    violation_cases,
)
from schemas.catalog import Catalog
from schemas.model import Model
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.contracts.strategies.oracle import errors
from tests.properties.dialect_strategies import documents, instances
from tests.schemas.build import MODEL_ID, model

MANY = settings(
    deadline=None,
    database=None,
    derandomize=True,
    max_examples=500,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate],
)


def test_payloads_of_any_model_are_valid_and_violations_are_not() -> None:
    seen: Counter[str] = Counter()
    broken: Counter[str] = Counter()

    @MANY
    @given(st.data())
    def check(data: st.DataObject) -> None:
        document = data.draw(documents())
        made = model(document)
        models = Catalog([made])
        try:
            valid = payloads(MODEL_ID, models=models)
        except CannotGenerateError:
            near = [data.draw(instances(document)) for _ in range(5)]
            seen["missed"] += any(isinstance(each, dict) and errors(made, each) == [] for each in near)
            seen["none made"] += 1
            return
        seen["made"] += 1
        for strategy in (valid, valid, boundary_payloads(MODEL_ID, models=models)):
            _accepted(made, data.draw(strategy))
        for case in boundary_cases(MODEL_ID, models=models):
            _accepted(made, case.payload)
        listed = violation_cases(MODEL_ID, models=models)
        found = listed + ([data.draw(invalid_payloads(MODEL_ID, models=models)) for _ in range(3)] if listed else [])
        for each in found:
            _refused(made, each)
            broken[each.keyword] += 1

    check()
    assert seen["missed"] <= seen["made"] / 50, seen
    assert seen["made"] > 5 * seen["none made"], seen
    wanted = "type required enum const minimum maximum maxLength multipleOf minItems maxItems additionalProperties"
    assert set(wanted.split()) <= set(broken), broken
    assert len(broken) >= 14, broken


def _accepted(made: Model, payload: Any) -> None:
    assert errors(made, payload) == []
    assert PayloadValidator(made, Variants()).check(payload).findings == ()


def _refused(made: Model, invalid: InvalidPayload) -> None:
    found = errors(made, invalid.payload)
    assert (invalid.pointer, invalid.keyword) in found
    assert {keyword for _, keyword in found} <= {invalid.keyword, *invalid.also, "None"}  # the schema false has none
    for variants in (Variants(), Variants(uri_format="ignored"), Variants(undeclared_required="ignored")):
        assert PayloadValidator(made, variants).check(invalid.payload).findings
