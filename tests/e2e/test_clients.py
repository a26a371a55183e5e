"""One life of a request, told once, through every HTTP client that people use."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from mock_server import MockRunComfy, timed
from schemas.answers import Shape, faults
from tests.e2e.caller import KLING, Caller
from tests.e2e.clients import CLIENTS, Call, Send
from tests.e2e.media import is_playable_mp4

PROMPT = 'a "paper" boat — ✓ \U0001f6a4\n'


@pytest.fixture(name="send", scope="module", params=list(CLIENTS))
def fixture_send(request: pytest.FixtureRequest) -> Iterator[Send]:
    with CLIENTS[request.param]() as send:
        yield send


@pytest.fixture(name="by_polls")
def fixture_by_polls(send: Send) -> Iterator[Caller]:
    with MockRunComfy(pace="polls:2,1", variants={"result_echo": "present"}).serve() as url:
        yield Caller(send, url)


@pytest.fixture(name="by_clock")
def fixture_by_clock(send: Send) -> Iterator[Caller]:
    with MockRunComfy(pace=timed(60, 1740)).serve() as url:
        yield Caller(send, url)


def test_a_request_goes_from_submit_to_a_playable_file(by_polls: Caller) -> None:
    submitted = by_polls.submit(prompt=PROMPT, duration=10, sound=False)
    assert all(submitted[name].startswith(by_polls.base_url + "/v1/requests/") for name in submitted if "url" in name)

    polled = [by_polls.status(submitted) for _ in range(4)]
    assert [each["status"] for each in polled] == ["in_queue", "in_queue", "in_progress", "completed"]
    assert [each.get("queue_position") for each in polled] == [1, 1, None, None]

    result = by_polls.result(submitted)
    assert result["status"] == "succeeded"
    assert result["cost"] == pytest.approx(10 * 0.112)
    assert result["input"] == {"prompt": PROMPT, "duration": 10, "sound": False}

    file = by_polls.download(result["output"]["video"])
    assert (file.status, file.headers["content-type"]) == (200, "video/mp4")
    assert file.headers["content-length"] == str(len(file.body))
    assert is_playable_mp4(file.body)


def test_a_file_comes_in_parts(by_polls: Caller) -> None:
    submitted = by_polls.submit()
    results = [by_polls.result(submitted) for _ in range(4)]
    assert [each["status"] for each in results] == ["in_queue", "in_queue", "in_progress", "succeeded"]
    url = results[-1]["output"]["video"]
    whole = by_polls.download(url).body
    head = by_polls.download(url, Range="bytes=0-99")
    rest = by_polls.download(url, Range="bytes=100-")
    assert (head.status, rest.status) == (206, 206)
    assert head.headers["content-range"] == f"bytes 0-99/{len(whole)}"
    assert head.body + rest.body == whole


def test_a_queued_request_is_cancelled_once_and_for_all(by_clock: Caller) -> None:
    submitted = by_clock.submit()
    by_clock.advance(59)
    for _ in range(2):
        answer = by_clock.cancel(submitted)
        assert (answer["outcome"], answer["status"]) == ("cancelled", "cancelled")
    by_clock.advance(3600)
    assert by_clock.status(submitted)["status"] == "cancelled"
    result = by_clock.result(submitted)
    assert result["status"] == "cancelled"
    assert "output" not in result


def test_a_running_or_finished_request_is_not_cancellable(by_clock: Caller) -> None:
    submitted = by_clock.submit()
    by_clock.advance(60)
    answer = by_clock.cancel(submitted)
    assert (answer["outcome"], answer["status"]) == ("not_cancellable", "in_progress")
    by_clock.advance(1740)
    answer = by_clock.cancel(submitted)
    assert (answer["outcome"], answer["status"]) == ("not_cancellable", "completed")
    assert by_clock.result(submitted)["status"] == "succeeded"


def test_errors_arrive_in_the_shape_of_the_api(by_polls: Caller) -> None:
    submit_url = f"{by_polls.base_url}/v1/models/{KLING}"
    submitted = by_polls.submit()
    other = Caller(by_polls.send, by_polls.base_url, "a-token-of-someone-else")
    replies = {
        "invalid": by_polls.call("POST", submit_url, {"prompt": 1, "duration": 99}),
        "no token": by_polls.send(Call("GET", submitted["status_url"])),
        "another account": other.call("GET", submitted["status_url"]),
        "no such request": by_polls.call("GET", f"{by_polls.base_url}/v1/requests/none/status"),
        "no such model": by_polls.call("POST", f"{by_polls.base_url}/v1/models/none/at/all", {"prompt": "x"}),
        "wrong method": by_polls.call("PUT", submit_url, {"prompt": "x"}),
        "no such path": by_polls.call("GET", f"{by_polls.base_url}/v2"),
    }
    assert {name: faults(Shape.ERROR, reply.document) for name, reply in replies.items()} == {
        name: [] for name in replies
    }
    assert {name: reply.status for name, reply in replies.items()} == {
        "invalid": 422,
        "no token": 401,
        "another account": 403,
        "no such request": 404,
        "no such model": 400,
        "wrong method": 405,
        "no such path": 404,
    }
    assert {finding["pointer"] for finding in replies["invalid"].document["detail"]} == {"/prompt", "/duration"}
