"""Whatever goes wrong on purpose, and whatever is called meanwhile: the fake keeps its promises."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from contracts.strategies import fault_plans
from mock_server import MockRunComfy
from mock_server.core.accounts import fingerprint
from mock_server.core.entry import Entry
from mock_server.service import View
from mock_server.trouble import scenario
from mock_server.trouble.call import OF_REQUEST, Call, Operation
from mock_server.trouble.gates import Gates
from tests.inprocess import KLING, OTHER_TOKEN, SUBMIT, TOKEN, client

PAYLOAD = {"prompt": "a kitten", "duration": 3}
TOKENS = (TOKEN, OTHER_TOKEN)
BREAKS = {"reset", "hang_up", "stall", "truncate", "wrong_length", "latency", "dribble"}
BAD_BODIES = {"http", "wrong_type", "gzip", "chunked", "huge", "bom", "cut_json", "garbage", "redirect"}
ERRORS = (httpx.ReadError, httpx.RemoteProtocolError, httpx.ReadTimeout)
QUICK = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])


@dataclass(frozen=True, slots=True)
class Asked:
    """A call to be made: by which account, of what, about which of the requests it was told of."""

    who: int
    what: str
    which: int = 0


@dataclass(slots=True)
class World:
    """A fake with a client an account, the ids that each was told of, and what came of each call."""

    fake: MockRunComfy
    callers: Sequence[httpx.Client]
    told: list[list[str]] = field(default_factory=lambda: [[], []])
    seen: list[tuple[Any, ...]] = field(default_factory=list)

    def make(self, asked: Asked) -> None:
        caller, told = self.callers[asked.who], self.told[asked.who]
        request_id = told[asked.which % len(told)] if told else "unknown-id"
        try:
            answer = caller.request(*_CALLS[asked.what](request_id), json=PAYLOAD if asked.what == "submit" else None)
        except httpx.DecodingError:  # a coding that the body does not have, by a header or by two effects
            self.seen.append((asked.what, "undecodable"))
        except ERRORS as error:
            self.seen.append((asked.what, type(error).__name__, str(error)))
        else:
            headers = sorted(answer.headers.multi_items())
            self.seen.append((asked.what, answer.status_code, headers, answer.content))
        entry = self.fake.journal[-1]
        if asked.what == "submit" and entry.request_id is not None and entry.http_status == 200:
            told.append(entry.request_id)


_CALLS: dict[str, Callable[[str], Any]] = {
    "submit": lambda _: ("POST", SUBMIT),
    "status": lambda name: ("GET", f"/v1/requests/{name}/status"),
    "result": lambda name: ("GET", f"/v1/requests/{name}/result"),
    "cancel": lambda name: ("POST", f"/v1/requests/{name}/cancel"),
    "media": lambda name: ("GET", f"/media/{name}/0.mp4"),
    "list": lambda _: ("GET", "/v1/models"),
    "categories": lambda _: ("GET", "/v1/models/categories"),
    "model": lambda _: ("GET", f"/v1/models/{KLING}"),
}


def asked() -> st.SearchStrategy[list[Asked]]:
    what = st.sampled_from(["submit", "status", "result", "submit", "status", "result", *_CALLS])
    return st.lists(st.builds(Asked, st.integers(0, 1), what, st.integers(0, 2)), min_size=3, max_size=25)


def world(plan: Any, owner: str | None = None, *, seed: int = 7) -> World:
    fake = MockRunComfy(now=lambda: 1e9, seed=seed, pace="polls:0,1")
    headers = {} if owner is None else {"Authorization": f"Bearer {owner}"}
    with httpx.Client(transport=fake.transport(), base_url=fake.base_url) as control:
        added = control.post("/__mock__/rules", json=plan, headers=headers)
    assert added.status_code == 200, added.text
    return World(fake, [client(fake, token) for token in TOKENS])


def written(entry: Entry) -> tuple[Any, ...]:
    return tuple(getattr(entry, name) for name in Entry.__slots__)


@QUICK
@given(fault_plans(accounts=TOKENS), asked())
def test_every_call_is_written_down_and_only_rules_make_errors_of_the_server(plan: Any, made: list[Asked]) -> None:
    here = world(plan)
    names = {view.name for view in here.fake.rules}
    for number, each in enumerate(made, 1):
        here.make(each)
        assert len(here.fake.journal) == number
        entry, seen = here.fake.journal[-1], here.seen[-1]
        assert (entry.operation, entry.account) == (each.what, _account(here, each, entry))
        if entry.rule is None:
            assert entry.effects == ()
            assert isinstance(seen[1], int)
            assert seen[1] == entry.http_status < 500
            continue
        event(" and ".join(sorted(entry.effects)))
        event(f"{each.what}: {'broken' if isinstance(seen[1], str) else 'answered'}")
        assert entry.rule in names
        if not isinstance(seen[1], int):
            assert (BREAKS | BAD_BODIES) & set(entry.effects)
        else:
            assert seen[1] == entry.http_status
    assert sum(view.fired for view in here.fake.rules) == sum(entry.rule is not None for entry in here.fake.journal)


def _account(here: World, each: Asked, entry: Entry) -> str:
    """Return the account that an entry tells; a download is of whoever submitted, and of nobody if that is unknown."""
    return entry.account if each.what == "media" else fingerprint(TOKENS[each.who])


@QUICK
@given(fault_plans(), asked())
def test_the_control_plane_is_reachable_and_tells_the_truth(plan: Any, made: list[Asked]) -> None:
    here = world(plan)
    for each in made:
        here.make(each)
        with client(here.fake, None) as control:
            health = control.get("/__mock__/health").json()
            listed = control.get("/__mock__/rules").json()["rules"]
            entries = control.get("/__mock__/journal").json()["entries"]
            spent = control.get("/__mock__/spend").json()["usd"]
        assert health["requests"] == len(here.fake._service.store)
        assert [(one["met"], one["fired"]) for one in listed] == [(one.met, one.fired) for one in here.fake.rules]
        assert [one["rule"] for one in entries] == [one.rule for one in here.fake.journal]
        assert spent == here.fake.spend().usd


@QUICK
@given(fault_plans(accounts=TOKENS), asked())
def test_the_same_plan_and_calls_come_to_the_same_bytes(plan: Any, made: list[Asked]) -> None:
    runs = [world(plan), world(plan)]
    for here in runs:
        for each in made:
            here.make(each)
    one, other = runs
    assert one.seen == other.seen
    assert [written(each) for each in one.fake.journal] == [written(each) for each in other.fake.journal]


@QUICK
@given(fault_plans(), asked())
def test_an_account_is_not_touched_by_the_rules_of_another(plan: Any, made: list[Asked]) -> None:
    troubled, calm = world(plan, owner=TOKEN), world({"rule": []})
    for each in made:
        troubled.make(each)
        if each.who == 1:
            calm.make(each)
    assert calm.seen == [seen for each, seen in zip(made, troubled.seen, strict=True) if each.who == 1]
    assert {entry.rule for entry in troubled.fake.journal if entry.account == fingerprint(OTHER_TOKEN)} <= {None}


@QUICK
@given(fault_plans(operations=["submit", "status", "result", "cancel"]), asked())
def test_what_was_accepted_is_billed_and_there_unless_a_rule_says_otherwise(plan: Any, made: list[Asked]) -> None:
    here = world(plan)
    for each in made:
        here.make(each)
    accepted = {entry.request_id for entry in here.fake.journal if entry.operation == "submit"} - {None}
    known = {view.request.request_id: view for view in here.fake.requests}
    effects = [effect for rule in scenario.read(plan) for answer in rule.answers for effect in answer]
    may_vanish = any(effect.NAME == "forget" or getattr(effect, "accepted", True) is False for effect in effects)
    assert known.keys() <= accepted
    if not may_vanish:
        assert known.keys() == accepted
        assert {name for names in here.told for name in names} <= accepted
    spend = here.fake.spend()
    due = [view.request.cost_usd for view in known.values() if not _refunded(view)]
    event(f"vanished: {min(3, len(accepted) - len(known))}; refunded: {min(3, len(known) - len(due))}")
    if not may_vanish:
        assert spend.usd == pytest.approx(sum(due))
    assert spend.usd >= 0


def _refunded(view: View) -> bool:
    return view.status.over and (view.status == "cancelled" or view.request.failure is not None)


@QUICK
@given(fault_plans(operations=[each.value for each in OF_REQUEST] + ["submit"], max_rules=8), st.data())
def test_no_gate_keeps_a_rule_out_that_fits_nor_lets_it_through_twice(plan: Any, data: st.DataObject) -> None:
    matches = [rule.match for rule in scenario.read(plan)]
    segments = st.lists(st.fixed_dictionaries({"duration": st.integers(1, 9)}), max_size=3)
    fields = {"prompt": st.sampled_from(["a", "kitten"]), "duration": st.integers(3, 15), "multi_prompt": segments}
    document = data.draw(st.fixed_dictionaries({}, optional=fields))
    call = Call(Operation.SUBMIT, headers={b"accept": b"*/*", b"user-agent": b"python"}, model_id=KLING, payload=b"")
    call._document = document or {"prompt": "b"}
    call.payload = httpx.Request("POST", "http://x", json=call._document).content
    through = Gates(matches).through(call)
    assert len(set(through)) == len(through)
    assert {place for place, match in enumerate(matches) if match.fits(call)} <= set(through)
