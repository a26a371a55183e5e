"""``serve --journal FILE``: a fake that is killed, and one that goes on where it was."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import httpx

from tests.e2e.processes import run, serve

SUBMIT = "/v1/models/kling/kling-3.0/pro/text-to-video"
HEADERS = {"Authorization": "Bearer a-token-to-keep-quiet"}


def test_what_was_told_to_a_client_survives_a_kill_in_the_midst_of_it(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    told: list[str] = []
    with serve("--journal", path, "--pace", "manual", "--json") as served:
        rule = {"match": {"operation": "status"}, "answers": [503], "then": "repeat_last"}
        httpx.post(f"{served.url}/__mock__/rules", json=rule)

        def submit() -> None:
            with httpx.Client(base_url=served.url, headers=HEADERS) as client:
                while True:
                    try:
                        told.append(client.post(SUBMIT, json={"prompt": "a boat"}).json()["request_id"])
                    except httpx.TransportError:
                        return
                    if len(told) == 50:
                        served.process.kill()  # while others are in the midst of a call

        threads = [threading.Thread(target=submit) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert served.process.wait() == -signal.SIGKILL
    with path.open("ab") as file:
        file.write(b'{"kind": "call", "seq": 7')
    with serve("--journal", path, "--pace", "manual") as served:
        known = httpx.get(f"{served.url}/__mock__/requests").json()["requests"]
        assert {each["request_id"] for each in known} >= set(told)
        assert httpx.get(f"{served.url}/v1/requests/{told[0]}/status", headers=HEADERS).status_code == 503
        entries = httpx.get(f"{served.url}/__mock__/journal").json()["entries"]
        assert [entry["seq"] for entry in entries] == list(range(1, len(entries) + 1))
        ended, _ = served.stop(signal.SIGTERM)
    assert ended.code == 0
    assert "the last line of the journal" in ended.err
    assert "was torn and is dropped (25 bytes)" in ended.err
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["kind"] for line in lines].count("opened") == 2
    assert "a-token-to-keep-quiet" not in path.read_text("utf-8")


def test_a_journal_that_cannot_be_continued_is_named(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no journal\n", "utf-8")
    ended = run("serve", "--port", "0", "--journal", path)
    assert ended.code == 65
    assert f"the journal {path}, line 1: a journal of this fake begins with its opening" in ended.clear_error
    path = tmp_path / "calls.ndjson"
    with serve("--journal", path):
        ended = run("serve", "--port", "0", "--journal", path)
    assert ended.code == 65
    assert "in use by another fake" in ended.clear_error
