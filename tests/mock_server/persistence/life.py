"""A fake that writes a journal, in the hand of a test, and what can be seen of its state."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from mock_server import MockRunComfy
from mock_server.core.lifecycle import Reads
from mock_server.service import View
from tests.inprocess import OTHER_TOKEN, SUBMIT, TOKEN, client

EFFECTS: list[Any] = [
    429,
    "ok",
    "fail",
    "forget",
    "expire",
    "stuck",
    {"effect": "dribble", "accepted": False},
    {"effect": "reset", "at": "accepted"},
    {"effect": "cancel_race", "told": "not_cancellable"},
]


class Life:
    """One fake after the other on the same journal; the real time is the test's."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.real = 1_700_000_000.0
        self.path = path
        self.settings = settings
        self.ids: list[str] = []
        self.fake = self._start()

    def _start(self) -> MockRunComfy:
        return MockRunComfy(journal=self.path, now=lambda: self.real, **self.settings)

    def restart(self, **changed: Any) -> MockRunComfy:
        """End this fake, and start another on its journal."""
        self.fake.close()
        self.settings |= changed
        self.fake = self._start()
        return self.fake

    def call(self, method: str, path: str, who: int = 0, **more: Any) -> httpx.Response | None:
        """Make a call; ``None`` where the connection broke."""
        try:
            answer = client(self.fake, (TOKEN, OTHER_TOKEN)[who]).request(method, path, **more)
        except httpx.TransportError:
            return None
        assert answer.status_code != httpx.codes.INTERNAL_SERVER_ERROR, answer.text
        return answer

    def submit(self, who: int = 0, **payload: Any) -> None:
        """Submit; the id is known if it was told."""
        answer = self.call("POST", SUBMIT, who, json={"prompt": "a boat"} | payload)
        if answer is not None and answer.status_code == 200:
            self.ids.append(answer.json()["request_id"])

    def state(self) -> dict[str, Any]:
        """Return all that can be seen of the fake's state."""
        service = self.fake.app.service
        return {
            "requests": [
                (
                    view.request.request_id,
                    view.status,
                    view.position,
                    view.at,
                    view.request.payload,
                    view.request.failure,
                    view.request.reads if _counts_reads(view) else 0,
                    view.request.expired,
                )
                for view in self.fake.requests
            ],
            "clocks": {each.fingerprint: each.clock.now() for each in service.accounts if each.requests},
            "clock": self.fake.clock.now(),
            "frozen": service.default_clock.frozen,
            "rules": [each.as_json() for each in self.fake.rules],
            "journal": list(map(_plain, self.fake.journal)),
            "spend": self.fake.spend(),
            "windows": {
                each.fingerprint: (each.window_start, each.window_calls)
                for each in service.accounts
                if each.window_calls
            },
            "submitted": {each.fingerprint: each.submitted for each in service.accounts if each.submitted},
        }


def _counts_reads(view: View) -> bool:
    plan = view.request.plan
    return isinstance({"in_queue": plan.queue, "in_progress": plan.run}.get(view.status), Reads)


def _plain(entry: Any) -> dict[str, Any]:
    return {name: getattr(entry, name) for name in type(entry).__dataclass_fields__}
