from __future__ import annotations

import ast

from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Answer, Call, Exchange, Who
from contracts.report.script import render
from contracts.report.trace import steps

BASE = "http://127.0.0.1:8787"
MODEL = "/v1/models/kling/kling-3.0/pro/text-to-video"


def test_a_plain_trace_reads_well() -> None:
    submit = Call("submit", "POST", MODEL, body=b'{"prompt": "a"}', headers={"Content-Type": "application/json"})
    status = Call("status", "GET", "/v1/requests/6f1c/status", Who.SECOND)
    trace = [Exchange(submit, Answer(200, {}, b'{"request_id": "6f1c"}')), Exchange(status, None)]
    wanted = """\
import os

import httpx

FIRST = {"Authorization": f"Bearer {os.environ['RUNCOMFY_TOKEN']}"}
SECOND = {"Authorization": f"Bearer {os.environ['RUNCOMFY_OTHER_TOKEN']}"}
client = httpx.Client(timeout=60)

answer = client.request('POST', 'http://127.0.0.1:8787/v1/models/kling/kling-3.0/pro/text-to-video', \
headers={**FIRST, 'Content-Type': 'application/json'}, content='{"prompt": "a"}')
request_1 = answer.json()["request_id"]
answer = client.request('GET', f'http://127.0.0.1:8787/v1/requests/{request_1}/status', headers=SECOND)
print(answer.http_version, answer.status_code, answer.reason_phrase)
print(answer.text)"""
    assert render(steps(trace, BASE)) == wanted


def test_whoever_has_no_token_needs_none() -> None:
    own = {"Authorization": "Bearer wrong"}
    trace = [
        Exchange(Call("list", "GET", "/v1/models", Who.NOBODY), None),
        Exchange(Call("list", "GET", "/v1/models", Who.FIRST, headers=own), None),
    ]
    text = render(steps(trace, BASE))
    assert "environ" not in text
    assert "headers={'Authorization': 'Bearer wrong'}" in text


@given(st.lists(st.tuples(st.text(max_size=30), st.binary(max_size=30)), max_size=4))
def test_it_is_a_program_whatever_is_in_it(given_: list[tuple[str, bytes]]) -> None:
    answer = Answer(200, {}, b'{"request_id": "x"}')
    calls = [Call("submit", "POST", MODEL, body=f'{{"x": "{text}"}}'.encode(errors="replace")) for text, _ in given_]
    calls += [Call("submit", "PUT", "/v1/x?y=x", body=body, headers={"X": "é"}) for _, body in given_]
    text = render(steps([Exchange(call, answer) for call in calls], BASE))
    made = [
        node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Call) and "request" in ast.dump(node.func)
    ]
    assert len(made) == len(calls)
