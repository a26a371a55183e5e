from __future__ import annotations

import json

import pytest

from contracts.exchange import Answer, Who
from contracts.server.calling.limits import Gone
from contracts.server.calling.session import answered
from contracts.server.judging.checks import CHECKS
from contracts.server.showing import finding_of
from tests.contracts.server.stages import (
    FIRST,
    MODEL,
    SECOND,
    Sent,
    Speaker,
    saying,
    session,
    stage,
    submitted,
)

PAYLOAD = json.dumps({"prompt": "x"}).encode()


def _echo(call: Sent) -> Answer:
    """Say everything that came, in every way."""
    token = call.headers.get("Authorization", "")
    headers = {"x-seen": token, token: "x", "content-type": "application/json"}
    return Answer(500, headers, json.dumps([FIRST, SECOND, token]).encode())


def _break_off(call: Sent) -> str:
    return f"does not keep to HTTP: illegal header line: {dict(call.headers)} {SECOND}"


def _request_of_tokens(call: Sent) -> Answer:
    if call.method == "POST":
        return submitted(FIRST)
    return saying({"request_id": SECOND, "status": f"Bearer {FIRST}", FIRST: SECOND, "status_url": f"http://{SECOND}/"})


@pytest.mark.parametrize("speaker", [_echo, _break_off, _request_of_tokens])
def test_no_token_is_in_a_trace_or_a_finding(speaker: Speaker) -> None:
    made = session(stage(speaker))
    request_id = str(answered(made.submit_raw(MODEL, PAYLOAD)).get("request_id", "a-request"))
    made.status(request_id)
    gone = ""
    try:
        made.status(request_id, Who.SECOND)
    except Gone as error:
        gone = str(error)
    findings = [finding_of(each, CHECKS[each.check], 1, "calls") for each in made.collector.broken.values()]
    assert findings
    text = repr(findings) + repr([each.answer for each in made.trace]) + repr(made.collector) + gone
    assert FIRST not in text
    assert SECOND not in text
    assert "$RUNCOMFY_" in text
