"""Output files: real, in part or whole, without a token."""

from __future__ import annotations

import httpx
import pytest

from mock_server import MockRunComfy, Settings, instant, manual
from mock_server.web.media import MEDIA
from tests.inprocess import client, submit

VIDEO = (MEDIA / "video.mp4").read_bytes()


@pytest.fixture
def fake() -> MockRunComfy:
    return MockRunComfy(pace=instant())


@pytest.fixture
def url(fake: MockRunComfy) -> str:
    caller = client(fake)
    return str(caller.get(submit(caller)["result_url"]).json()["output"]["video"])


@pytest.fixture
def anyone(fake: MockRunComfy) -> httpx.Client:
    return client(fake, token=None)


def test_the_file_is_served_without_a_token(fake: MockRunComfy, url: str, anyone: httpx.Client) -> None:
    answer = anyone.get(url)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "video/mp4"
    assert answer.content == VIDEO
    assert not fake.journal[-1].token_sent_to_media


def test_a_token_that_was_sent_to_it_is_flagged(fake: MockRunComfy, url: str) -> None:
    answer = client(fake).get(url)
    assert answer.content == VIDEO
    assert "token" in answer.headers["x-runcomfy-mock-warning"]
    assert fake.journal[-1].token_sent_to_media


def test_head_tells_the_size_and_sends_nothing(url: str, anyone: httpx.Client) -> None:
    answer = anyone.head(url)
    assert answer.status_code == 200
    assert answer.headers["content-length"] == str(len(VIDEO))
    assert answer.content == b""


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("0-3", 0, 3), ("4-", 4, None), ("-7", -7, None), ("0-999999", 0, None), ("-999999", 0, None), ("5-5", 5, 5)],
)
def test_a_range_is_a_part_of_the_file(
    url: str, anyone: httpx.Client, asked: str, first: int, last: int | None
) -> None:
    answer = anyone.get(url, headers={"Range": f"bytes={asked}"})
    expected = VIDEO[first:] if last is None else VIDEO[first : last + 1]
    assert answer.status_code == 206
    assert answer.content == expected
    start = VIDEO.index(expected) if first < 0 else first
    assert answer.headers["content-range"] == f"bytes {start}-{start + len(expected) - 1}/{len(VIDEO)}"


@pytest.mark.parametrize(
    "asked", ["bytes=9-3", "bytes=-", "bytes=0-1,3-4", "lines=0-1", "bytes=x", "bytes=" + "9" * 99]
)
def test_a_range_that_is_none_is_ignored(url: str, anyone: httpx.Client, asked: str) -> None:
    answer = anyone.get(url, headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, VIDEO)


@pytest.mark.parametrize("asked", [f"bytes={len(VIDEO)}-", "bytes=999999-", "bytes=-0"])
def test_a_range_past_the_end_cannot_be_satisfied(url: str, anyone: httpx.Client, asked: str) -> None:
    answer = anyone.get(url, headers={"Range": asked})
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{len(VIDEO)}"


@pytest.mark.parametrize(
    "name", ["1.mp4", "7.mp4", "0.png", "1.exe", "x.mp4", "..%2f..%2fsecrets", "0.mp4x", "0000.mp4"]
)
def test_other_names_are_not_found(url: str, anyone: httpx.Client, name: str) -> None:
    assert anyone.get(url.rpartition("/")[0] + f"/{name}").status_code == 404


def test_nothing_is_served_for_a_request_without_output(fake: MockRunComfy, anyone: httpx.Client) -> None:
    held = MockRunComfy(pace=manual())
    request_id = submit(client(held))["request_id"]
    assert client(held, token=None).get(f"/media/{request_id}/0.mp4").status_code == 404
    held.move(request_id, "failed")
    assert client(held, token=None).get(f"/media/{request_id}/0.mp4").status_code == 404
    assert anyone.get("/media/unknown/0.mp4").status_code == 404


def test_another_host_can_be_put_before_the_outputs() -> None:
    host = "https://playgrounds-storage-public.runcomfy.net/bucket"
    fake = MockRunComfy(pace=instant(), settings=Settings(output_base_url=host))
    caller = client(fake)
    urls = submit(caller)
    video = caller.get(urls["result_url"]).json()["output"]["video"]
    assert video == f"{host}/media/{urls['request_id']}/0.mp4"


def test_asking_for_a_file_is_no_read() -> None:
    caller = client(MockRunComfy(pace="polls:1,1"))
    urls = submit(caller)
    for status in ("in_queue", "in_progress", "completed"):
        for name in ("0.mp4", "1.mp4"):
            caller.get(f"/media/{urls['request_id']}/{name}")
        assert caller.get(urls["status_url"]).json()["status"] == status


@pytest.mark.parametrize("value", ["bytes=0-9", "bytes=999999-"])
def test_a_range_is_of_get_alone(value: str) -> None:
    caller = client(MockRunComfy(pace="instant"))
    url = caller.get(submit(caller)["result_url"]).json()["output"]["video"]
    plain, ranged = caller.head(url), caller.head(url, headers={"Range": value})
    assert (ranged.status_code, ranged.headers["content-length"]) == (200, plain.headers["content-length"])
    assert "content-range" not in ranged.headers


def test_the_unit_of_a_range_may_be_in_capitals() -> None:
    caller = client(MockRunComfy(pace="instant"))
    url = caller.get(submit(caller)["result_url"]).json()["output"]["video"]
    answer = caller.get(url, headers={"Range": "Bytes=0-3"})
    assert (answer.status_code, len(answer.content)) == (206, 4)
