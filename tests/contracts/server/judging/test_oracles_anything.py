"""Whatever a server answers is a finding, or none: it is never an error of ours."""

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.exchange import Answer, Who
from contracts.server.calling.session import Session
from contracts.server.judging.court import Surprise
from tests.contracts.server.scripted import (
    KLING,
    MODEL,
    PAYLOAD,
    PROMISES,
    READS,
    accepted,
    begun,
    call,
    cancelled,
    refused,
    result,
    said,
    session,
    status,
)

ANY_TEXT = st.text(st.characters(exclude_categories=()))  # lone surrogates too
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from([10**400, 0, 1]) | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=8,
)
BASES = {
    "status": [status("in_queue", 1), status("completed")],
    "result": [result("succeeded"), result("failed"), result("in_queue", input=PAYLOAD)],
    "cost": [result("succeeded", cost=0.56), result("cancelled", cost=0)],
    "cancel": [cancelled("cancelled", "cancelled"), cancelled("not_cancellable", "completed")],
    "submit": [accepted(), refused(422, 422001, detail=[{"pointer": "/a"}])],
    "list": [said({"models": [], "total": 0}), refused(429, 429001)],
    "categories": [said({"categories": ["a"]})],
    "model": [
        said(
            {
                "model_id": KLING,
                "display_name": "x",
                "kind": "model",
                "categories": [],
                "base_price_usd": 1,
                "price_unit": "second",
                "input_schema": {},
            }
        )
    ],
    "media": [said({}), refused(404, 404001)],
}
NAMES = sorted({name for several in BASES.values() for each in several for name in each.document})
ODD: list[Any] = [
    None, True, 0, -1, 2.5, 10**400, float("nan"), float("inf"), "", "x", "in_queue", "a b", "\ud800", "\0",
    "http://[", "https://[v1.x]/a", "https://a:99999/", "T", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59",
    [], [1], ["in_queue"], {}, {"video": [{}]}, {"video": "https://[/"}, {"\0": 1},
]  # fmt: skip
BODIES = [
    b"", b"[" * 5000, b"[" * 900 + b"]" * 900, b"[" * 300 + b"]" * 300, b'{"a":' * 600 + b"1" + b"}" * 600,
    b'"\\ud800"', b'{"status": "in_queue", "status": "completed"}', b"1" * 5000, b"\xef\xbb\xbf{}", b'{"cost": NaN}',
]  # fmt: skip
STATUSES = st.sampled_from([200, 202, 422]) | st.integers(0, 999)


@st.composite
def answers(draw: st.DrawFn, name: str) -> Answer:
    edited = st.builds(
        lambda base, changes: json.dumps(base.document | changes).encode(),
        st.sampled_from(BASES[name]),
        st.dictionaries(st.sampled_from(NAMES), ANY_JSON | st.sampled_from(ODD), max_size=3),
    )
    written = ANY_JSON.map(lambda document: json.dumps(document).encode())
    body = draw(edited | edited | written | st.binary() | st.sampled_from(BODIES))
    media_type = draw(st.just("application/json") | st.text(st.characters(max_codepoint=255)))
    return Answer(draw(STATUSES), {"content-type": media_type}, body)


def tell(told: Session, name: str, who: Who) -> None:
    told.call(call(name, Who.FIRST if name == "submit" else who))


@settings(max_examples=200, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(data=st.data(), who=st.sampled_from(Who), is_surprised=st.booleans())
def test_any_answer_is_judged(data: st.DataObject, who: Who, *, is_surprised: bool) -> None:
    names = data.draw(st.lists(st.sampled_from(sorted(READS)), min_size=1, max_size=4))
    told = begun(*[data.draw(answers(name)) for name in names], promises=data.draw(st.sampled_from([None, PROMISES])))
    if is_surprised:
        told.surprise_at(frozenset())
    calls = 1
    for name in names:
        try:
            tell(told, name, who)
        except Surprise:
            assert is_surprised
        calls += 1
    assert len(told.trace) == calls


@pytest.mark.parametrize("name", sorted(BASES))
def test_any_property_may_be_anything(name: str) -> None:
    for base in BASES[name]:
        for changed in (*base.document, "cost", "output", "\0", "a:b", "x" * 500):
            for odd in ODD:
                answer = said(base.document | {changed: odd}, base.status)
                told = begun(answer, answer)
                told.surprise_at(frozenset())
                for _ in range(2):
                    with suppress(Surprise):
                        tell(told, name, Who.FIRST)
                for found in told.collector.broken.values():
                    assert found.finding_id.isascii()
                    assert found.finding_id.isprintable()
                    assert " " not in found.finding_id
                    assert found.message.encode()


@pytest.mark.parametrize("body", BODIES)
@pytest.mark.parametrize("http", [200, 404, 422])
def test_any_bytes_may_be_answered(body: bytes, http: int) -> None:
    for name in READS:
        told = session(Answer(http, {"content-type": "application/json"}, body))
        tell(told, name, Who.FIRST)
        assert told.collector.times["answer.json"] + told.collector.times["answer.no-server-error"] > 0


def test_an_id_that_cannot_stand_in_a_path_is_never_asked_for() -> None:
    told = session(said(accepted().document | {"request_id": "a \ud800"}))
    assert told.lives.of(told.submit(MODEL, PAYLOAD)) is None
