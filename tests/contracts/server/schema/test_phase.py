from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from contracts.server.calling.limits import Limits, Meter
from contracts.server.calling.stage import Stage
from contracts.server.calling.target import FakeTarget, UrlTarget
from contracts.server.judging.collector import Collector, Enough
from contracts.server.playing.tour import Tour
from contracts.server.schema.phase import NAMES, schemathesis
from contracts.server.schema.size import Size
from contracts.targets import fake, serving
from tests.contracts.server.answering import tour_of_fake
from tests.contracts.server.scripted import stage

SMALL = Size(examples=3, scenarios=3, steps=8)
IGNORED = "schemathesis.ignored_auth"


def tour_of_url(url: str, token: str | None = None) -> Tour:
    target = UrlTarget(url, {"RUNCOMFY_TOKEN": token} if token else {}, timeout=None, allow_live=False)
    return Tour(target, target.open(), Meter(Limits(deadline=1e9)), Collector(), 1)


@pytest.fixture
def tours() -> Iterator[list[Tour]]:
    opened: list[Tour] = []
    yield opened
    for tour in opened:
        tour.target.close()


def test_the_fake_in_process_breaks_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tour = tour_of_fake()
    schemathesis(tour, SMALL)
    assert list(tour.collector.broken) == []
    assert tour.collector.reasons == {}
    assert {tour.collector.times[name] for name in NAMES} == {tour.meter.calls}
    assert tour.collector.times["answer.status"] > 100
    assert list(tmp_path.iterdir()) == []


def test_a_server_that_takes_every_token_is_not_blamed_for_it(tours: list[Tour]) -> None:
    with serving(fake(["--pace", "polls:1,1", "--magic", "off"])) as url:
        tours.append(tour_of_url(url))
        schemathesis(tours[0], SMALL)
    assert list(tours[0].collector.broken) == []
    assert list(tours[0].collector.reasons) == [IGNORED]
    assert tours[0].collector.times[IGNORED] == 0
    assert tours[0].collector.times["schemathesis.missing_required_header"] > 0


def test_a_server_that_knows_its_tokens_is_tried_with_others(tours: list[Tour]) -> None:
    with serving(fake(["--pace", "polls:1,1", "--magic", "off", "--token", "its-only-token"])) as url:
        tours.append(tour_of_url(url, "its-only-token"))
        schemathesis(tours[0], SMALL)
    assert list(tours[0].collector.broken) == []
    assert tours[0].collector.reasons == {}
    assert tours[0].collector.times[IGNORED] > 0


class Varied(FakeTarget):
    variant: str

    def staged(self, *options: str, more: Sequence[Path] = ()) -> Stage:
        return super().staged(*options, "--variant", self.variant, more=more)


@pytest.mark.parametrize(
    "variant", ["auth_status=400", "bad_query=ignored", "unknown_properties=refused", "malformed_body_status=400"]
)
def test_a_variant_is_no_finding(variant: str) -> None:
    target = Varied(1)
    target.variant = variant
    tour = Tour(target, target.open(), Meter(Limits(deadline=1e9)), Collector(), 1)
    schemathesis(tour, SMALL)
    assert list(tour.collector.broken) == []
    assert (IGNORED in tour.collector.reasons) is (variant == "auth_status=400")


def test_the_budget_ends_it() -> None:
    tour = tour_of_fake(Limits(max_calls=30))
    schemathesis(tour, SMALL)
    assert tour.meter.calls == 30
    assert tour.meter.reason()


def test_one_finding_is_enough_where_that_is_all_that_was_asked_for() -> None:
    def forgetting(app: object) -> object:
        async def wrong(scope: dict[str, object], receive: object, send: object) -> None:
            if scope["path"] == "/v1/models/categories":
                raise RuntimeError("out of order")
            await app(scope, receive, send)  # type: ignore[operator]

        return wrong

    tour = tour_of_fake(only_first=True, change=forgetting)
    with pytest.raises(Enough):
        schemathesis(tour, SMALL)
    assert len(tour.collector.broken) == 1


def test_a_live_server_is_left_alone() -> None:
    tour = tour_of_fake()
    tour.stage = stage(live=True)
    schemathesis(tour, SMALL)
    assert tour.meter.calls == 0
    assert set(tour.collector.reasons) == set(NAMES)
