"""Outcomes to report: one as a run would give it, and any number with texts as nobody would wish them."""

from __future__ import annotations

import json
from dataclasses import replace

from hypothesis import strategies as st

from contracts.events import Event, Found, PhaseFinished, PhaseStarted, Progressed, RunFinished, RunStarted
from contracts.exchange import CONTROL, Answer, Call, Exchange, Who
from contracts.findings import Finding, Reproduction, Severity
from contracts.outcome import CheckResult, Outcome, PhaseResult, Verdict
from contracts.report.reproduction import reproduction

TARGET = "http://127.0.0.1:8787"
MODEL = "/v1/models/kling/kling-3.0/pro/text-to-video"
PAYLOAD = {"prompt": "It's a “paper boat” on [red]a quiet lake[/red]", "duration": 5, "aspect_ratio": "16:9"}

NASTY = [
    "",
    "[bold red]markup[/bold red] [link=https://x]x[/link] [/] :boom:",
    "\x1b[2J\x1b]0;title\x07\x9b31m\x00\x08\r\n\tafter",
    "</script></style></pre></title>--><script>alert(1)</script><img src=x onerror=alert(1)>",
    "\" onmouseover='x' `y` & &amp; &#0; ]]> <![CDATA[ <?xml?>",
    "half a pair \ud83d, not a character \ufffe\uffff, \u2028\u2029\u202e\u200b\ufeff",
    "long " * 3000,
    "猫" * 90 + "é\U0001f600",
]
texts = st.one_of(st.sampled_from(NASTY), st.text(max_size=30), st.text(st.characters(), max_size=10))
lines = st.one_of(st.none(), texts).map(lambda text: text or "x")
counts = st.integers(0, 5000)
seconds = st.floats(0, 5000)


def trace() -> list[Exchange]:
    headers = {"Content-Type": "application/json"}
    body = json.dumps(PAYLOAD, ensure_ascii=False).encode()
    request_id = "6f1c2a90-53c5-4b44-9f0e-0d3f8f6f7d11"
    submit = Call("submit", "POST", MODEL, body=body, headers=headers, price_usd=0.56)
    return [
        Exchange(submit, Answer(200, {}, json.dumps({"request_id": request_id}).encode())),
        Exchange(Call(CONTROL, "POST", "/__mock__/clock", body=b'{"advance": 30}'), Answer(200, {}, b"{}")),
        Exchange(
            Call("status", "GET", f"/v1/requests/{request_id}/status", Who.SECOND),
            Answer(200, {}, b'{"status": "completed"}'),
        ),
    ]


def finding(finding_id: str, severity: Severity, message: str, *ledger: str) -> Finding:
    return Finding(
        finding_id=finding_id,
        check=finding_id.partition(":")[0],
        severity=severity,
        operation=finding_id.split(":")[1],
        message=message,
        ledger=ledger,
        reproduction=reproduction(
            trace(),
            TARGET,
            "export RUNCOMFY_TOKEN=first RUNCOMFY_OTHER_TOKEN=second\nruncomfy-mock serve --pace manual &",
        ),
        seed=7,
        phase="accounts",
        sent="GET /v1/requests/6f1c2a90-53c5-4b44-9f0e-0d3f8f6f7d11/status (second account)",
        answered='200 {"request_id": "6f1c2a90-53c5-4b44-9f0e-0d3f8f6f7d11", "status": "completed"}',
    )


FINDINGS = (
    finding(
        "result.words:result",
        Severity.MINOR,
        "The result says status 'done', which is none of succeeded, failed, in_queue, in_progress, cancelled.",
        "result.words",
    ),
    finding(
        "accounts.foreign-request:status",
        Severity.CRITICAL,
        "The status of a request of the first account was told to the second: expected 403 with error_code 403001, got "
        "200. Whoever knows or guesses a request_id reads the work of others.",
        "error.403001",
        "auth.bearer",
    ),
    finding(
        "cancel.outcome:cancel:in_progress",
        Severity.MAJOR,
        "A request that was in progress was cancelled: expected outcome 'not_cancellable', got 'cancelled'.",
        "cancel.outcome",
        "cancel.status",
    ),
)
ACCEPTED = (
    finding(
        "queue.position:status",
        Severity.MINOR,
        "queue_position is there though the request is in progress.",
        "queue-position.when",
    ),
)


def check(
    check_id: str, title: str, outcome: Verdict, severity: Severity = Severity.MAJOR, reason: str = ""
) -> CheckResult:
    return CheckResult(
        check_id, title, severity, ("status",), outcome, times=0 if outcome is Verdict.UNCHECKED else 231, reason=reason
    )


_P, _F, _U = Verdict.PASS, Verdict.FAIL, Verdict.UNCHECKED
CHECKS = (
    check("accounts.foreign-request", "a request is told to its own account alone", _F, Severity.CRITICAL),
    check("accounts.no-token", "without a token nothing is told", _P, Severity.CRITICAL),
    check("cancel.outcome", "cancel takes effect only while a request is queued", _F),
    check("cancel.repeated", "a repeated cancel changes nothing", _P),
    check("money.cost", "cost is there only when it is asked for", _P, Severity.CRITICAL),
    check("money.double", "a refused submit is not billed", _U, Severity.CRITICAL, "the target has no control plane"),
    check("queue.position", "queue_position is there only while a request is queued", _F, Severity.MINOR),
    check("queue.order", "first in, first out", _U, Severity.MINOR, "the target has no control plane"),
    check("result.words", "the result's status is one of five words", _F, Severity.MINOR),
    check("result.output", "there is an output only when the status is succeeded", _P),
    check("schema.submit", "the answer to a submit has the documented shape", _P),
    check("schema.negative", "an invalid payload is refused", _U, reason="the budget of 0.50 USD was spent before it"),
)
PHASES = (
    PhaseResult("schema", "Answers have their shapes", 12.41, 1840, 0),
    PhaseResult("accounts", "Accounts never meet", 0.82, 96, 1),
    PhaseResult("lifecycle", "Requests live as documented", 31.06, 4210, 3),
    PhaseResult("money", "What is billed", 0.0, 0, 0, "the deadline of 45 seconds passed before it began"),
)
OUTCOME = Outcome(
    target=TARGET,
    seed=7,
    depth="quick",
    verdict=Verdict.FAIL,
    checks=CHECKS,
    findings=FINDINGS,
    phases=PHASES,
    accepted=ACCEPTED,
    gone=("schema.list:list",),
    observed={"auth_status": "400", "queue_position_base": "1", "result_success_word": "succeeded"},
    calls=6146,
    seconds=45.03,
    spent_usd=0.48,
    stopped="the deadline of 45 seconds passed",
)
PASSED = replace(
    OUTCOME,
    verdict=Verdict.PASS,
    checks=tuple(each for each in CHECKS if each.outcome is _P),
    findings=(),
    phases=PHASES[:1],
    accepted=(),
    gone=(),
    spent_usd=0.0,
    stopped="",
)
UNREACHED = replace(
    PASSED,
    verdict=Verdict.UNCHECKED,
    checks=tuple(
        replace(each, outcome=_U, times=0, reason="the target did not answer: connection refused") for each in CHECKS
    ),
    phases=(),
    observed={},
    calls=1,
    stopped="the target did not answer: connection refused",
)


def events(outcome: Outcome) -> list[Event]:
    """Tell an outcome as a run would."""
    told: list[Event] = [
        RunStarted(outcome.target, outcome.seed, outcome.depth, tuple(phase.name for phase in outcome.phases))
    ]
    for phase in outcome.phases:
        told += [PhaseStarted(phase.name, phase.title), Progressed(phase.name, 1, None, phase.calls // 2)]
        told += [Found(each) for each in outcome.findings if each.phase == phase.name]
        told += [Found(each, known=True) for each in outcome.accepted if each.phase == phase.name]
        told += [Progressed(phase.name, 3, 3, phase.calls), PhaseFinished(phase)]
    return [*told, RunFinished(outcome)]


findings = st.builds(
    Finding,
    finding_id=lines,
    check=lines,
    severity=st.sampled_from(Severity),
    operation=texts,
    message=texts,
    ledger=st.lists(texts, max_size=2).map(tuple),
    reproduction=st.builds(Reproduction, curl=texts, python=texts, setup=texts),
    seed=counts,
    phase=texts,
    sent=texts,
    answered=texts,
)
checks = st.builds(
    CheckResult,
    check_id=lines,
    title=texts,
    severity=st.sampled_from(Severity),
    ledger=st.lists(texts, max_size=2).map(tuple),
    outcome=st.sampled_from(Verdict),
    times=counts,
    reason=texts,
)
outcomes = st.builds(
    Outcome,
    target=texts,
    seed=counts,
    depth=texts,
    verdict=st.sampled_from(Verdict),
    checks=st.lists(checks, max_size=4, unique_by=lambda check: check.check_id).map(tuple),
    findings=st.lists(findings, max_size=3).map(tuple),
    phases=st.lists(
        st.builds(PhaseResult, name=texts, title=texts, seconds=seconds, calls=counts, findings=counts, stopped=texts),
        max_size=3,
    ).map(tuple),
    accepted=st.lists(findings, max_size=2).map(tuple),
    gone=st.lists(texts, max_size=2).map(tuple),
    observed=st.dictionaries(texts, texts, max_size=2),
    calls=counts,
    seconds=seconds,
    spent_usd=st.floats(0, 10),
    stopped=texts,
)
