"""One who reads the events of a served fake, in the hand of a test."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from mock_server import MockRunComfy
from tests.mock_server.core.entry_maker import make_entry

HELLO = ": the calls follow"


class Stream:
    """One reader of events: its answer, read a block at a time."""

    def __init__(self, answer: httpx.Response) -> None:
        self.answer = answer
        self._lines = answer.iter_lines()

    def block(self) -> list[str]:
        """Read up to the next empty line."""
        lines = []
        while line := next(self._lines):
            lines.append(line)
        return lines

    def event(self) -> tuple[str, Any]:
        """Read one event: its kind and its data, which carries its number as its id."""
        fields = dict(line.split(": ", 1) for line in self.block())
        data = json.loads(fields["data"])
        if "id" in fields:
            assert int(fields["id"]) == data["seq"]
        return fields["event"], data

    def numbers(self, count: int) -> list[int]:
        """Read so many calls."""
        read = [self.event() for _ in range(count)]
        assert {kind for kind, _ in read} == {"call"}
        return [data["seq"] for _, data in read]


@contextmanager
def following(url: str, token: str | None = None, query: str = "", **headers: str) -> Iterator[Stream]:
    headers = headers if token is None else headers | {"Authorization": f"Bearer {token}"}
    with httpx.stream("GET", f"{url}/__mock__/events{query}", headers=headers, timeout=20) as answer:
        stream = Stream(answer)
        if answer.status_code == 200:
            assert stream.block() == [HELLO]
        yield stream


def write(fake: MockRunComfy, count: int, account: str = "", payload: bytes | None = None) -> None:
    for _ in range(count):
        fake.app.service.journal.append(make_entry(account=account, payload=payload))


def followers(fake: MockRunComfy) -> int:
    return len(fake.app.service.journal._observers)
