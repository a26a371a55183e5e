from __future__ import annotations

import shlex
import shutil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Answer, Call, Exchange, Who
from contracts.report.shell import render, word
from contracts.report.trace import steps
from tests.contracts.report.executing import in_shell, listening

BASE = "http://127.0.0.1:8787"
SHELLS = [shell for shell in ("bash", "dash", "busybox") if shutil.which(shell)]
NASTY = '-it\'s "quoted"\n\t$HOME `id` \\ \\0019 !! %s %% \x1b[31m \x00 \u202e é 猫 {x} $(id)\n\n'


def rendered(*calls: Call, base: str = BASE) -> str:
    return render(steps([Exchange(call, None) for call in calls], base))


@pytest.mark.parametrize("shell", SHELLS)
def test_any_posix_shell_will_do(shell: str) -> None:
    bodies = [NASTY.encode(), b"\xff\n\x00-", b"-n\n", b"\\0019\x01", b"@x", b"", b"%d"]
    with listening() as (ear, url):
        in_shell(rendered(*(Call("submit", "POST", "/v1/x", body=body) for body in bodies), base=url), shell)
        assert [heard.body for heard in ear.heard] == bodies


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_a_word_is_one_word_and_prints(text: str) -> None:
    quoted = word(text)
    assert quoted.isprintable()
    if text.isprintable():
        assert shlex.split(quoted) == [text]


def test_a_plain_trace_reads_well() -> None:
    submit = Call(
        "submit", "POST", "/v1/models/a/b", body=b'{"prompt": "a"}', headers={"Content-Type": "application/json"}
    )
    status = Call("status", "GET", "/v1/requests/6f1c/status", Who.SECOND)
    trace = [Exchange(submit, Answer(200, {}, b'{"request_id": "6f1c"}')), Exchange(status, None)]
    first, second = render(steps(trace, f"{BASE}/")).splitlines()
    assert first == (
        "REQUEST_1=$(curl -sS -X POST http://127.0.0.1:8787/v1/models/a/b"
        """ -H "Authorization: Bearer $RUNCOMFY_TOKEN" -H 'Content-Type: application/json'"""
        """ --data-binary '{"prompt": "a"}' | """
        """python3 -c 'import json, sys; print(json.load(sys.stdin)["request_id"])')"""
    )
    assert second == (
        r"""curl -sS -i -w '\n' "http://127.0.0.1:8787/v1/requests/${REQUEST_1}/status" """
        '-H "Authorization: Bearer $RUNCOMFY_OTHER_TOKEN"'
    )


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (Call("list", "GET", "/v1/models", Who.NOBODY), "http://127.0.0.1:8787/v1/models"),
        (Call("list", "HEAD", "/v1/models", Who.NOBODY), "--head http://127.0.0.1:8787/v1/models"),
        (Call("list", "GET", "/v1/models?q=[1]", Who.NOBODY), "-g 'http://127.0.0.1:8787/v1/models?q=[1]'"),
        (Call("list", "GET", "/v1/../x", Who.NOBODY), "--path-as-is http://127.0.0.1:8787/v1/../x"),
        (Call("list", "GET", "/v1/ä b%", Who.NOBODY), "http://127.0.0.1:8787/v1/%C3%A4%20b%25"),
        (
            Call("cancel", "POST", "/v1/requests/x/cancel", Who.NOBODY),
            "-X POST http://127.0.0.1:8787/v1/requests/x/cancel -H 'Content-Length: 0'",
        ),
        (
            Call("x", "POST", "/x", Who.NOBODY, b"@x"),
            "-X POST http://127.0.0.1:8787/x -H Content-Type: --data-raw @x",
        ),
    ],
)
def test_a_call_is_written_as_short_as_it_can_be(call: Call, line: str) -> None:
    assert rendered(call) == rf"curl -sS -i -w '\n' {line}"


def test_the_shell_that_somebody_types_into_reads_no_history() -> None:
    text = rendered(Call("x", "POST", "/x!y", Who.NOBODY, b'{"a": "Hi!"}'))
    assert "'http://127.0.0.1:8787/x!y'" in text
    assert """'{"a": "Hi!"}'""" in text
