from __future__ import annotations

from typing import Any

import pytest

from contracts.server.calling.target import FakeTarget
from contracts.server.playing.probes.lives import lives
from schemas.variants import CHOICES
from tests.contracts.server.touring import Edit, found, live_tour, run, spoiled


class Varied(FakeTarget):
    """The fake with other options for every server that is set up."""

    more: tuple[str, ...] = ()

    def staged(self, *options: str, **folders: Any) -> Any:
        return super().staged(*options, *self.more, **folders)


def test_all_variants_at_once_live_right_too() -> None:
    target = Varied(1)
    target.more = tuple(
        part for setting, values in CHOICES.items() for part in ("--variant", f"{setting}={values[-1]}")
    )
    outcome = run(lambda app: app, "lives", target=target)
    assert outcome.findings == ()
    assert outcome.calls > 500


def _of(name: str, **more: Any) -> Edit:
    return lambda _, path, status, document: (
        (status, {**document, **more}) if path.endswith(f"/{name}") and status in (200, 202) else None
    )


@pytest.mark.parametrize(
    ("edit", "check"),
    [
        (_of("result", created_at="2020-01-01T00:00:00Z"), "result.clock"),
        (_of("result", created_at="yesterday"), "result.timestamps"),
        (_of("result", cost=0.1), "result.cost"),
        (_of("cancel", outcome="cancelled", status="cancelled"), "cancel.running"),
        (_of("status", status="in_progress"), "lifecycle.ends"),
        (_of("status", request_id="another"), "lifecycle.echo"),
        (_of("status", queue_position=7), "queue-position.first"),
    ],
)
def test_a_life_that_is_wrong_is_found(edit: Edit, check: str) -> None:
    assert check in found(run(spoiled(edit)))


@pytest.mark.parametrize("url", ["http://[", "x", "http://127.0.0.1:8787", "", "https://example.com/a.mp4", "//"])
def test_files_that_are_nowhere_are_found_and_not_stumbled_over(url: str) -> None:
    def edit(_: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        return (200, {**document, "output": {"video": url}}) if "output" in document else None

    assert found(run(spoiled(edit))) & {"result.output", "result.media", "result.media-host"}


def test_a_live_request_is_cancelled_and_looked_at() -> None:
    tour, session = live_tour(max_spend_usd=1.0)
    lives(tour, session)
    assert [each.call.operation for each in session.trace][:2] == ["submit", "cancel"]
    assert tour.collector.broken == {}
    assert tour.collector.times["cancel.holds"]
    assert "cancelled at once" in tour.collector.reasons["lifecycle.ends"]


def test_without_money_no_life_begins() -> None:
    tour, session = live_tour()
    lives(tour, session)
    assert session.trace == []
    assert "--max-spend-usd" in tour.collector.reasons["lifecycle.kept"]
