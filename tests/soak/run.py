"""The soak itself: the callers, those who change the rules meanwhile, and the accounts that are settled at the end."""

from __future__ import annotations

import asyncio
import itertools
import json
import random
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from tests.e2e.processes import Served, serve
from tests.inprocess import KLING, SUBMIT
from tests.soak.client import GARBLED, Caller

SLOWEST_CONTROL = 5.0  # seconds; both ends share the cores with 64 others
MOST_GROWTH = 1.3  # of the memory between the end of the warm-up and the end
_WARM_UP = 1 / 3
_OPTIONS = ("--pace", "polls:1,1", "--max-requests", "2000", "--journal-bytes", "8000000", "--seed", "1")
_PAYLOAD = json.dumps({"prompt": "a kitten", "duration": 3}).encode()
_OPERATIONS = ("submit", "submit", "status", "status", "result", "cancel", "media", "list", "categories", "model")
_OF_JSON = tuple(name for name in _OPERATIONS if name != "media")


@dataclass(frozen=True, slots=True)
class Plan:
    """How much: until so many ``seconds`` have passed, or so many ``calls`` were made."""

    connections: int
    seed: int
    seconds: float = 600.0
    calls: int | None = None


@dataclass(slots=True)
class Report:
    """What came of it. ``problems`` is empty if every promise was kept."""

    calls: int = 0
    broken: int = 0
    rules: int = 0
    slowest_control: float = 0.0
    memory: list[int] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def soak(plan: Plan, plans: Callable[[random.Random], dict[str, Any]] | None = None) -> Report:
    """Run the soak against a fake in a process of its own; ``plans`` draws the rules."""
    report = Report()
    with serve(*_OPTIONS) as served:
        asyncio.run(_Soak(plan, served, report, plans or draw_rules).run())
        ended, _ = served.stop(signal.SIGTERM)
    if ended.err:  # no fault that was asked for is worth a word, and a pipe that nobody reads would fill up
        report.problems.append(f"the server said: {ended.err[-2000:]}")
    return report


def draw_rules(chance: random.Random) -> dict[str, Any]:
    """Draw a few rules that every connection can get over within its patience."""
    short = {"seconds": 0.01}
    answers: list[Any] = [
        429, 503, "ok", "gzip", "bom", "garbage", "cut_json", "wrong_type", "chunked", "redirect", "extra_fields",
        "reset", "hang_up", "truncate", "stall", {"effect": "latency", **short}, {"effect": "dribble", **short},
        {"effect": "reset", "at": "accepted"}, {"effect": "hang_up", "at": "headers"},
        {"effect": "reset", "at": "body"}, {"effect": "reset", "at": "headers"},
        {"effect": "huge", "bytes": 200_000}, {"effect": "http", "status": 204, "body": "html"},
        [{"effect": "latency", **short}, "bom", {"effect": "reset", "at": "body", "accepted": False}],
    ]  # fmt: skip
    # Not less than what comes: the connection would end behind a whole answer, and take the next call with it unseen.
    of_media = ["expired_url", "no_file", "truncate", {"effect": "wrong_length", "by": 20}, "ok"]
    of_submit = ["fail", {"effect": "slow", "seconds": 0.5}, "long_id", "forget"]  # no "stuck": it would fill the fake
    rules: list[dict[str, Any]] = [
        {
            "match": {"operation": chance.choice(_OF_JSON), "nth": chance.randint(1, 5)},
            "answers": chance.choices(answers, k=3),
            "times": chance.randint(1, 3),
        }
        for _ in range(3)
    ]
    rules.append({"match": {"operation": "media"}, "answers": chance.choices(of_media, k=4)})
    return {"rule": [*rules, {"match": {"operation": "submit"}, "answers": chance.choices([*of_submit, "ok"], k=4)}]}


class _Soak:
    def __init__(self, plan: Plan, served: Served, report: Report, plans: Callable[[random.Random], Any]) -> None:
        parts = urlsplit(served.url)
        self._plan, self._served, self._report, self._plans = plan, served, report, plans
        self._address = parts.hostname or "", parts.port or 80
        self._ids: list[list[str]] = [[] for _ in range(plan.connections)]
        self._over = False
        self._statuses: Counter[int] = Counter()

    async def run(self) -> None:
        plan, report = self._plan, self._report
        steering = asyncio.gather(self._steer(), self._weigh())
        end = time.monotonic() + plan.seconds
        await asyncio.gather(*(self._call(number, end) for number in range(plan.connections)))
        self._over = True
        await steering
        report.statuses = dict(sorted(self._statuses.items()))
        await self._settle()
        kept = report.memory[int(len(report.memory) * _WARM_UP) :]
        if plan.calls is None and len(kept) > 1 and kept[-1] > MOST_GROWTH * kept[0]:
            report.problems.append(f"memory grew from {kept[0]} to {kept[-1]} bytes after the warm-up")

    async def _call(self, number: int, end: float) -> None:
        chance = random.Random(f"{self._plan.seed}/{number}")
        caller = Caller(*self._address, f"token-{number % max(1, self._plan.connections // 2)}")
        report, ids = self._report, self._ids[number]
        while time.monotonic() < end and (self._plan.calls is None or report.calls < self._plan.calls):
            operation = chance.choice(_OPERATIONS)
            name = chance.choice(ids) if ids else "unknown-id"
            report.calls += 1
            heard = await caller.call(*_call_of(operation, name))
            self._statuses[heard.status] += 1
            if heard.status == GARBLED:
                report.problems.append(f"{operation}: an answer began with {heard.body[:100]!r}")
            report.broken += not heard.alive
            if operation == "submit" and heard.status == 200 and heard.body.startswith(b"{"):
                try:
                    ids.append(str(json.loads(heard.body)["request_id"]))
                except ValueError:
                    continue
                del ids[:-20]
        await caller.close()

    async def _steer(self) -> None:
        """Change the rules, of all and of single accounts, and look at everything that can be looked at."""
        chance = random.Random(f"{self._plan.seed}/steer")
        for turn in itertools.count():
            if self._over:
                return
            token = "" if turn % 2 else f"token-{chance.randrange(max(1, self._plan.connections // 2))}"
            control = Caller(*self._address, token)
            if turn % 8 == 7:
                await self._control(control, "DELETE", "/__mock__/rules")
            await self._control(control, "POST", "/__mock__/rules", json.dumps(self._plans(chance)).encode())
            for path in ("health", "rules", "spend", "clock"):
                await self._control(control, "GET", f"/__mock__/{path}")
            await control.close()
            self._report.rules += 1
            await asyncio.sleep(0.05)

    async def _control(self, caller: Caller, method: str, path: str, body: bytes = b"") -> Any:
        begun = time.monotonic()
        heard = await caller.call(method, path, body, patience=10 * SLOWEST_CONTROL)
        seconds = time.monotonic() - begun
        self._report.slowest_control = max(self._report.slowest_control, seconds)
        if heard.status != 200 or seconds > SLOWEST_CONTROL:
            self._report.problems.append(f"{method} {path}: {heard.status} after {seconds:.2f} s: {heard.body[:200]!r}")
            return {}
        return json.loads(heard.body)

    async def _weigh(self) -> None:
        path = Path(f"/proc/{self._served.process.pid}/statm")
        while not self._over and sys.platform == "linux":
            self._report.memory.append(_resident(path))
            await asyncio.sleep(min(1.0, self._plan.seconds / 20))

    async def _settle(self) -> None:
        """Every call that was sent is in the journal, or was evicted from it."""
        control = Caller(*self._address, "")
        found: dict[str, Any] = {}
        for _ in range(100):  # the last to be given up are still being written down
            found = await self._control(control, "GET", "/__mock__/journal")
            if len(found["entries"]) + found["evicted"] >= self._report.calls + 1:  # one is of who waited for the start
                break
            await asyncio.sleep(0.05)
        written = len(found["entries"]) + found["evicted"] - 1
        if written != self._report.calls:
            self._report.problems.append(f"{self._report.calls} calls were made, {written} are in the journal")
        if any(entry["http_status"] >= 500 and entry["rule"] is None for entry in found["entries"]):
            self._report.problems.append("the fake answered 5xx without a rule")
        await control.close()


def _resident(path: Path) -> int:
    return int(path.read_text("ascii").split()[1]) * 4096


def _call_of(operation: str, request_id: str) -> tuple[str, str, bytes]:
    match operation:
        case "submit":
            return "POST", SUBMIT, _PAYLOAD
        case "cancel":
            return "POST", f"/v1/requests/{request_id}/cancel", b""
        case "media":
            return "GET", f"/media/{request_id}/0.mp4", b""
        case "list":
            return "GET", "/v1/models", b""
        case "categories":
            return "GET", "/v1/models/categories", b""
        case "model":
            return "GET", f"/v1/models/{KLING}", b""
        case _:
            return "GET", f"/v1/requests/{request_id}/{operation}", b""
