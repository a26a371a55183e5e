from __future__ import annotations

import json

from hypothesis import example, given
from hypothesis import strategies as st

from contracts.exchange import NOT_JSON, Answer, Call
from contracts.server.judging.checks import CHECKS
from contracts.server.showing import finding_of
from tests.contracts.server.stages import (
    MODEL,
    Sent,
    always,
    saying,
    session,
    stage,
    submitted,
    urls,
)

PAYLOAD = json.dumps({"prompt": "x"}).encode()

WORDS = "in_queue completed succeeded failed cancelled not_cancellable http://[ a-request".split()
MOMENTS = ["2026-01-01T00:00:00Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"]
NAMES = (
    "request_id status status_url result_url cancel_url queue_position output created_at finished_at error cost input "
    "outcome error_code error_message detail models total categories model_id base_price_usd input_schema"
)
texts = st.text(st.characters(), max_size=5)
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from([10**400, -1, 1])
    | st.floats()
    | texts
    | st.sampled_from([*WORDS, *MOMENTS, "\ud800", "\0"]),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(st.characters(), max_size=3), inner, max_size=2)
    ),
    max_leaves=4,
)
documents = st.dictionaries(st.sampled_from(NAMES.split()), values)
bodies = (documents | values).map(lambda each: json.dumps(each).encode()) | st.binary(max_size=20)
answers = st.builds(
    Answer,
    st.sampled_from([200, 202, 204, 302, 400, 401, 403, 404, 422, 429, 500, 999]),
    st.sampled_from([{}, {"content-type": "application/json"}, {"content-type": "text/\xff"}]),
    bodies,
)
right = st.sampled_from(
    [
        submitted(),
        saying({"request_id": "a-request", "status": "in_queue", "queue_position": 1, **urls("a-request")}),
        saying({"request_id": "a-request", "status": "completed", **urls("a-request")}),
    ]
)


@given(st.lists(answers | right, min_size=8, max_size=8))
@example([submitted()] + [saying({"request_id": "a-request", "status": "succeeded", "cost": 1e999})] * 7)
@example([saying({"request_id": "a", **dict.fromkeys(urls(""), "http://[::1")})] * 8)
@example([submitted()] + [saying({"request_id": "a-request", "status": "succeeded", "cost": 10**400})] * 7)
@example([Answer(200, {"content-type": "application/json"}, b'{"output": ' + b"[" * 240 + b"]" * 240 + b"}")] * 8)
@example([Answer(200, {"content-type": "application/json"}, b'{"output": ' + b"[" * 700 + b"]" * 700 + b"}")] * 8)
@example([submitted()] + [saying({"request_id": "a-request", "status": "succeeded", "output": {"\0\ud800": 1}})] * 7)
def test_whatever_a_server_says_is_judged_and_written_down(said: list[Answer]) -> None:
    """Nothing that a server can answer ends a run."""
    turn = iter(said)

    def speaker(call: Sent) -> Answer:
        return next(turn)

    made = session(stage(speaker))
    made.submit_raw(MODEL, PAYLOAD)
    made.status("a-request")
    made.result("a-request", cost=True)
    made.result("a-request")
    made.cancel("a-request")
    made.list({"limit": 1})
    made.call(Call("model", "GET", f"/v1/models/{MODEL}"))
    made.call(Call("categories", "GET", "/v1/models/categories"))
    for broken in made.collector.broken.values():
        json.dumps(finding_of(broken, CHECKS[broken.check], 1, "").as_json())


def test_a_document_that_is_none_is_known() -> None:
    made = session(stage(always(Answer(200, {}, b"NaN"))))
    exchange = made.list()
    assert exchange.answer is not None
    assert exchange.answer.document is NOT_JSON
