"""A fixed tour of calls through a server: what it shows of each mistake, call by call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from contracts.mutants.mutant import Break
from contracts.targets import fake
from tests.contracts.mutants.calling import Caller, Told
from tests.contracts.mutants.payloads import PAYLOADS, TRAILS

KLING = "/v1/models/kling/kling-3.0/pro/text-to-video"
FIRST, SECOND, STRANGER = "first-token-of-two", "second-token-of-two", "token-of-a-stranger"
STEADY = ("--frozen-at", "2026-01-01T00:00:00Z", "--seed", "7")
LISTED = ("--token", FIRST, "--token", SECOND)
MISSING = "00000000-0000-4000-8000-000000000000"


@dataclass
class Guide:
    """Makes the calls of one scene, and keeps what came."""

    call: Caller
    record: list[tuple[str, Told]] = field(default_factory=list)

    def go(self, method: str, path: str, *, token: str | None = FIRST, **others: Any) -> Told:
        told = self.call(method, path, token=token, **others)
        self.record.append((f"{method} {path}", told))
        return told

    def submit(self, payload: Any, *, token: str | None = FIRST, path: str = KLING, **others: Any) -> str:
        """Return the id, an empty text if there is none."""
        told = self.go("POST", path, token=token, body=json.dumps(payload).encode(), **others)
        return _id_of(told)

    def read(self, *ids: str, token: str | None = FIRST, cost: str = "") -> None:
        for each in ids:
            self.go("GET", f"/v1/requests/{each}/status", token=token)
            self.go("GET", f"/v1/requests/{each}/result{cost}", token=token)

    def cancel(self, *ids: str, token: str | None = FIRST) -> None:
        for each in ids:
            self.go("POST", f"/v1/requests/{each}/cancel", token=token)

    def advance(self, seconds: float) -> None:
        told = self.call("POST", "/__mock__/clock", body=json.dumps({"advance": seconds}).encode())
        assert told.status == 200

    def fail(self, request_id: str) -> None:
        self.call("POST", f"/__mock__/requests/{request_id}", body=b'{"to": "failed"}')


def _id_of(told: Told) -> str:
    """Find the id wherever a mistake has put it, as the last resort in the URLs."""
    try:
        document = told.document
    except ValueError:
        return MISSING
    found = document.get("request_id") or document.get("id") if isinstance(document, dict) else None
    return str(found or MISSING)


def life(guide: Guide) -> None:
    """One slot: requests wait, run, are cancelled, fail and end, before the eyes of two accounts."""
    boat = {"prompt": "a paper boat"}
    a = guide.submit(boat)
    guide.read(a)
    b, c, d, e = (guide.submit({"prompt": name}) for name in ("b", "c", "d", "d"))
    x = guide.submit(boat, token=SECOND)
    guide.read(a, b, c, d, e)
    guide.advance(2)
    guide.read(a, b, c, d, e, cost="?include_cost=true")
    guide.go("GET", f"/v1/requests/{c}/cancel")
    guide.read(c)
    guide.cancel(c, a)
    guide.read(c, d, e, a, c, c)
    guide.cancel(c, c)
    guide.cancel(a, e, token=SECOND)
    guide.read(a, b, c, token=SECOND)
    guide.read(x, token=SECOND)
    guide.read(x)
    guide.advance(3)
    guide.read(a, a, a, a)
    guide.advance(1)
    guide.read(a, b, d, e, a, a, cost="?include_cost=true")
    guide.read(a, a, cost="?include_cost=false")
    guide.cancel(a, a)
    guide.read(a, c, a, cost="?include_cost=1")
    guide.read(a, token=SECOND)
    guide.go("POST", f"/v1/requests/{a}/status")
    guide.go("GET", f"/v1/requests/{a}/result?include_cost=maybe")
    guide.fail(e)
    guide.read(e, e, cost="?include_cost=true")
    guide.submit(boat)
    guide.advance(60)
    guide.read(a, b, c, d, e, cost="?include_cost=true")
    guide.read(x, token=SECOND)
    guide.submit(boat)
    guide.advance(7200)
    guide.read(a, c)


def doors(guide: Guide) -> None:
    """Every operation with every kind of token that is none; the tokens are listed."""
    own = guide.submit({"prompt": "own"})
    kinds: list[dict[str, str] | None] = [
        None,
        {"authorization": f"Bearer {STRANGER}"},
        {"authorization": "Bearer"},
        {"authorization": f"Basic {FIRST}"},
        {"authorization": FIRST},
        {"authorization": f"Bearer {FIRST.upper()}"},
        {"authorization": f"Bearer {FIRST}-and-more"},
    ]
    for headers in kinds:
        guide.submit({"prompt": "mine"}, token=None, headers=headers)
        for path in (f"{own}/status", f"{own}/result"):
            guide.go("GET", f"/v1/requests/{path}", token=None, headers=headers)
        for path in ("", "/categories", KLING.removeprefix("/v1/models")):
            guide.go("GET", f"/v1/models{path}", token=None, headers=headers)
    for headers in kinds:
        guide.go("POST", f"/v1/requests/{own}/cancel", token=None, headers=headers)
        guide.read(own)


def open_door(guide: Guide) -> None:
    """The same where every token is an account."""
    own = guide.submit({"prompt": "own"})
    for headers in ({}, {"authorization": "Bearer"}, {"authorization": "Basic abc"}, {"authorization": "abc"}):
        guide.go("GET", "/v1/models/categories", token=None, headers=headers)
        guide.go("GET", f"/v1/requests/{own}/status", token=None, headers=headers)


def payloads(guide: Guide) -> None:
    """Every payload; what is accepted ends at once, and is asked what it costs."""
    for name, payload in PAYLOADS.items():
        before = len(guide.record)
        request_id = guide.submit(payload)
        guide.record[before] = (name, guide.record[before][1])
        if request_id != MISSING:
            guide.go("GET", f"/v1/requests/{request_id}/result?include_cost=true")
    for name, body in TRAILS.items():
        told = guide.call("POST", KLING, token=FIRST, body=body)
        guide.record.append((name, told))
    guide.go("GET", f"/media/{guide.submit({'prompt': 'x'})}/0.mp4", token=None)
    guide.go("POST", KLING, body=b'{"prompt": "x"}', headers={"content-type": "text/plain"})
    guide.go("POST", KLING, body=b'{"prompt": "x"}', headers={"content-length": "99999999999"})


def places(guide: Guide) -> None:
    """Ids and paths that there are not."""
    for each in (MISSING, "nobody", "a" * 128, "a.b~c"):
        guide.read(each)
        guide.cancel(each)
    for path in (
        "/v1/models/nobody/knows",
        "/v1/models/kling",
        "/v1/models/a%20b/c",
        KLING.replace("kling", "Kling", 1),
    ):
        guide.go("GET", path)
        guide.submit({"prompt": "x"}, path=path)
    guide.go("GET", "/v1/nowhere")
    guide.go("PUT", "/v1/models")
    guide.go("GET", "/v1/models/")
    guide.go("DELETE", f"/v1/requests/{MISSING}/status")


def catalog(guide: Guide) -> None:
    """Pages, filters and records."""
    queries = [
        "",
        "limit=1",
        "limit=1&offset=1",
        "limit=2&offset=1",
        "offset=1",
        "offset=2",
        "offset=3",
        "offset=9",
        "limit=0",
        "limit=100",
        "limit=101",
        "limit=-1",
        "limit=x",
        "offset=-1",
        "search=kling",
        "search=KLING",
        "search=nothing",
        "search=kling&limit=1",
        "search=kling&offset=1",
        "category=text-to-video",
        "category=text-to-image",
        "category=nothing",
        "kind=model",
        "kind=nothing",
        "include_schema=true",
        "include_schema=false",
        "include_schema=maybe",
    ]
    for query in queries:
        guide.go("GET", f"/v1/models?{query}" if query else "/v1/models")
    guide.go("GET", "/v1/models/categories")
    guide.go("GET", KLING)
    guide.go("HEAD", KLING)


def limited(guide: Guide) -> None:
    """Three calls a minute."""
    own = guide.submit({"prompt": "x"})
    guide.read(own, own)
    guide.submit({"prompt": "x"})
    guide.go("GET", "/v1/models", token=SECOND)
    guide.advance(30)
    guide.go("GET", "/v1/models/categories")
    guide.advance(30)
    for _ in range(5):
        guide.submit({"prompt": "x"})


def poor(guide: Guide) -> None:
    """Money for two generations."""
    boat = {"prompt": "x", "duration": 5}
    guide.submit({"duration": 5})
    a, b = guide.submit(boat), guide.submit(boat)
    guide.submit(boat)
    guide.cancel(b)
    c = guide.submit(boat)
    guide.submit(boat)
    guide.fail(c)
    guide.submit(boat)
    guide.submit({"prompt": "x", "duration": 3, "sound": False})
    guide.read(a, cost="?include_cost=true")
    guide.submit(boat, token=SECOND)


def echoed(guide: Guide) -> None:
    """An input that is told again in the result."""
    guide.read(guide.submit({"prompt": " cafe\u0301 "}))


Scene = Callable[[Guide], None]


@dataclass(frozen=True, slots=True)
class Tour:
    """The tour, with a folder of two more models."""

    models: Path

    def scenes(self) -> Iterator[tuple[Scene, tuple[str, ...]]]:
        more = ("--schemas", str(self.models))
        yield life, ("--slots", "1", *LISTED)
        yield doors, LISTED
        yield open_door, ()
        yield payloads, ("--pace", "instant")
        yield places, ()
        yield catalog, ()
        yield catalog, more
        yield limited, ("--rate-limit", "3/60")
        yield poor, ("--balance-usd", "1.7", "--slots", "1", "--pace", "time:0,1000")
        yield echoed, ("--variant", "result_echo=present")

    def __call__(self, break_: Break, *, without: str = "") -> list[tuple[str, Told]]:
        """Go through all scenes, each on a fresh server, which lacks an option if one is named."""
        record: list[tuple[str, Told]] = []
        for scene, options in self.scenes():
            pairs = zip(options[::2], options[1::2], strict=True)
            kept = [text for name, value in pairs if name != without for text in (name, value)]
            guide = Guide(Caller(break_(fake([*STEADY, *kept]))))
            scene(guide)
            record += [(f"{scene.__name__}: {name}", told) for name, told in guide.record]
        return record


def differences(one: list[tuple[str, Told]], other: list[tuple[str, Told]]) -> list[str]:
    """Name the calls that were not made in both tours, or not answered alike."""
    found = [mine[0] for mine, yours in zip(one, other, strict=False) if mine != yours]
    return found if len(one) == len(other) else [*found, "more calls in one than in the other"]


def repeated(names: list[str]) -> list[str]:
    """Return what comes twice or more."""
    ordered = sorted(names)
    return sorted({one for one, other in pairwise(ordered) if one == other})
