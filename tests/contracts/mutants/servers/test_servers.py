from __future__ import annotations

import functools
import json
import re

import pytest

from contracts.mutants.servers import SERVERS
from contracts.targets import fake
from schemas import ledger
from tests.contracts.mutants.calling import Caller, Told
from tests.contracts.mutants.conftest import Tours
from tests.contracts.mutants.tour import FIRST, LISTED, SECOND, STEADY, Guide, differences, repeated

FACTS = {fact.fact_id: fact for fact in ledger.facts()}
CONTROL = ("health", "clock", "ledger", "openapi.json", "requests", "rules", "spend", "journal", "")
COUNTING = {"body-cut", "body-empty"}  # every seventh read, whatever it reads
OPTIONS = (
    "--slots 1 --balance-usd 1.7 --rate-limit 3/60 --pace polls:1,1 --strict --seed 7 --max-requests 2 "
    "--variant request_id_format=longest --variant auth_status=400 --variant timestamps=naive "
    "--variant validation_detail=fastapi --variant error_text_key=message --variant finished_at_before_end=null "
    "--variant validation_code=absent --variant categories_form=objects --variant failure_error=string"
)


def test_there_are_enough_of_them() -> None:
    assert len(SERVERS) >= 50
    assert all(name == mutant.name for name, mutant in SERVERS.items())
    assert repeated([mutant.text for mutant in SERVERS.values()]) == []


@pytest.mark.parametrize("name", SERVERS)
def test_it_is_described(name: str) -> None:
    mutant = SERVERS[name]
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)
    assert mutant.text == mutant.text.strip()
    assert "\n" not in mutant.text
    assert mutant.text[-1] != "."
    assert mutant.ledger
    assert set(mutant.ledger) <= FACTS.keys()
    if mutant.promised:
        assert any(FACTS[fact].switch is not None for fact in mutant.ledger)


SOME = [name for number, name in enumerate(SERVERS) if number % 3 == 0]
"""One of three: what is true of the way in which mutants are made needs no proof by each of them."""


def test_the_right_server_shows_the_same_tour_again(tours: Tours) -> None:
    assert len(tours.right) > 300
    assert tours.tour(lambda app: app) == tours.right


@pytest.mark.parametrize("name", SERVERS)
def test_it_differs_from_the_right_server_and_keeps_nothing_for_the_next_one(tours: Tours, name: str) -> None:
    assert differences(tours.right, tours.of(name))
    assert name not in SOME or tours.tour(SERVERS[name].break_) == tours.of(name)


def test_no_two_are_the_same_on_the_tour(tours: Tours) -> None:
    assert repeated([repr(tours.of(name)) for name in SERVERS]) == []


@pytest.mark.parametrize("name", [name for name, mutant in SERVERS.items() if mutant.needs])
def test_without_what_it_needs_nobody_can_see_it(tours: Tours, name: str) -> None:
    needs = SERVERS[name].needs
    right = tours.tour(lambda app: app, without=needs)
    assert differences(right, tours.tour(SERVERS[name].break_, without=needs)) == []


@pytest.mark.parametrize("name", SOME)
def test_its_control_plane_is_the_fakes_own(name: str) -> None:
    assert steered(Caller(SERVERS[name].break_(fake([*STEADY, *LISTED])))) == steered_right()


@functools.cache
def steered_right() -> list[Told]:
    return steered(Caller(fake([*STEADY, *LISTED])))


def steered(server: Caller) -> list[Told]:
    """Make calls of the control plane, right ones and wrong ones."""
    told = [server("GET", f"/__mock__/{path}") for path in CONTROL]
    for path, body in (("clock", {"advance": 5}), ("reset", None), ("clock", {"freeze": "x"}), ("nowhere", {})):
        sent = None if body is None else json.dumps(body).encode()
        told.append(server("POST", f"/__mock__/{path}", body=sent))
    return [*told, server("GET", "/__mock__/clock")]


@pytest.mark.parametrize("name", [name for name in SOME if name not in COUNTING])
def test_it_begins_anew_after_a_reset(tours: Tours, name: str) -> None:
    """What it remembers is of requests that are no more; their ids come again."""

    def life(server: Caller) -> list[object]:
        told = server("POST", "/v1/models/kling/kling-3.0/pro/text-to-video", token=FIRST, body=b'{"prompt": "x"}')
        urls = re.findall(rb"/v1/requests/[^/]+/", told.body)
        path = urls[0].decode() if urls else "/v1/requests/none/"
        record: list[object] = [told]
        for seconds in (0, 3, 60):
            server("POST", "/__mock__/clock", body=json.dumps({"advance": seconds}).encode())
            record += [server("GET", path + verb, token=FIRST) for verb in ("status", "result", "result")]
        return record

    server = Caller(SERVERS[name].break_(fake([*STEADY, *LISTED])))
    first = life(server)
    assert server("POST", "/__mock__/reset").status == 200
    assert life(server) == first


@pytest.mark.parametrize("name", SOME)
def test_it_can_be_made_of_a_fake_with_other_options(name: str, caplog: pytest.LogCaptureFixture) -> None:
    guide = Guide(Caller(SERVERS[name].break_(fake(OPTIONS.split()))))
    for token in (FIRST, SECOND):
        own = guide.submit({"prompt": "x", "undeclared": 1}, token=token)
        own = guide.submit({"prompt": "x", "duration": 3}, token=token)
        guide.advance(60)
        guide.read(own, cost="?include_cost=true", token=token)
        guide.advance(60)
        guide.fail(own)
        guide.read(own, cost="?include_cost=true", token=token)
        guide.advance(60)
        guide.cancel(own, token=token)
        guide.go("GET", "/v1/models?limit=0", token=token)
        guide.go("GET", "/v1/models/categories", token=token)
    guide.go("GET", "/v1/models", token=None)
    assert caplog.records == []  # no defect of the fake's own was met
