"""Servers that play a list of answers, and sessions with them."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from contracts.exchange import Answer, Call, Exchange, Who
from contracts.server.calling.connection import Unanswered
from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.session import Session
from contracts.server.calling.stage import Promises, Stage, Tokens
from contracts.server.judging.checks import CHECKS
from contracts.server.judging.collector import Collector, Scene
from schemas import catalog
from schemas.model import Model
from schemas.variants import Variants

BASE = "http://127.0.0.1:8787"
KLING = "kling/kling-3.0/pro/text-to-video"
MODEL: Model = catalog.load()[KLING]
PAYLOAD = MODEL.example()
ID = "11111111-1111-4111-8111-111111111111"
CREATED, FINISHED = "2026-01-01T00:00:00Z", "2026-01-01T00:00:06Z"
VIDEO = "https://playgrounds-storage-public.runcomfy.net/a.mp4"


@dataclass
class Scripted:
    """A connection whose answers are those of a list, in turn; ``None`` is a call without one."""

    answers: Iterator[Answer | None]
    base_url: str = BASE
    sent: list[tuple[str, str, Mapping[str, str], bytes | None]] = field(default_factory=list)

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> Answer:
        self.sent.append((method, path, headers, body))
        answer = next(self.answers)
        if answer is None:
            raise Unanswered("has not answered within 10 s")
        return answer

    def close(self) -> None:
        """There is nothing to let go of."""


def stage(answers: Sequence[Answer | None] = (), base_url: str = BASE, **more: Any) -> Stage:
    """Return a server without a control plane that answers with these."""
    tokens = Tokens("first-token", "second-token")
    return Stage(Scripted(iter(answers), base_url), catalog.load(), tokens, Scene(base_url), **more)


def session(*answers: Answer | None, **more: Any) -> Session:
    """Return a session with such a server."""
    return Session(stage(answers, **more), Collector(), Meter(Limits()))


PROMISES = Promises(None, None, Variants())


def said(document: object, status: int = 200, media_type: str = "application/json") -> Answer:
    """Return an answer with a document."""
    return Answer(status, {"content-type": media_type}, json.dumps(document).encode())


def urls(request_id: str = ID, base_url: str = BASE) -> dict[str, str]:
    return {f"{name}_url": f"{base_url}/v1/requests/{request_id}/{name}" for name in ("status", "result", "cancel")}


def accepted(request_id: str = ID, **more: Any) -> Answer:
    """Return the answer to a submit."""
    return said({"request_id": request_id, **urls(request_id), **more})


def status(word: str, position: object = None, request_id: str = ID, **more: Any) -> Answer:
    """Return the answer to a status; ``position`` is left out if it is ``None``."""
    document = {"request_id": request_id, "status": word, **urls(request_id), **more}
    del document["cancel_url"]
    return said(document if position is None else document | {"queue_position": position})


def result(word: str, request_id: str = ID, **more: Any) -> Answer:
    """Return the answer to a result, with what such a one has; a property that is ``None`` is left out."""
    document: dict[str, Any] = {"request_id": request_id, "status": word, "created_at": CREATED}
    if word not in ("in_queue", "in_progress"):
        document["finished_at"] = FINISHED
    if word in ("succeeded", "completed"):
        document["output"] = {"video": VIDEO}
    if word == "failed":
        document["error"] = {"error_code": 500001, "error_message": "the generation failed"}
    return said({name: value for name, value in (document | more).items() if value is not None})


def cancelled(outcome: str, word: str, request_id: str = ID) -> Answer:
    """Return the answer to a cancel."""
    return said({"request_id": request_id, "status": word, "outcome": outcome}, 202)


def refused(http: int, code: int | None = None, text: str = "no", **more: Any) -> Answer:
    """Return an error."""
    document = {"error_message": text, **more}
    return said(document if code is None else document | {"error_code": code}, http)


def broken(told: Session) -> list[str]:
    """Return the ids of what was found."""
    return list(told.collector.broken)


READS = {
    "status": ("GET", f"/v1/requests/{ID}/status"),
    "result": ("GET", f"/v1/requests/{ID}/result"),
    "cost": ("GET", f"/v1/requests/{ID}/result?include_cost=true"),
    "cancel": ("POST", f"/v1/requests/{ID}/cancel"),
    "list": ("GET", "/v1/models"),
    "categories": ("GET", "/v1/models/categories"),
    "model": ("GET", f"/v1/models/{KLING}"),
    "submit": ("POST", f"/v1/models/{KLING}"),
    "media": ("GET", "/media/a.mp4"),
}


def call(name: str, who: Who = Who.FIRST, headers: Mapping[str, str] | None = None) -> Call:
    """Return a call of each kind."""
    method, path = READS[name]
    body = json.dumps(PAYLOAD).encode() if name == "submit" else None
    return Call("result" if name == "cost" else name, method, path, who, body, headers or {})


def begun(*answers: Answer | None, **more: Any) -> Session:
    """Return a session in which a request was accepted; the answers are to what comes after it."""
    told = session(accepted(), *answers, **more)
    told.submit(MODEL, PAYLOAD)
    return told


def play(told: Session, *names: str, who: Who = Who.FIRST) -> list[Exchange]:
    """Make the calls of these names, in turn."""
    return [told.call(call(name, who)) for name in names]


def checks_of(module: ModuleType) -> set[str]:
    """Return the ids of the checks that stand in the source of a module."""
    return {text for text in re.findall(r'"([a-z.-]+)"', inspect.getsource(module)) if text in CHECKS}


@dataclass(frozen=True, slots=True)
class Tale:
    """Calls after an accepted submit, each with its answer, and the ids of what is broken in the end."""

    calls: Sequence[tuple[str, Answer | None]]
    due: Sequence[str] = ()
    who: Who = Who.FIRST
    headers: Mapping[str, str] = field(default_factory=dict)
    promises: Promises | None = None

    def tell(self) -> Session:
        told = begun(*(answer for _, answer in self.calls), promises=self.promises)
        for name, _ in self.calls:
            told.call(call(name, Who.FIRST if name == "submit" else self.who, self.headers))
        return told


def covered(tales: Iterable[Tale]) -> tuple[set[str], set[str]]:
    """Return the checks that are broken in one of the tales, and those that are held in one and not broken."""
    wrong, right = set(), set()
    for tale in tales:
        told = tale.tell()
        found = {each.check for each in told.collector.broken.values()}
        wrong |= found
        right |= set(told.collector.times) - found
    return wrong, right
