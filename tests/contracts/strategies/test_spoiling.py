from __future__ import annotations

import copy

from contracts.strategies.amounts import lowest
from contracts.strategies.edits import Drop, Put
from contracts.strategies.payloads import plan
from contracts.strategies.spoiling import Spoiler, judged, spoilers
from schemas.catalog import Catalog
from tests.contracts.strategies.oracle import MODEL, MODELS, RULE
from tests.schemas.build import model, properties, sum_rule

PLAN = plan(MODEL)


def test_spoiling_leaves_the_payload_as_it_was() -> None:
    base = {"prompt": "a", "multi_prompt": [{"duration": 3}], "duration": 3}
    before = copy.deepcopy(base)
    for spoiler, _ in spoilers(PLAN):
        assert spoiler.spoil(PLAN, base, lowest) is not None
        assert base == before


def test_a_place_that_is_not_there_is_made() -> None:
    spoiler = Spoiler(("multi_prompt", "*", "prompt"), "type", Put((5,)))
    payload, pointer = spoiler.spoil(PLAN, {"prompt": "a"}, lowest) or ({}, "")
    assert pointer == "/multi_prompt/0/prompt"
    assert payload["multi_prompt"][0]["prompt"] == 5
    assert payload["duration"] == payload["multi_prompt"][0]["duration"]
    assert spoiler.named == "prompt"


def test_the_total_follows_a_term_that_is_spoilt_as_far_as_it_can() -> None:
    base = {"prompt": "a", "multi_prompt": [{"duration": 3}, {"duration": 4}], "duration": 7}
    spoiler = Spoiler(("multi_prompt", "*", "duration"), "minimum", Put((2,)))
    payload, _, rest = judged(PLAN, spoiler, base, lowest) or ({}, "", [])
    assert payload == base | {"multi_prompt": [{"duration": 2}, {"duration": 4}], "duration": 6}
    assert rest == []


def test_a_spoilt_total_stands_without_the_list_that_would_contradict_it() -> None:
    base = {"prompt": "a", "multi_prompt": [{"duration": 3}], "duration": 3}
    spoilt = judged(PLAN, Spoiler(("duration",), "maximum", Put((16,))), base, lowest)
    assert spoilt == ({"prompt": "a", "duration": 16}, "/duration", [])


def test_what_does_not_break_the_keyword_is_none() -> None:
    assert judged(PLAN, Spoiler(("duration",), "maximum", Put((15,))), {"prompt": "a"}, lowest) is None
    assert judged(PLAN, Spoiler((), "required", Drop("sound")), {"prompt": "a"}, lowest) is None


def test_the_prose_rule_is_broken_in_three_ways() -> None:
    (listed,) = [made for spoiler, made in spoilers(PLAN) if spoiler.keyword == RULE]
    sums = [(each["duration"], sum(shot["duration"] for shot in each["multi_prompt"])) for each, _, _ in listed]
    assert len(listed) == 3
    assert {total > added for total, added in sums} == {True, False}
    assert all(rest == [] for _, _, rest in listed)


def test_each_place_is_looked_at_through_references_and_lists() -> None:
    places = {spoiler.place for spoiler, _ in spoilers(plan(MODELS["nested"]))}
    assert {("tree",), ("tree", "name"), ("tree", "children", "*", "name"), ("size",), ("speed",), ("one",)} <= places


def test_a_rule_that_cannot_be_broken_is_no_spoiler() -> None:
    always = {"type": "integer", "enum": [5]}
    shots = {"type": "array", "maxItems": 1, "items": properties(seconds=always) | {"required": ["seconds"]}}
    made = model(properties(shots=shots, seconds=always), rules=[sum_rule()])
    assert "shots-add-up" not in {spoiler.keyword for spoiler, _ in spoilers(plan(Catalog([made])[made.model_id]))}
