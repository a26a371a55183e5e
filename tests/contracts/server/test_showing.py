from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from contracts.exchange import Answer, Call, Exchange, Who
from contracts.findings import Severity
from contracts.server.judging.checks import Check
from contracts.server.judging.collector import Broken, Scene
from contracts.server.showing import finding_of

CHECK = Check("answer.json", Severity.MAJOR, "every answer is JSON", ("body.json", "error.body"))
SCENE = Scene("http://127.0.0.1:8787", "runcomfy-mock serve --seed 1")
MOST = 3 * (2000 + 40)

anything = st.text(st.characters(max_codepoint=255), max_size=30)  # what a header can have
headers = st.dictionaries(st.sampled_from(["Content-Type", "X-Y"]), anything, max_size=2)
exchanges = st.builds(
    Exchange,
    st.builds(
        Call,
        st.sampled_from(["submit", "status"]),
        st.sampled_from(["GET", "POST"]),
        st.sampled_from(["/v1/models/a/b", "/v1/requests/%00/status", "/" + "x" * 9000]),
        st.sampled_from(Who),
        st.none() | st.binary(max_size=40) | st.just(b"\xff" * 9000),
        headers,
    ),
    st.none() | st.builds(Answer, st.integers(100, 999), headers, st.binary(max_size=40) | st.just(b"\xe2\x82" * 4000)),
    st.just("gave up"),
)


def broken(*trace: Exchange, ledger: tuple[str, ...] = ()) -> Broken:
    return Broken("answer.json", "status", "it is wrong", trace, SCENE, "case", ledger)


@given(st.lists(exchanges, max_size=3))
def test_whatever_was_sent_and_answered_can_be_shown(trace: list[Exchange]) -> None:
    finding = finding_of(broken(*trace), CHECK, 7, "calls")
    json.dumps(finding.as_json())
    assert len(finding.sent) < MOST
    assert len(finding.answered) < MOST
    if trace:
        assert finding.sent.startswith(trace[-1].call.method)
        assert finding.answered.startswith("gave up" if trace[-1].answer is None else f"HTTP {trace[-1].answer.status}")


def test_a_finding_says_what_where_and_how_to_see_it_again() -> None:
    call = Call("status", "GET", "/v1/requests/a/status", headers={"X-Y": "z"})
    exchange = Exchange(call, Answer(200, {"content-type": "text/html"}, "né".encode()))
    finding = finding_of(broken(exchange, ledger=("body.json", "status")), CHECK, 7, "calls")
    assert finding.finding_id == "answer.json:status:case"
    assert (finding.check, finding.severity, finding.operation) == ("answer.json", Severity.MAJOR, "status")
    assert (finding.message, finding.seed, finding.phase) == ("it is wrong", 7, "calls")
    assert finding.ledger == ("body.json", "status", "error.body")
    assert finding.sent == "GET /v1/requests/a/status\nX-Y: z"
    assert finding.answered == "HTTP 200\ncontent-type: text/html\n\nné"
    assert finding.reproduction.setup == "runcomfy-mock serve --seed 1"
    assert "http://127.0.0.1:8787/v1/requests/a/status" in finding.reproduction.curl
    assert "RUNCOMFY_TOKEN" in finding.reproduction.curl


def test_bytes_that_are_no_text_are_shown_as_such() -> None:
    call = Call("submit", "POST", "/v1/models/a/b", body=b"{\xff}")
    finding = finding_of(broken(Exchange(call, Answer(200, {}, b"\x00\xfe"))), CHECK, 7, "")
    assert finding.sent.endswith("\n\n{\\xff}")
    assert finding.answered == "HTTP 200\n\n\x00\\xfe"


def test_what_is_long_is_cut_and_says_so() -> None:
    call = Call("submit", "POST", "/" + "p" * 5000, body=b"b" * 5000, headers={"H": "h" * 5000})
    finding = finding_of(
        broken(Exchange(call, Answer(200, {"location": "h" * 5000, "date": "today"}, b"a" * 5000))), CHECK, 7, ""
    )
    assert finding.sent.count("… (") == 3
    assert finding.answered.count("… (") == 2
    assert "… (5000 characters)" in finding.answered
    assert "today" not in finding.answered  # nobody needs that to understand


def test_the_account_is_named_and_never_its_token() -> None:
    call = Call("status", "GET", "/v1/requests/a/status", Who.SECOND)
    finding = finding_of(broken(Exchange(call, None, "gave up")), CHECK, 7, "")
    assert "RUNCOMFY_OTHER_TOKEN" in finding.reproduction.python
    assert (finding.sent, finding.answered) == ("GET /v1/requests/a/status", "gave up")


def test_without_a_call_there_is_nothing_to_show() -> None:
    finding = finding_of(broken(), CHECK, 7, "")
    assert (finding.sent, finding.answered) == ("", "")
