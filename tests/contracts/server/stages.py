"""A stage whose server says what a test tells it to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from contracts.exchange import Answer
from contracts.server.calling.connection import Unanswered
from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.session import Session
from contracts.server.calling.stage import Promises, Stage, Tokens
from contracts.server.judging.collector import Collector, Scene
from schemas import catalog

FIRST, SECOND = "the-token-of-the-first", "the-token-of-the-second"
MODEL = "kling/kling-3.0/pro/text-to-video"
BASE = "http://127.0.0.1:8787"
MODELS = catalog.load()


@dataclass(frozen=True)
class Sent:
    """What came to the server."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes | None


Speaker = Callable[[Sent], Answer | str]
"""Answers a call, or says in a text why it does not."""


@dataclass
class Scripted:
    """A connection to a server that is only a function."""

    speaker: Speaker
    sent: list[Sent] = field(default_factory=list)
    base_url: str = BASE

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self.sent.append(Sent(method, path, dict(headers), body))
        said = self.speaker(self.sent[-1])
        if isinstance(said, str):
            raise Unanswered(said)
        return said

    def close(self) -> None:
        """There is nothing to let go of."""


def saying(document: object, status: int = 200, **headers: str) -> Answer:
    """Answer with a document."""
    return Answer(status, {"content-type": "application/json"} | headers, json.dumps(document).encode())


def stage(
    speaker: Speaker,
    *,
    made_up: bool = False,
    live: bool = False,
    second: str | None = SECOND,
    promises: Promises | None = None,
) -> Stage:
    """Set up a stage with a server that speaks like that."""
    return Stage(Scripted(speaker), MODELS, Tokens(FIRST, second, made_up), Scene(BASE), live, promises)


def session(where: Stage, limits: Limits | None = None, collector: Collector | None = None) -> Session:
    """Begin a session on it."""
    return Session(where, collector or Collector(), Meter(limits or Limits()))


def urls(request_id: str) -> dict[str, str]:
    """Return the three URLs of a request, as a right server tells them."""
    return {f"{name}_url": f"{BASE}/v1/requests/{request_id}/{name}" for name in ("status", "result", "cancel")}


def submitted(request_id: str = "a-request") -> Answer:
    """Answer a submit as a right server does."""
    return saying({"request_id": request_id, **urls(request_id)})


def always(answer: Answer) -> Speaker:
    """Say the same to every call."""

    def speaker(call: Sent) -> Answer:
        return answer

    return speaker
