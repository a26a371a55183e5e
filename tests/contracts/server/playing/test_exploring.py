import json
import random
from pathlib import Path

import pytest
from hypothesis import strategies as st

from contracts.exchange import Answer, Call, Exchange
from contracts.server.calling.connection import Unanswered
from contracts.server.calling.limits import Gone, Limits, Stopped
from contracts.server.calling.session import Session
from contracts.server.judging.collector import Broken, Enough
from contracts.server.playing.exploring import Effort, explore, explore_lives
from tests.contracts.server.answering import tour_of, tour_of_fake
from tests.contracts.server.scripted import MODEL, accepted, refused, said

PROMPTS = st.text("abqzüyw", max_size=30).map(lambda text: {"prompt": text})
EFFORT = Effort(300)


def submit(session: Session, payload: object) -> None:
    session.submit(MODEL, payload)


def spells(method: str, path: str, body: bytes | None) -> Answer:
    """Answer each letter with a mistake of its own."""
    prompt = json.loads(body or b"{}")["prompt"]
    if "q" in prompt:
        return said({"error_message": "x"}, 500)
    if "zz" in prompt:
        return said([])
    if "ü" in prompt:
        return said({}, 299)
    if "y" in prompt:
        raise Unanswered("has not answered within 10 s")
    return refused(422, 422001)


def prompts_of(found: dict[str, str]) -> dict[str, str]:
    return {name: json.loads(body)["prompt"] for name, body in found.items()}


def explored(seed: int) -> dict[str, str]:
    tour = tour_of(spells, seed=seed)
    explore(tour, EFFORT, PROMPTS, submit)
    return {name: (each.trace[-1].call.body or b"").decode() for name, each in tour.collector.broken.items()}


def test_each_mistake_is_found_and_made_as_small_as_can_be() -> None:
    assert prompts_of(explored(1)) == {
        "answer.no-server-error:submit": "q",
        "answer.shape:submit:/": "zz",
        "answer.status:submit:299": "ü",
        "answer.arrives:submit": "y",
    }


@pytest.mark.parametrize("seed", range(4))
def test_what_takes_a_lot_is_made_small_as_well(seed: int) -> None:
    def longer(method: str, path: str, body: bytes | None) -> Answer:
        prompt = json.loads(body or b"{}")["prompt"]
        return said({}, 299) if len(prompt) > 12 and "w" in prompt else refused(422, 422001)

    tour = tour_of(longer, seed=seed)
    explore(tour, EFFORT, PROMPTS, submit)
    sent = tour.collector.broken["answer.status:submit:299"].trace[-1].call.body or b""
    assert sorted(json.loads(sent)["prompt"]) == ["a"] * 12 + ["w"]


@pytest.mark.parametrize("seed", [0, 7])
def test_a_seed_finds_the_same_again(seed: int) -> None:
    assert list(explored(seed).items()) == list(explored(seed).items())


def test_a_right_server_is_asked_as_often_as_was_said_and_no_more() -> None:
    tour = tour_of(lambda *_: refused(422, 422001))
    explore(tour, Effort(50), st.integers(), submit)
    assert tour.meter.calls == 50
    assert tour.collector.broken == {}


@pytest.mark.parametrize("shrinks", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_a_server_that_answers_at_random_comes_to_an_end(seed: int, *, shrinks: bool) -> None:
    chance = random.Random(seed)
    several = [refused(422, 422001), said({}, 299), said([]), accepted(), said({"error_message": "x"}, 500)]
    tour = tour_of(lambda *_: chance.choice(several))
    explore(tour, Effort(100, shrinks=shrinks), PROMPTS, submit)
    explore_lives(tour, Effort(30, shrinks=shrinks), [tour.stage])
    assert {"answer.status:submit:299", "answer.shape:submit:/"} <= set(tour.collector.broken)


@pytest.mark.parametrize("calls", [0, 1, 2, 50, 111])
def test_the_end_of_the_budget_is_the_end(calls: int) -> None:
    tour = tour_of(spells, limits=Limits(max_calls=calls))
    with pytest.raises(Stopped):
        explore(tour, EFFORT, PROMPTS, submit)
    assert tour.meter.calls == calls


@pytest.mark.parametrize("calls", range(100, 130))
def test_the_end_of_the_budget_is_the_end_of_lives_too(calls: int) -> None:
    tour = tour_of_fake(Limits(max_calls=calls))
    with pytest.raises(Stopped):
        explore_lives(tour, Effort(100), [tour.stage])
    assert tour.meter.calls == calls


def test_a_server_that_has_gone_is_not_asked_again_and_again() -> None:
    def silent(method: str, path: str, body: bytes | None) -> Answer:
        raise Unanswered("has not answered within 10 s")

    tour = tour_of(silent)

    def body(session: Session, payload: object) -> None:
        for _ in range(5):
            session.submit(MODEL, payload)

    with pytest.raises(Gone):
        explore(tour, Effort(100, shrinks=False), PROMPTS, body)
    assert tour.meter.calls <= 10


@pytest.mark.parametrize("shrinks", [True, False])
def test_one_finding_is_enough_where_that_is_all_that_was_asked_for(*, shrinks: bool) -> None:
    tour = tour_of(spells, only_first=True)
    with pytest.raises(Enough):
        explore(tour, Effort(300, shrinks=shrinks), PROMPTS, submit)
    assert len(tour.collector.broken) == 1


class Mistake(Exception):
    """One of ours."""


@pytest.mark.parametrize("every", [1, 2, 7])
def test_a_mistake_of_ours_is_not_taken_for_the_server_s(every: int) -> None:
    tour = tour_of(spells)
    count = 0

    def mistaken(session: Session, payload: object) -> None:
        nonlocal count
        session.submit(MODEL, payload)
        count += 1
        if count % every == 0:
            raise Mistake

    with pytest.raises(Mistake):
        explore(tour, EFFORT, PROMPTS, mistaken)


def test_nothing_is_left_in_the_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    tour = tour_of(spells)
    explore(tour, EFFORT, st.from_regex(r"[a-x]{3}", fullmatch=True).map(lambda text: {"prompt": text}), submit)
    assert list(tmp_path.iterdir()) == []


def test_what_was_found_by_a_long_way_is_made_small() -> None:
    def longer(method: str, path: str, body: bytes | None) -> Answer:
        prompt = json.loads(body or b"{}")["prompt"]
        return said({}, 500) if len(prompt) > 12 and "w" in prompt else refused(422, 422001)

    tour = tour_of(longer)
    long = Exchange(Call("submit", "POST", "/v1/models/x", body=b'{"prompt": "a long way"}'), said({}, 500))
    tour.collector.take(Broken("answer.no-server-error", "submit", "HTTP 500", (long,) * 20, tour.stage.scene))
    explore(tour, EFFORT, PROMPTS, submit)
    (last,) = tour.collector.broken["answer.no-server-error:submit"].trace
    assert sorted(json.loads(last.call.body or b"")["prompt"]) == ["a"] * 12 + ["w"]
