"""Which rule fires: whom rules concern, and what they see of a call."""

from __future__ import annotations

from typing import Any

import pytest

from mock_server import MockRunComfy
from mock_server.core.accounts import fingerprint
from tests.inprocess import OTHER_TOKEN, TOKEN, client, statuses, submit


def test_rules_of_one_account_never_touch_another_and_a_reset_leaves_the_others_alone() -> None:
    fake = MockRunComfy()
    one, other = client(fake), client(fake, OTHER_TOKEN)
    for caller in (one, other):
        assert caller.post("/__mock__/rules", json={"answers": [429, 503], "match": {"operation": "submit"}}).is_success
    assert [statuses(one, 1), statuses(other, 1)] == [[429], [429]]
    assert one.post("/__mock__/reset").is_success
    assert statuses(one, 2) == [200, 200]
    assert statuses(other, 2) == [503, 200]
    assert [len(each.get("/__mock__/rules").json()["rules"]) for each in (one, other)] == [0, 1]


def test_a_rule_for_all_counts_for_each_account_by_itself() -> None:
    fake = MockRunComfy()
    fake.rules.add(answers=[429, 503])
    one, other = client(fake), client(fake, OTHER_TOKEN)
    assert [statuses(one, 3), statuses(other, 3)] == [[429, 503, 200]] * 2
    one.post("/__mock__/reset")
    assert [statuses(one, 2), statuses(other, 1)] == [[429, 503], [200]]


def test_lasting_rules_stay_through_a_reset_and_begin_anew() -> None:
    fake = MockRunComfy(rules=[{"answers": [429], "match": {"operation": "submit"}}])
    fake.rules.add(answers=[503], then="repeat_last")
    caller = client(fake)
    assert statuses(caller, 2) == [429, 503]
    fake.reset()
    assert statuses(caller, 2) == [429, 200]


@pytest.mark.parametrize("token", [TOKEN, "alice-1"])
def test_a_rule_may_be_about_one_account_alone(token: str) -> None:
    fake = MockRunComfy()
    fake.rules.add(answers=[429], match={"account": token}, then="repeat_last")
    assert [statuses(client(fake, each)) for each in (token, OTHER_TOKEN)] == [[429], [200]]
    listed = client(fake, None).get("/__mock__/rules").text
    assert token not in listed + repr(fake.journal) + repr(list(fake.rules))
    assert fingerprint(token) in listed


def test_a_rule_sees_all_of_a_call() -> None:
    fake = MockRunComfy(pace="manual")
    caller = client(fake)
    urls = submit(caller, sound=False)
    fake.rules.add(answers=[418], match={"operation": "status", "payload": {"/sound": False}, "state": "in_progress"})
    fake.rules.add(answers=[417], match={"model": "kling/*", "header": {"X-Trace": "a*"}, "nth": 2})
    assert caller.get(urls["status_url"]).status_code == 200
    fake.move(urls["request_id"], "in_progress")
    assert caller.get(urls["status_url"]).status_code == 418
    codes = [caller.get(urls["result_url"], headers={"X-Trace": value}).status_code for value in ("ab", "b", "a", "a")]
    assert codes == [200, 200, 417, 200]


def test_a_request_of_another_account_is_not_seen() -> None:
    fake = MockRunComfy()
    urls = submit(client(fake))
    fake.rules.add(answers=[418], match={"state": "in_queue"})
    assert client(fake, OTHER_TOKEN).get(urls["status_url"]).status_code == 403


@pytest.mark.parametrize("rules", [[], [{"match": {"operation": "list"}, "answers": [503]}]])
def test_a_download_is_of_the_owner_whoever_makes_it(rules: list[dict[str, Any]]) -> None:
    fake = MockRunComfy(pace="instant", rules=rules)
    result_url = submit(client(fake))["result_url"]
    video = client(fake).get(result_url).json()["output"]["video"]
    for caller in (client(fake, None), client(fake, OTHER_TOKEN)):
        assert caller.get(video).status_code == 200
    owner = fake.journal[0].account
    assert [entry.account for entry in fake.journal.where(operation="media")] == [owner, owner]


def test_the_body_of_a_caller_who_is_not_accepted_is_no_matter_of_rules() -> None:
    fake = MockRunComfy(tokens=["alice"])
    fake.rules.add(answers=[429], match={"payload": {"/prompt": "*"}}, then="repeat_last")
    assert [statuses(client(fake, token)) for token in ("alice", "mallory")] == [[429], [401]]


def test_callers_who_are_not_accepted_count_each_for_itself() -> None:
    fake = MockRunComfy(tokens=["alice"])
    fake.rules.add(answers=[429, 503], match={"operation": "submit"})
    assert [statuses(client(fake, token), 3) for token in ("eve", "mallory")] == [[429, 503, 401]] * 2
    fake.rules.add(answers=[418], match={"account": "eve"})
    assert [statuses(client(fake, token)) for token in ("mallory", "eve")] == [[401], [418]]
