from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from hypothesis import HealthCheck, find, given, seed, settings

from contracts.strategies import CannotGenerateError, payloads
from contracts.strategies.payloads import Payload
from schemas.catalog import Catalog
from schemas.validation import PayloadValidator
from schemas.variants import CHOICES, Variants
from tests.contracts.strategies.oracle import CATALOG, KLING, LONG, MODEL, MODELS, QUICK, WAYS, errors, rule_verdicts
from tests.schemas.build import MODEL_ID, model, properties, sum_rule

EVERY = [
    Variants().with_({setting: value})
    for setting in ("undeclared_required", "uri_format", "omitted_durations", "empty_sum", "unknown_properties")
    for value in CHOICES[setting]
]


def drawn(name: str, count: int = 300, **options: Any) -> list[Payload]:
    """Draw payloads of a model, always the same."""
    found: list[Payload] = []

    @seed(3)
    @settings(LONG, max_examples=count, derandomize=False)
    @given(payloads(MODELS[name].model_id, models=CATALOG, **options))
    def draw(payload: Payload) -> None:
        found.append(payload)

    draw()
    return found


@pytest.mark.parametrize("name", MODELS)
def test_every_payload_is_valid_under_every_variant(name: str) -> None:
    made = MODELS[name]
    validators = [PayloadValidator(made, variants) for variants in EVERY if name != "images"]
    validators += [PayloadValidator(made, Variants())]

    @settings(QUICK, max_examples=300)
    @given(payloads(made.model_id, models=CATALOG))
    def check(payload: Payload) -> None:
        assert errors(made, payload) == []
        assert all(rule_verdicts(name, payload))
        assert all(validator.check(payload).findings == () for validator in validators)

    check()


@pytest.mark.parametrize(("omitted", "empty"), WAYS)
def test_with_given_variants_more_is_drawn_and_all_is_valid_under_them(omitted: Any, empty: Any) -> None:
    variants = Variants(omitted_durations=omitted, empty_sum=empty)
    validator = PayloadValidator(MODEL, variants)
    found = drawn("kling", variants=variants)
    for payload in found:
        assert errors(MODEL, payload) == []
        assert rule_verdicts("kling", payload)[WAYS.index((omitted, empty))]
        assert validator.check(payload).findings == ()
    shots = [shot for payload in found for shot in payload.get("multi_prompt", ())]
    assert any("duration" not in shot for shot in shots)
    assert any("duration" in shot for shot in shots)
    assert any(payload.get("multi_prompt") == [] for payload in found) is (empty == "exempt" or omitted == "skip")


def test_without_variants_what_they_disagree_on_is_not_drawn() -> None:
    found = drawn("kling")
    shots = [shot for payload in found for shot in payload.get("multi_prompt", ())]
    assert shots
    assert all("duration" in shot for shot in shots)
    assert [] not in [payload.get("multi_prompt") for payload in found]


def test_payloads_have_what_trips_servers() -> None:
    found = drawn("kling", 1500)
    seen: Counter[str] = Counter()
    texts = [payload["prompt"] for payload in found] + [payload.get("negative_prompt", "") for payload in found]
    for text in texts:
        seen["empty"] += text == ""
        seen["astral"] += any(ord(character) > 0xFFFF for character in text)
        seen["right to left"] += any("\u0590" <= character <= "\u06ff" for character in text)
        seen["combining"] += any("\u0300" <= character <= "\u036f" for character in text)
        seen["NUL"] += "\0" in text
        seen["long"] += len(text) >= 2000
        assert json.loads(json.dumps(text, ensure_ascii=False).encode()) == text
    for name, part in MODEL.input.normalised["properties"].items():
        values = [payload[name] for payload in found if name in payload]
        seen[f"without {name}"] += len(found) - len(values)
        seen[f"{name} at its default"] += part.get("default", values[0]) in values
    scales = [payload["cfg_scale"] for payload in found if "cfg_scale" in payload]
    for scale in (0, 1, 0.5, 0.9999999999999999):
        seen[f"cfg_scale {scale}"] += scale in scales
    seen["integers for numbers"] += any(type(scale) is int for scale in scales)
    seen["whole floats for numbers"] += any(type(scale) is float and scale.is_integer() for scale in scales)
    lengths = Counter(len(payload.get("multi_prompt", ())) for payload in found)
    assert set(lengths) == {0, 1, 2, 3, 4, 5}, lengths  # of five, each of the least length, the longest video is made
    del seen["without prompt"]
    assert {what for what, times in seen.items() if not times} == set()
    assert seen["long"] < len(texts) / 10


def test_integers_are_written_as_fractions_only_if_wanted() -> None:
    def durations(*, wanted: bool) -> list[Any]:
        return [each["duration"] for each in drawn("kling", integral_floats=wanted) if "duration" in each]

    assert {type(number) for number in durations(wanted=False)} == {int}
    kinds = Counter(type(number) for number in durations(wanted=True))
    assert 0 < kinds[float] < kinds[int]


Condition = Callable[[Payload], bool]


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (lambda _: True, {"prompt": ""}),
        (lambda payload: "sound" in payload, {"prompt": "", "sound": False}),
        (lambda payload: payload.get("sound"), {"prompt": "", "sound": True}),
        (lambda payload: payload.get("cfg_scale", 0) > 0.5, {"prompt": "", "cfg_scale": 1}),
        (lambda payload: payload.get("duration", 0) > 9, {"prompt": "", "duration": 10}),
        (lambda payload: payload.get("aspect_ratio") == "1:1", {"prompt": "", "aspect_ratio": "1:1"}),
        (lambda payload: len(payload["prompt"]) > 2500, {"prompt": "a" * 2501}),
        (lambda payload: "é" in payload.get("negative_prompt", ""), {"prompt": "", "negative_prompt": "é"}),
        (
            lambda payload: len(payload.get("multi_prompt", ())) == 2,
            {"prompt": "", "duration": 6, "multi_prompt": [{"duration": 3}, {"duration": 3}]},
        ),
        (
            lambda payload: any("prompt" in shot for shot in payload.get("multi_prompt", ())),
            {"prompt": "", "duration": 3, "multi_prompt": [{"prompt": "", "duration": 3}]},
        ),
    ],
)
def test_a_payload_shrinks_to_what_matters(condition: Condition, expected: Payload) -> None:
    found = find(payloads(KLING), condition, settings=LONG)
    assert found == expected
    assert list(found) == list(expected)


def test_the_same_seed_draws_the_same() -> None:
    assert json.dumps(drawn("images", 50)) == json.dumps(drawn("images", 50))


def test_a_strategy_is_made_once_for_each_model() -> None:
    assert payloads(KLING) is payloads(KLING)
    assert payloads("acme/nested", models=CATALOG) is payloads("acme/nested", models=CATALOG)
    assert payloads(KLING) is not payloads(KLING, variants=Variants())


@pytest.mark.parametrize("name", MODELS)
def test_the_last_resort_is_not_needed_and_no_health_check_fails(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise AssertionError("the plainest payload stood in for one that was drawn")

    strategy = payloads(MODELS[name].model_id, models=CATALOG)
    monkeypatch.setattr(import_module("contracts.strategies.payloads"), "plainest", fail)

    @settings(QUICK, max_examples=200, suppress_health_check=[])
    @given(strategy)
    def draw(payload: Payload) -> None:
        assert isinstance(payload, dict)

    draw()


def test_what_is_drawn_can_be_changed() -> None:
    made = model(properties(size={"enum": [{"width": [1]}, {"width": [2]}]}))
    strategy = payloads(MODEL_ID, models=Catalog([made]))

    @settings(QUICK, suppress_health_check=list(HealthCheck))
    @given(strategy)
    def spoil(payload: Payload) -> None:
        assert errors(made, payload) == []
        payload.setdefault("size", {"width": []})["width"].append(0)

    spoil()


def test_rules_of_a_shape_of_its_own_are_kept_by_leaving_out_the_list() -> None:
    shot = properties(parts={"type": "array", "items": properties(seconds={"type": "integer", "minimum": 1})})
    made = model(
        properties(shots={"type": "array", "items": shot}, seconds={"type": "integer", "minimum": 1}),
        rules=[sum_rule("/shots/*/parts/*/seconds")],
    )
    validator = PayloadValidator(made, Variants())

    @settings(QUICK, suppress_health_check=list(HealthCheck))
    @given(payloads(MODEL_ID, models=Catalog([made])))
    def check(payload: Payload) -> None:
        assert validator.check(payload).findings == ()

    check()


def test_an_unknown_model_is_told_with_those_that_there_are() -> None:
    with pytest.raises(KeyError, match="no model 'acme/none'; there are kling"):
        payloads("acme/none")


@pytest.mark.parametrize(
    ("document", "message"),
    [
        (properties(a={"type": "integer", "minimum": 3, "maximum": 2}) | {"required": ["a"]}, "at /a: no number"),
        (properties(a=False) | {"required": ["a"]}, "at /a: the schema contradicts itself"),
        (properties(a={"$ref": "#"}) | {"required": ["a"]}, "or never ends"),
        (properties(a={"type": "string", "minLength": 9, "maxLength": 3}) | {"required": ["a"]}, "at /a: no text"),
        (properties(a={"type": "array", "minItems": 2, "maxItems": 1}) | {"required": ["a"]}, "at /a: no list"),
        (properties(a={"type": "string", "enum": [5]}) | {"required": ["a"]}, "at /a: no value of the enum"),
        ({"type": "object", "not": {}}, "at the root: of all values that were tried"),
    ],
)
def test_what_cannot_be_made_is_told_with_its_place(document: Payload, message: str) -> None:
    with pytest.raises(CannotGenerateError, match=message):
        payloads(MODEL_ID, models=Catalog([model(document)]))
