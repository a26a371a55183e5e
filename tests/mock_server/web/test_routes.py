"""The seven operations as a client sees them."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from mock_server import MockRunComfy, instant, manual, polls, timed
from tests.inprocess import KLING, SUBMIT, client, submit


def test_a_request_lives_from_submit_to_result() -> None:
    fake = MockRunComfy(pace=polls(2, 1))
    caller = client(fake)
    urls = submit(caller)
    assert uuid.UUID(urls["request_id"]).version == 4
    seen = [caller.get(urls["status_url"]).json() for _ in range(4)]
    assert [each["status"] for each in seen] == ["in_queue", "in_queue", "in_progress", "completed"]
    assert [each.get("queue_position") for each in seen] == [1, 1, None, None]
    result = caller.get(urls["result_url"]).json()
    assert result["status"] == "succeeded"
    assert list(result["output"]) == ["video"]
    assert result["created_at"] <= result["finished_at"]
    assert "cost" not in result
    assert "error" not in result


def test_a_client_that_polls_only_the_result_sees_the_same_life() -> None:
    caller = client(MockRunComfy(pace=polls(1, 1)))
    urls = submit(caller)
    seen = [caller.get(urls["result_url"]) for _ in range(3)]
    assert [each.status_code for each in seen] == [200, 200, 200]
    assert [each.json()["status"] for each in seen] == ["in_queue", "in_progress", "succeeded"]
    assert ["output" in each.json() for each in seen] == [False, False, True]
    assert ["finished_at" in each.json() for each in seen] == [False, False, True]


def test_status_and_result_reads_count_alike() -> None:
    caller = client(MockRunComfy(pace=polls(1, 1)))
    urls = submit(caller)
    words = [caller.get(urls[key]).json()["status"] for key in ("result_url", "status_url", "result_url")]
    assert words == ["in_queue", "in_progress", "succeeded"]


@pytest.mark.parametrize(
    ("payload", "cost"),
    [
        ({}, 0.84),
        ({"sound": True}, 0.84),
        ({"sound": False}, 0.56),
        ({"sound": False, "duration": 10}, 1.12),
        ({"duration": 3}, 0.504),
    ],
)
def test_cost_comes_with_include_cost_alone(payload: dict[str, Any], cost: float) -> None:
    caller = client(MockRunComfy(pace=instant()))
    url = submit(caller, **payload)["result_url"]
    assert "cost" not in caller.get(url).json()
    assert "cost" not in caller.get(url, params={"include_cost": "false"}).json()
    assert caller.get(url, params={"include_cost": "true"}).json()["cost"] == cost


@pytest.mark.parametrize(("choice", "cost"), [("absent", None), ("zero", 0.0), ("price", 0.84)])
def test_what_is_told_of_the_cost_before_the_end_is_a_variant(choice: str, cost: float | None) -> None:
    caller = client(MockRunComfy(pace=manual(), variants={"cost_before_end": choice}))
    url = submit(caller)["result_url"]
    assert caller.get(url, params={"include_cost": "true"}).json().get("cost") == cost
    assert "cost" not in caller.get(url).json()


def test_a_failed_generation_reads_completed_on_status_and_failed_on_result() -> None:
    fake = MockRunComfy(pace=manual())
    caller = client(fake)
    urls = submit(caller)
    fake.move(urls["request_id"], "failed")
    assert caller.get(urls["status_url"]).json()["status"] == "completed"
    result = caller.get(urls["result_url"], params={"include_cost": "true"}).json()
    assert result["status"] == "failed"
    assert result["error"] == {"error_code": 500001, "error_message": "the generation failed"}
    assert "output" not in result
    assert result["cost"] == 0


def test_cancel_while_queued_is_accepted_and_repeating_it_changes_nothing() -> None:
    caller = client(MockRunComfy(pace=manual()))
    urls = submit(caller)
    answers = [caller.post(urls["cancel_url"]) for _ in range(2)]
    assert [each.status_code for each in answers] == [202, 202]
    expected = {"request_id": urls["request_id"], "status": "cancelled", "outcome": "cancelled"}
    assert [each.json() for each in answers] == [expected, expected]
    assert caller.get(urls["status_url"]).json()["status"] == "cancelled"
    result = caller.get(urls["result_url"]).json()
    assert result["status"] == "cancelled"
    assert "finished_at" in result


@pytest.mark.parametrize(("to", "status"), [("in_progress", "in_progress"), ("completed", "completed")])
def test_cancel_later_is_answered_but_not_accepted(to: str, status: str) -> None:
    fake = MockRunComfy(pace=manual())
    caller = client(fake)
    urls = submit(caller)
    fake.move(urls["request_id"], to)
    for _ in range(2):
        answer = caller.post(urls["cancel_url"])
        assert answer.status_code == 202
        assert answer.json() == {
            "request_id": urls["request_id"],
            "status": status,
            "outcome": "not_cancellable",
        }


def test_queue_positions_count_down_as_those_ahead_leave() -> None:
    fake = MockRunComfy(pace=manual())
    caller = client(fake)
    line = [submit(caller) for _ in range(4)]

    def positions() -> list[int | None]:
        return [caller.get(each["status_url"]).json().get("queue_position") for each in line]

    assert positions() == [1, 2, 3, 4]
    caller.post(line[1]["cancel_url"])
    assert positions() == [1, None, 2, 3]
    fake.move(line[0]["request_id"], "in_progress")
    assert positions() == [None, None, 1, 2]


def test_slots_bound_what_runs_at_once() -> None:
    fake = MockRunComfy(pace=timed(0, 10), slots=1)
    fake.clock.freeze()
    caller = client(fake)
    line = [submit(caller) for _ in range(3)]

    def statuses() -> list[str]:
        return [caller.get(each["status_url"]).json()["status"] for each in line]

    assert statuses() == ["in_progress", "in_queue", "in_queue"]
    fake.clock.advance(10)
    assert statuses() == ["completed", "in_progress", "in_queue"]
    fake.clock.advance(20)
    assert statuses() == ["completed"] * 3


def test_urls_lead_back_to_where_the_call_came_in() -> None:
    fake = MockRunComfy()
    with httpx.Client(transport=fake.transport(), headers={"Authorization": "Bearer any"}) as caller:
        answer = caller.post(f"http://10.1.2.3:9999{SUBMIT}", json={"prompt": "x"}).json()
    assert answer["status_url"] == f"http://10.1.2.3:9999/v1/requests/{answer['request_id']}/status"
    assert answer["result_url"] == f"http://10.1.2.3:9999/v1/requests/{answer['request_id']}/result"
    assert answer["cancel_url"] == f"http://10.1.2.3:9999/v1/requests/{answer['request_id']}/cancel"


def test_the_list_has_the_models_with_their_schemas_only_if_asked() -> None:
    caller = client(MockRunComfy())
    plain = caller.get("/v1/models").json()
    assert plain["total"] == 1
    (record,) = plain["models"]
    assert record["model_id"] == KLING
    assert record["display_name"] == "Kling V3.0 Pro Text-to-Video"
    assert record["categories"] == ["text-to-video"]
    assert (record["base_price_usd"], record["price_unit"]) == (0.112, "second")
    assert "input_schema" not in record
    full = caller.get("/v1/models", params={"include_schema": "true"}).json()["models"][0]
    assert full["input_schema"]["properties"]["cfg_scale"]["type"] == "float"


@pytest.mark.parametrize(
    ("query", "total", "shown"),
    [
        ("search=KLING", 1, 1),
        ("search=no-such", 0, 0),
        ("category=text-to-video", 1, 1),
        ("category=text-to-image", 0, 0),
        ("kind=model", 1, 1),
        ("kind=workflow", 0, 0),
        ("limit=1&offset=1", 1, 0),
        ("offset=999999", 1, 0),
        (f"offset={10**30}", 1, 0),
        ("limit=100", 1, 1),
    ],
)
def test_the_list_is_searched_and_paged(query: str, total: int, shown: int) -> None:
    document = client(MockRunComfy()).get(f"/v1/models?{query}").json()
    assert (document["total"], len(document["models"])) == (total, shown)


def test_categories_and_one_model() -> None:
    caller = client(MockRunComfy())
    assert caller.get("/v1/models/categories").json() == {"categories": ["text-to-video"]}
    record = caller.get(SUBMIT).json()
    assert record["model_id"] == KLING
    assert record["input_schema"]["required"] == ["prompt"]
    assert "output" in record["output_schema"]
