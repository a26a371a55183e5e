"""Payloads held against models: findings, verdicts, the sum rule and unknown names, each against an oracle."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, ValidationError

from schemas import openapi
from schemas.catalog import load
from schemas.dialect import normalise
from schemas.errors import SchemaError
from schemas.findings import LONGEST_VALUE, Finding
from schemas.lint import lint
from schemas.model import Model
from schemas.pointers import from_path
from schemas.pricing import cost
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.properties.dialect_strategies import Document, documents, instances, nonsense
from tests.schemas.build import kling, model, properties, sum_rule, write
from tests.schemas.reading import FORMATS

_PROFILE = settings(deadline=None, max_examples=200)
_KLING = kling()
_NEAR_KLING: st.SearchStrategy[Document] = instances(_KLING.input.vendored).filter(lambda made: isinstance(made, dict))
_SECONDS = st.sampled_from([3, 4, 5, 6, 8, 10, 15, 5.0, 7.5])
_SHOTS = st.lists(st.fixed_dictionaries({"duration": _SECONDS}), min_size=1, max_size=3)
_FEWER = st.lists(st.fixed_dictionaries({"prompt": st.just("a")}, optional={"duration": _SECONDS}), max_size=3)
_SHOT_PAYLOADS = st.fixed_dictionaries({"multi_prompt": _SHOTS, "duration": _SECONDS}) | st.fixed_dictionaries(
    {}, optional={"multi_prompt": _FEWER, "duration": _SECONDS}
)


@st.composite
def _cases(draw: st.DrawFn) -> tuple[Model, list[Document]]:
    document = draw(documents())
    payloads = [draw(instances(document)) for _ in range(3)]
    assume(normalise(document)[1] == ())
    return model(document), [payload for payload in payloads if isinstance(payload, dict)]


def _errors(schema: Mapping[str, Any], payload: object, *, formats: bool = True) -> list[ValidationError]:
    oracle = Draft202012Validator(schema, format_checker=FORMATS if formats else None)
    return list(oracle.iter_errors(payload))


def _pairs(errors: list[ValidationError]) -> Counter[tuple[str, str]]:
    return Counter((from_path(error.absolute_path), str(error.validator)) for error in errors)


def _found(findings: tuple[Finding, ...]) -> Counter[tuple[str, str]]:
    return Counter((each.pointer, each.keyword) for each in findings if each.keyword != "multi-prompt-durations")


def test_findings_on_the_seed_model_are_the_errors_of_an_independent_validator() -> None:
    seen: Counter[bool] = Counter()
    keywords: Counter[str] = Counter()
    validator = PayloadValidator(_KLING, Variants())

    @settings(_PROFILE, max_examples=500)
    @given(_NEAR_KLING)
    def findings_agree(payload: Document) -> None:
        errors = _errors(_KLING.input.normalised, payload)
        findings = validator.check(payload).findings
        seen[not errors] += 1
        keywords.update(str(error.validator) for error in errors)
        assert _found(findings) == _pairs(errors)

    findings_agree()
    assert min(seen[True], seen[False]) > seen.total() / 50, seen
    assert set(keywords) >= {"type", "enum", "minimum", "maximum", "required"}


def _by_false(error: ValidationError) -> bool:
    """Tell errors of the schema ``false``, which has no keyword to name."""
    return not error.validator or (error.validator_value is False and error.validator != "additionalProperties")


@_PROFILE
@given(_cases())
def test_findings_on_any_model_are_the_errors_of_an_independent_validator(case: tuple[Model, list[Document]]) -> None:
    made, payloads = case
    validator = PayloadValidator(made, Variants())
    for payload in payloads:
        errors = _errors(made.input.normalised, payload)
        assume(not any(map(_by_false, errors)))
        assert _found(validator.check(payload).findings) == _pairs(errors)


@_PROFILE
@given(_cases())
def test_a_payload_is_refused_if_and_only_if_an_independent_validator_refuses_it(
    case: tuple[Model, list[Document]],
) -> None:
    made, payloads = case
    checked, ignored = PayloadValidator(made, Variants()), PayloadValidator(made, Variants(uri_format="ignored"))
    for payload in payloads:
        assert (checked.check(payload).findings == ()) is (_errors(made.input.normalised, payload) == [])
        lax = _errors(made.input.normalised, payload, formats=False)
        assert (ignored.check(payload).findings == ()) is (lax == [])


@_PROFILE
@given(_cases())
def test_ignoring_what_is_required_but_undeclared_is_the_schema_without_those_names(
    case: tuple[Model, list[Document]],
) -> None:
    made, payloads = case
    schema = made.input.normalised
    assume("properties" in schema)
    declared = [name for name in schema.get("required", ()) if name in schema["properties"]]
    validator = PayloadValidator(made, Variants(undeclared_required="ignored"))
    for payload in payloads:
        fine = not _errors(schema | {"required": declared}, payload)
        assert (validator.check(payload).findings == ()) is fine


def _adds_up(payload: Document, term: int | None, total: int | None, *, empty_counts: bool) -> bool:
    """Judge the seed model's prose rule with nothing but the payload; omitted numbers are ``term`` and ``total``."""
    shots = payload.get("multi_prompt", [])
    numbers = [payload.get("duration", total), *(shot.get("duration", term) for shot in shots)]
    if (not shots and not (empty_counts and "multi_prompt" in payload)) or None in numbers:
        return True
    due, *terms = (Fraction(number) for number in numbers)
    return sum(terms) == due


@pytest.mark.parametrize("empty", ["exempt", "checked"])
@pytest.mark.parametrize(("omitted", "term", "total"), [("default", 5, 5), ("skip", None, None), ("zero", 0, 5)])
def test_the_sum_rule_is_what_adding_up_says(omitted: Any, term: int | None, total: int | None, empty: Any) -> None:
    seen: Counter[bool] = Counter()
    validator = PayloadValidator(_KLING, Variants(omitted_durations=omitted, empty_sum=empty))

    @_PROFILE
    @given(_SHOT_PAYLOADS)
    def rule_agrees(payload: Document) -> None:
        fine = _adds_up(payload, term, total, empty_counts=empty == "checked")
        seen[fine] += 1
        found = [each for each in validator.check(payload).findings if each.keyword == "multi-prompt-durations"]
        assert len(found) == (0 if fine else 1)
        if found:
            assert (found[0].pointer, found[0].limit) == ("/multi_prompt", payload.get("duration", total))

    rule_agrees()
    assert min(seen[True], seen[False]) > seen.total() / 50, seen


@_PROFILE
@given(st.lists(st.integers(-(10**18), 10**18), min_size=1, max_size=4), st.integers(-2, 2))
@example([10**9], 1)
def test_whole_numbers_add_up_exactly(terms: list[int], off: int) -> None:
    made = model(properties(), rules=[sum_rule()])
    payload = {"shots": [{"seconds": term} for term in terms], "seconds": sum(terms) + off}
    findings = PayloadValidator(made, Variants()).check(payload).findings
    assert (findings == ()) is (off == 0)


def _unknown(payload: Document) -> set[str]:
    """Find the names that the seed page does not declare, with nothing but the page."""
    page = _KLING.input.vendored["properties"]
    shots = payload.get("multi_prompt")
    names = {from_path([name]) for name in payload if name not in page}
    for index, shot in enumerate(shots if isinstance(shots, list) else []):
        parts = shot if isinstance(shot, dict) else {}
        names |= {from_path(["multi_prompt", index, name]) for name in parts if name not in ("prompt", "duration")}
    return names


@_PROFILE
@given(_NEAR_KLING)
def test_unknown_names_are_reported_and_refused_only_where_that_is_chosen(payload: Document) -> None:
    accepted = PayloadValidator(_KLING, Variants()).check(payload)
    refused = PayloadValidator(_KLING, Variants(unknown_properties="refused")).check(payload)
    assert set(accepted.unknown) == _unknown(payload)
    assert len(accepted.unknown) == len(set(accepted.unknown))
    assert refused.unknown == accepted.unknown
    more = [each for each in refused.findings if each not in accepted.findings]
    assert [(each.pointer, each.keyword) for each in more] == [
        (pointer, "unknown-property") for pointer in accepted.unknown
    ]


@_PROFILE
@given(_cases())
def test_no_declared_name_is_ever_unknown(case: tuple[Model, list[Document]]) -> None:
    made, _ = case
    names = list(made.input.normalised.get("properties", {}))
    verdict = PayloadValidator(made, Variants()).check(dict.fromkeys(names))
    assert verdict.unknown == ()


@_PROFILE
@given(_cases(), st.text(max_size=200), st.integers())
def test_findings_are_short_and_can_be_written_as_json(
    case: tuple[Model, list[Document]], text: str, number: int
) -> None:
    made, payloads = case
    validator = PayloadValidator(made, Variants(unknown_properties="refused"))
    for payload in payloads:
        spoilt = {**payload, text: {text: number}, "prompt": [text, payload] * 9, "duration": text}
        for each in validator.check(spoilt).findings:
            assert 0 <= len(each.value) <= LONGEST_VALUE
            assert 0 < len(each.message) < 4 * LONGEST_VALUE
            json.dumps([each.pointer, each.keyword, each.limit, each.value, each.message, each.title]).encode()


@settings(_PROFILE, max_examples=300)
@given(nonsense() | documents(), nonsense(), st.booleans())
def test_whatever_can_be_loaded_can_be_used(document: Any, payload: Any, lenient: bool) -> None:  # noqa: FBT001
    with tempfile.TemporaryDirectory() as root:
        write(Path(root), input=document, output=document)
        try:
            found = load([Path(root)], lenient=lenient, packaged=False)
        except SchemaError:
            return
    (made,) = found.values()
    validator = PayloadValidator(made, Variants(unknown_properties="refused", undeclared_required="ignored"))
    for value in (payload, {"payload": payload}, made.example(), made.complete({}), {}):
        assert all(each.message for each in validator.check(value).findings)
    lint(made)
    assert cost(made, {}) >= 0
    json.dumps(openapi.document(found)).encode()
