"""Every change is one line, and it is there before the call that made it is answered."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.types import Message

from mock_server import MockRunComfy
from mock_server.core.keeper import Keeper
from mock_server.persistence.file_keeper import FileKeeper
from tests.inprocess import SUBMIT, client, submit
from tests.mock_server.core.entry_maker import make_entry


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_every_change_is_a_line(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    fake = MockRunComfy(journal=path, pace="polls:1,1")
    caller = client(fake)
    rule_id = fake.rules.add(answers=[{"effect": "dribble", "accepted": False, "seconds": 0}, "forget"])[0]
    for _ in range(2):
        caller.post(SUBMIT, json={"prompt": "x"})
    first, second, third = (submit(caller)["request_id"] for _ in range(3))
    caller.get(f"/v1/requests/{first}/status")
    caller.post(f"/v1/requests/{second}/cancel")
    fake.move(third, "failed")
    fake.move(first, "completed")
    fake.rules.add(match={"operation": "result"}, answers=["expire"])
    caller.get(f"/v1/requests/{first}/result")
    fake.rules.remove(rule_id)
    fake.clock.freeze()
    caller.post("/__mock__/reset")
    fake.close()
    kinds = [line["kind"] for line in lines(path)]
    assert set(kinds) == {
        *("opened", "submitted", "read", "cancelled", "moved", "withdrawn", "forgotten", "expired", "reset", "clock"),
        *("rules_added", "rules_removed", "rule_counted", "call"),
    }
    assert kinds.count("call") == 8
    assert kinds.count("submitted") == 5
    assert kinds[-1] == "reset"


def test_a_request_is_in_the_file_before_its_answer_is_sent(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    fake = MockRunComfy(journal=path)
    known: list[list[str]] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": b'{"prompt": "x"}'}

    async def send(message: Message) -> None:
        known.append([line["kind"] for line in lines(path)])

    headers = [(b"authorization", b"Bearer some-token"), (b"content-type", b"application/json")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": SUBMIT,
        "headers": headers,
        "scheme": "http",
        "query_string": b"",
    }
    call = fake.app(scope, receive, send)
    try:
        call.send(None)
    except StopIteration:
        fake.close()
    assert known[0] == ["opened", "submitted", "call"]


def test_the_file_hears_of_all_that_there_is_to_hear() -> None:
    heard = {name for name in vars(Keeper) if not name.startswith("_")} - {"keeps"}
    assert heard == {name for name in vars(FileKeeper) if not name.startswith("_")}


def test_health_tells_how_the_file_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def state(fake: MockRunComfy) -> str:
        return str(client(fake, None).get("/__mock__/health").json()["journal_file"])

    assert state(MockRunComfy()) == "none"
    fake = MockRunComfy(journal=tmp_path / "calls.ndjson")
    assert state(fake) == "written"
    assert fake.app.file is not None
    monkeypatch.setattr(fake.app.file, "_broken", True)
    assert state(fake) == "broken"
    fake.close()


@pytest.fixture(name="_eager_threads")
def fixture_eager_threads() -> Iterator[None]:
    """Have threads take turns as often as they can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.mark.usefixtures("_eager_threads")
def test_calls_of_many_threads_are_in_the_file_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    path = tmp_path / "calls.ndjson"
    fake = MockRunComfy(journal=path)

    def write() -> None:
        for _ in range(600):
            fake.app.service.write_down(make_entry(), None)

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    fake.close()
    assert [line["seq"] for line in lines(path) if line["kind"] == "call"] == list(range(1, 4801))
