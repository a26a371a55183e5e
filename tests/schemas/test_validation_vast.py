"""Payloads and schemas so large that all that could be said of them would take minutes."""

from __future__ import annotations

from typing import Any

import pytest

from schemas.validation import MOST_TOLD, PayloadValidator, Verdict
from schemas.variants import Variants
from tests.schemas.build import kling, model, properties

_KLING = PayloadValidator(kling(), Variants())


@pytest.mark.parametrize("count", [1_000_000, 30_000])
def test_of_a_vast_payload_the_findings_against_its_beginning_are_told(count: int) -> None:
    payload = {"prompt": "a", "multi_prompt": [{"d": 1}] * count, "extra": 1, "duration": 99}
    verdict = _KLING.check(payload)
    assert [(each.pointer, each.keyword) for each in verdict.findings] == [
        ("/duration", "maximum"),
        ("/multi_prompt", "maxItems"),
    ]
    assert (verdict.is_whole, verdict.unknown) == (False, ())
    whole = _KLING.check({"multi_prompt": [1] * 100, "extra": 1})
    assert (len(whole.findings), whole.is_whole, whole.unknown) == (102, True, ("/extra",))


@pytest.mark.parametrize("misplaced", [0, 1_999, 2_000, 49_999])
def test_what_is_wrong_far_behind_in_a_vast_payload_is_refused_if_not_found(misplaced: int) -> None:
    made = model(properties(it={"type": "array", "items": {"type": "integer"}, "minItems": 10_000}))
    payload: dict[str, Any] = {"it": [1] * 50_000}
    validator = PayloadValidator(made, Variants())
    assert validator.check(payload) == Verdict((), ())
    payload["it"][misplaced] = "x"
    (finding,) = validator.check(payload).findings
    expected = (f"/it/{misplaced}", "type") if misplaced < 2_000 else ("", "vast")
    assert (finding.pointer, finding.keyword) == expected


def test_a_vast_payload_that_is_wide_at_every_level_is_looked_at_so_far_and_no_further() -> None:
    made = model(properties(it={"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}))
    payload = {"it": [[1] * 1_500 for _ in range(1_500)]}
    payload["it"][3][3] = "x"  # type: ignore[call-overload]  # it is what is wrong
    validator = PayloadValidator(made, Variants())
    assert [finding.pointer for finding in validator.check(payload).findings] == ["/it/3/3"]
    payload["it"][3][3], payload["it"][1_499][3] = 1, "x"  # type: ignore[call-overload]
    assert [finding.keyword for finding in validator.check(payload).findings] == ["vast"]


def test_of_very_many_unknown_names_the_first_are_told_also_where_they_are_refused() -> None:
    payload = {"prompt": "a"} | {f"x{number}": 1 for number in range(200_000)}
    first = tuple(f"/x{number}" for number in range(MOST_TOLD))
    assert _KLING.check(payload) == Verdict((), first)
    strict = PayloadValidator(kling(), Variants(unknown_properties="refused")).check(payload)
    assert tuple(finding.pointer for finding in strict.findings) == first


def test_findings_against_a_wide_schema_come_in_its_order_and_in_no_time() -> None:
    names = [f"p{number}" for number in range(5_000)]
    validator = PayloadValidator(model(properties(**{name: {"type": "integer"} for name in names})), Variants())
    found = validator.check(dict.fromkeys(reversed(names), "x")).findings
    assert [finding.pointer for finding in found] == [f"/{name}" for name in names]


def test_of_very_many_findings_against_a_beginning_the_first_are_told() -> None:
    made = model(properties(it={"type": "array", "items": {"type": "integer"}}))
    verdict = PayloadValidator(made, Variants()).check({"it": ["x"] * 30_000})
    assert [finding.pointer for finding in verdict.findings] == [f"/it/{index}" for index in range(MOST_TOLD)]
    assert not verdict.is_whole
