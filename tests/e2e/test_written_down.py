"""Whoever has seen the end of a call, or its break, finds it in the journal: at once, and in no other test's."""

from __future__ import annotations

import http.client
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from mock_server import MockRunComfy

SUBMIT = "/v1/models/kling/kling-3.0/pro/text-to-video"
HEADERS = {"Authorization": "Bearer some-token"}
BREAKS: dict[str, Any] = {
    "reset": {"effect": "reset", "at": "accepted"},
    "hang up": {"effect": "hang_up", "at": "body"},
    "truncate": "truncate",
    "stall": {"effect": "stall", "at": "accepted"},
    "late": {"effect": "latency", "seconds": 60, "accepted": True},
    "held": {"effect": "latency", "seconds": 60},
}


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_in_the_journal_when_it_is_seen(name: str) -> None:
    fake = MockRunComfy(rules=[{"match": {"operation": "submit"}, "answers": [BREAKS[name]], "then": "repeat_last"}])
    with fake.serve() as url, httpx.Client(base_url=url, headers=HEADERS, timeout=0.05) as client:
        for round_ in range(8):
            with pytest.raises(httpx.TransportError):
                client.post(SUBMIT, json={"prompt": str(round_)})
            fake.journal.verify(submit=1)
            if round_ % 2:
                assert len(httpx.get(f"{url}/__mock__/journal").json()["entries"]) == 1
            fake.reset()


def test_what_a_reset_has_interrupted_is_in_no_journal_after_it() -> None:
    fake = MockRunComfy(rules=[{"match": {"operation": "list"}, "answers": [{"effect": "latency", "seconds": 60}]}])
    fake.clock.freeze()
    with fake.serve() as url:
        answered: list[int] = []

        def call(headers: dict[str, str]) -> None:
            answered.append(httpx.get(f"{url}/v1/models", headers=headers, timeout=10).status_code)

        for headers, status in ((HEADERS, 200), ({}, 401)):
            caller = threading.Thread(target=call, args=(headers,))
            caller.start()
            while not any(rule.fired for rule in fake.rules):
                fake.settle()
            fake.reset()
            caller.join(10)
            assert answered.pop() == status
            assert list(fake.journal) == []
            fake.clock.freeze()


def test_calls_ahead_of_the_last_on_a_connection_hear_that_the_client_is_gone() -> None:
    fake = MockRunComfy(
        rules=[
            {"match": {"operation": "status"}, "answers": ["stall"], "then": "repeat_last"},
            {"match": {"operation": "list"}, "answers": [{"effect": "reset", "at": "accepted"}], "then": "repeat_last"},
        ]
    )
    with fake.serve() as url:
        address = ("127.0.0.1", urlsplit(url).port)
        for path in ("/v1/requests/x/status", "/v1/models"):
            for _ in range(5):
                with socket.create_connection(address, timeout=10) as client:
                    call = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer some-token\r\n\r\n".encode()
                    client.sendall(2 * call)
                    fake.settle()
        fake.settle()
        tasks = fake._servers[0].server_state.tasks
        fake.journal.verify(status=5, list=5)
        assert len(tasks) == 0


def test_a_redirect_of_a_download_leads_to_the_file() -> None:
    fake = MockRunComfy(pace="instant", rules=[{"match": {"operation": "media"}, "answers": ["redirect"]}])
    with fake.serve() as url, httpx.Client(base_url=url, headers=HEADERS) as client:
        result_url = client.post(SUBMIT, json={"prompt": "x"}).json()["result_url"]
        video = client.get(result_url).json()["output"]["video"]
        answer = httpx.get(video, follow_redirects=True)
        assert (answer.status_code, answer.content[4:8]) == (200, b"ftyp")
        assert answer.url.host != httpx.URL(video).host
        assert [entry.http_status for entry in fake.journal.where(operation="media")] == [307, 200]


def test_an_answer_is_in_the_journal_when_it_is_read() -> None:
    fake = MockRunComfy()
    with fake.serve() as url:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
        for number in range(1, 200):
            connection.request("GET", "/v1/models", headers=HEADERS)
            connection.getresponse().read()
            assert len(fake.app.service.journal) == number
        connection.close()
