"""Runs against the fake in process, with or without a mistake in it, and tours of it as if it were live."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from contracts.outcome import Outcome
from contracts.server.calling.in_process import Application
from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.stage import Stage
from contracts.server.calling.target import FakeTarget
from contracts.server.depth import Depth
from contracts.server.judging.collector import Collector
from contracts.server.playing.tour import Tour
from contracts.server.run import Options, Run

Edit = Callable[[str, str, int, Any], "tuple[int, Any] | None"]
"""Spoils an answer: method, path, status and document before, status and document after (``None``: as it was)."""


def spoiled(edit: Edit) -> Callable[[Application], Application]:
    """Return what makes a wrong server of a right one; its control plane is left alone."""

    def change(app: Application) -> Application:
        async def wrong(scope: Any, receive: Any, send: Any) -> None:
            sent: list[Any] = []

            async def keep(message: Any) -> None:
                sent.append(message)

            await app(scope, receive, keep)
            body = b"".join(part.get("body", b"") for part in sent[1:])
            is_json = body.startswith((b"{", b"[")) and not scope["path"].startswith("/__mock__/")
            edited = edit(scope["method"], scope["path"], sent[0]["status"], json.loads(body)) if is_json else None
            if edited is not None:
                body = edited[1] if isinstance(edited[1], bytes) else json.dumps(edited[1]).encode()
                headers = [pair for pair in sent[0]["headers"] if pair[0].lower() != b"content-length"]
                sent[0] = {**sent[0], "status": edited[0], "headers": headers}
            await send(sent[0])
            await send({"type": "http.response.body", "body": body})

        return wrong

    return change


def same(app: Application) -> Application:
    """Change nothing."""
    return app


def run(
    change: Callable[[Application], Application] = same, *phases: str, seed: int = 1, target: FakeTarget | None = None
) -> Outcome:
    """Run phases at depth quick."""
    target = target or FakeTarget(seed, change=change)
    return Run(target, Options(seed, Depth.QUICK, phases=phases or ("calls",))).execute()


def found(outcome: Outcome) -> set[str]:
    """Return the checks that are broken."""
    return {finding.check for finding in outcome.findings}


class LiveTarget(FakeTarget):
    """The fake, said to be live: it bills, and has no control plane."""

    live = True
    options: Sequence[str] = ("--pace", "time:2,4")

    def open(self, meter: Meter | None = None) -> Stage:
        return replace(super().staged(*self.options), live=True, promises=None)

    def staged(self, *options: str, more: Sequence[Path] = ()) -> Any:
        return None


def live_tour(change: Callable[[Application], Application] = same, **limits: Any) -> tuple[Tour, Any]:
    """Return a tour of a live target that waits for nothing, and its session."""
    meter = Meter(Limits(**limits))
    target = LiveTarget(1, change=change)
    tour = Tour(target, target.open(meter), meter, Collector(), 1, patience=1, wait=lambda _: None)
    return tour, tour.session()
