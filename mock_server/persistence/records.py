"""How state is written as JSON, and read again: clocks, plans, requests, entries of the journal."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from dataclasses import asdict, fields
from typing import Any

from mock_server.core.clock import Mark
from mock_server.core.entry import Entry
from mock_server.core.lifecycle import Failure, Held, Plan, Reads, Request, Seconds, Wait
from schemas.findings import Finding

_ENTRY_FIELDS = frozenset(field.name for field in fields(Entry))


def write_mark(mark: Mark) -> dict[str, Any]:
    """Write where a clock stands. One that others advance while they wait is written as one that stands still."""
    return {"real": mark.real, "virtual": mark.virtual, "speed": mark.speed, "frozen": mark.frozen}


def read_mark(document: Mapping[str, Any]) -> Mark:
    """Read where a clock stands."""
    frozen = document["frozen"]
    if not isinstance(frozen, bool):
        raise TypeError("frozen is true or false")
    return Mark(float(document["real"]), float(document["virtual"]), float(document["speed"]), frozen)


def write_failure(failure: Failure | None) -> dict[str, Any] | None:
    """Write a failure."""
    return None if failure is None else asdict(failure)


def read_failure(document: Mapping[str, Any] | None) -> Failure | None:
    """Read a failure."""
    return None if document is None else Failure(**document)


def write_request(request: Request, kept: bytes) -> dict[str, Any]:
    """Write a request as it was when it was accepted; ``kept`` is its payload without secrets."""
    return {
        "request_id": request.request_id,
        "account": request.account,
        "number": request.number,
        "model_id": request.model_id,
        "cost_usd": request.cost_usd,
        "queue": _write_wait(request.plan.queue),
        "run": _write_wait(request.plan.run),
        "failure": write_failure(request.plan.failure),
        "at": request.submitted_at,
        "payload": kept.decode("utf-8", "replace"),
    }


def read_request(document: Mapping[str, Any]) -> Request:
    """Read a request as it was when it was accepted."""
    plan = Plan(_read_wait(document["queue"]), _read_wait(document["run"]), read_failure(document["failure"]))
    return Request(
        request_id=document["request_id"],
        account=document["account"],
        number=int(document["number"]),
        model_id=document["model_id"],
        payload=document["payload"].encode(),
        cost_usd=float(document["cost_usd"]),
        plan=plan,
        submitted_at=float(document["at"]),
        failure=plan.failure,
    )


def _write_wait(wait: Wait) -> dict[str, float] | None:
    match wait:
        case Seconds(seconds):
            return {"seconds": seconds}
        case Reads(count):
            return {"reads": count}
        case Held():
            return None


def _read_wait(document: Mapping[str, Any] | None) -> Wait:
    if document is None:
        return Held()
    return Reads(int(document["reads"])) if "reads" in document else Seconds(float(document["seconds"]))


def write_entry(entry: Entry) -> dict[str, Any]:
    """Write an entry of the journal; a payload that is no UTF-8 is written in base64."""
    document = {name: getattr(entry, name) for name in _ENTRY_FIELDS if name not in ("findings", "payload")}
    document["findings"] = [asdict(finding) for finding in entry.findings]
    document["path"] = entry.path.encode("utf-8", "replace").decode()
    if entry.payload is not None:
        try:
            document["payload"] = entry.payload.decode()
        except UnicodeDecodeError:
            document["payload_base64"] = base64.b64encode(entry.payload).decode("ascii")
    return document


def read_entry(document: Mapping[str, Any]) -> Entry:
    """Read an entry of the journal; what a newer version may have added is passed over."""
    known = {name: value for name, value in document.items() if name in _ENTRY_FIELDS}
    known["findings"] = tuple(Finding(**finding) for finding in document["findings"])
    known |= {name: tuple(document[name]) for name in ("unknown", "effects")}
    if "payload" in document:
        known["payload"] = document["payload"].encode()
    elif "payload_base64" in document:
        known["payload"] = base64.b64decode(document["payload_base64"])
    return Entry(**known)
