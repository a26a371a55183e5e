"""Rules through every door: a file, the control plane, Python; each alike."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from mock_server import MockRunComfy
from mock_server.trouble.scenario import ScenarioError
from tests.inprocess import OTHER_TOKEN, SUBMIT, TOKEN, client
from tests.mock_server.trouble.test_scenario_file import AS_JSON, EXAMPLES

RULES = "/__mock__/rules"


def by_toml(fake: MockRunComfy, folder: Path) -> None:
    (folder / "a.toml").write_text(EXAMPLES, "utf-8")
    fake.rules.load(folder / "a.toml")


def by_post(fake: MockRunComfy, folder: Path) -> None:
    assert client(fake, None).post(RULES, json=AS_JSON).json() == {"rules": ["r1", "r2"]}


def by_single_posts(fake: MockRunComfy, folder: Path) -> None:
    for number, rule in enumerate(AS_JSON["rule"], 1):
        assert client(fake, None).post(RULES, json=rule).json() == {"rules": [f"r{number}"]}


def by_add(fake: MockRunComfy, folder: Path) -> None:
    assert fake.rules.add(*AS_JSON["rule"]) == ["r1", "r2"]


def by_fields(fake: MockRunComfy, folder: Path) -> None:
    for rule in AS_JSON["rule"]:
        fake.rules.add(**rule)


def outcome(fake: MockRunComfy) -> tuple[list[int], list[str], Any]:
    caller = client(fake)
    prompts = ("a kitten", "a dog", "a dog", "a kitten here", "a kitten")
    answers = [caller.post(SUBMIT, json={"prompt": prompt}) for prompt in prompts]
    words = []
    for answer in answers[2:]:
        for _ in range(3):
            result = caller.get(answer.json()["result_url"]).json()
        words.append(result["status"])
    listed = client(fake, None).get(RULES).json()["rules"]
    return [answer.status_code for answer in answers], words, listed


@pytest.mark.parametrize("door", [by_toml, by_post, by_single_posts, by_add, by_fields])
def test_every_door_is_alike(door: Any, tmp_path: Path) -> None:
    fake = MockRunComfy()
    door(fake, tmp_path)
    codes, words, listed = outcome(fake)
    assert codes == [429, 503, 200, 200, 200]
    assert words == ["succeeded", "failed", "succeeded"]
    assert [(each["id"], each["met"], each["fired"], each["account"]) for each in listed] == [
        *(("r1", 3, 3, None), ("r2", 1, 1, None)),
    ]
    assert listed[0]["answers"][1] == {"effect": "http", "status": 503}
    (tmp_path / "b.json").write_text(json.dumps(AS_JSON), "utf-8")
    for other in (MockRunComfy(rules=[AS_JSON]), MockRunComfy(scenario=[tmp_path / "b.json"])):
        lasting = [{**each, "id": f"s{number}", "name": f"s{number}"} for number, each in enumerate(listed, 1)]
        assert outcome(other) == (codes, words, lasting)


@pytest.mark.parametrize("body", [AS_JSON | {"rule": [*AS_JSON["rule"], {"answers": ["rest"]}]}, {"answers": []}])
def test_a_bad_document_is_told_with_every_place_and_nothing_is_half_done(body: Any) -> None:
    fake = MockRunComfy()
    answer = client(fake).post(RULES, json=body)
    assert (answer.status_code, answer.json()["error_code"]) == (422, 422001)
    assert answer.json()["detail"][0]["pointer"] == ("/answers" if "answers" in body else "/rule/2/answers/0")
    with pytest.raises(ScenarioError):
        fake.rules.add(AS_JSON, body)
    assert len(fake.rules) == 0


def test_rules_are_removed_one_by_one_and_all_at_once() -> None:
    fake = MockRunComfy()
    one, other, everyone = client(fake), client(fake, OTHER_TOKEN), client(fake, None)
    for caller in (everyone, one, other):
        caller.post(RULES, json={"answers": [429]})
    assert [one.delete(f"{RULES}/{name}").status_code for name in ("r1", "r2", "r2", "r3", "x" * 300)] == [
        *(409, 200, 404, 404, 404),
    ]
    assert [each["id"] for each in one.get(RULES).json()["rules"]] == ["r1"]
    assert [caller.delete(RULES).json()["removed"] for caller in (one, other, everyone)] == [0, 1, 1]
    with pytest.raises(Exception, match="unknown rule"):
        fake.rules.remove("r1")


def test_no_account_has_too_many_rules() -> None:
    fake = MockRunComfy()
    many = {"rule": [{"answers": [429]}] * 1000}
    assert client(fake).post(RULES, json=many).status_code == 200
    assert client(fake).post(RULES, json={"answers": [429]}).status_code == 409
    assert client(fake, OTHER_TOKEN).post(RULES, json=many).status_code == 200


CONTROL = "a-control-token-9"


def plant(secret: str) -> list[dict[str, Any]]:
    return [
        {"name": f"x {secret}", "answers": [429]},
        {"answers": [{"effect": "error", "status": 429, "message": secret}]},
        {"answers": [{"effect": "http", "status": 429, "headers": {"x": f"Bearer {secret}"}}]},
        {"answers": [429], "match": {"payload": {"/prompt": f"*{secret}*"}}},
        {"answers": [429], "match": {"payload": {f"/{secret}": 1}}},
        {"answers": [429], "match": {"payload": {"/a": {"b": [secret]}}}},
        {"answers": [429], "match": {"header": {"x-key": secret}}},
        {"answers": [429], "match": {"model": secret}},
    ]


@pytest.mark.parametrize("secret", [TOKEN, 'a"quoted\\token', CONTROL, "accepted-token-1"])
def test_a_token_planted_in_a_rule_is_refused(secret: str) -> None:
    fake = MockRunComfy(control_token=CONTROL, tokens=["accepted-token-1", TOKEN, 'a"quoted\\token'])
    headers = {"Authorization": f"Bearer {TOKEN if secret in (CONTROL, 'accepted-token-1') else secret}"}
    with httpx.Client(transport=fake.transport(), base_url=fake.base_url, headers=headers) as caller:
        caller.headers["X-Control-Token"] = CONTROL
        for rule in plant(secret):
            assert caller.post(RULES, json=rule).status_code == 422, rule
        assert caller.post(RULES, json={"answers": [429], "match": {"account": secret}}).status_code == 200
        assert caller.get(RULES).text.count(secret) == 0


def test_numbers_and_texts_that_json_has_are_listed() -> None:
    fake = MockRunComfy()
    condition = {"/a": 2**64 - 1, "/b": -(2**63), "/ü": "😀", "/c": None}
    fake.rules.add(answers=[429], match={"payload": condition})
    assert client(fake).get(RULES).json()["rules"][0]["match"]["payload"] == condition


@pytest.mark.parametrize("header", ["Authorization", "Proxy-Authorization", "X-Control-Token"])
def test_a_token_that_came_with_the_call_alone_is_refused_too(header: str) -> None:
    secret = "nobody-was-told-of-it"
    caller = client(MockRunComfy())
    for rule in plant(secret):
        assert caller.post(RULES, json=rule, headers={header: f"Bearer {secret}"}).status_code == 422


def test_the_rules_of_a_file_stay_through_a_reset(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(EXAMPLES, "utf-8")
    fake = MockRunComfy(scenario=tmp_path / "a.toml")
    fake.rules.add(answers=[429])
    fake.reset()
    assert [view.rule_id for view in fake.rules] == ["s1", "s2"]


def test_one_rule_is_shown_to_those_whom_it_concerns() -> None:
    fake = MockRunComfy()
    (rule_id,) = client(fake).post(RULES, json={"name": "mine", "answers": [429]}).json()["rules"]
    assert client(fake).get(f"{RULES}/{rule_id}").json()["name"] == "mine"
    assert client(fake, None).get(f"{RULES}/{rule_id}").json()["fired"] == 0
    assert client(fake, OTHER_TOKEN).get(f"{RULES}/{rule_id}").status_code == 404
    assert client(fake).get(f"{RULES}/r99").status_code == 404


def test_rules_that_are_too_long_are_not_read() -> None:
    fake = MockRunComfy()
    rule = {"answers": [429], "match": {"payload": {"/a": ["x" * 900] * 1200}}}
    assert client(fake).post(RULES, json=rule).status_code == 413
    assert len(fake.rules) == 0
