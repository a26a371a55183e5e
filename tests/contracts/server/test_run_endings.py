"""What a run says of itself at its end: the verdict, what has gone from a baseline, the smallest way to a finding."""

from __future__ import annotations

from typing import Any

from contracts.baseline import Baseline
from contracts.exchange import Answer, Call, Exchange
from contracts.outcome import Outcome, Verdict
from contracts.server.calling.limits import Limits
from contracts.server.calling.target import FakeTarget
from contracts.server.depth import Depth
from contracts.server.judging.collector import Broken, Scene
from contracts.server.run import Options, Run
from tests.contracts.server.touring import found, run, spoiled

OF_CALLS = "answer.shape:cancel:/status"


def known(*phases: str, limits: Limits | None = None, ids: tuple[str, ...] = (OF_CALLS,)) -> Outcome:
    options = Options(1, Depth.QUICK, limits, Baseline(ids), phases=phases)
    return Run(FakeTarget(1), options).execute()


def test_a_finding_has_gone_if_its_operation_was_looked_at() -> None:
    assert known("calls").gone == (OF_CALLS,)


def test_a_finding_has_not_gone_where_its_operation_was_not_called() -> None:
    outcome = known("payloads")
    assert "answer.shape" in {check.check_id for check in outcome.checks if check.outcome is Verdict.PASS}
    assert outcome.gone == ()


def test_nothing_has_gone_from_a_run_that_was_cut() -> None:
    outcome = known("calls", limits=Limits(max_calls=120), ids=("answer.status:submit:201",))
    assert "--max-calls" in outcome.stopped
    assert outcome.gone == ()
    assert known("calls", ids=("answer.status:submit:201",)).gone == ("answer.status:submit:201",)


def test_what_a_later_phase_has_made_small_is_what_is_told_at_the_end() -> None:
    made = Run(FakeTarget(1), Options(1, Depth.QUICK))
    exchange = Exchange(Call("list", "GET", "/v1/models"), Answer(500, {}, b""))
    for count in (9, 2):
        trace = (exchange,) * count
        made.collector.take(Broken("answer.no-server-error", "list", "HTTP 500", trace, Scene("http://127.0.0.1:1")))
        made._show("calls")
    (finding,) = made._outcome(is_gone=False).findings
    assert finding.reproduction.curl.count("curl ") == 2


def test_schemathesis_that_was_stopped_has_checked_nothing() -> None:
    outcome = known("schemathesis", limits=Limits(max_calls=60))
    own = [check for check in outcome.checks if check.check_id.startswith("schemathesis.")]
    assert {check.outcome for check in own} == {Verdict.UNCHECKED}
    assert {check.reason for check in own} == {"schemathesis was stopped before its end"}


def test_a_server_error_is_not_also_a_payload_that_is_refused_or_taken() -> None:
    def fails(method: str, path: str, status: int, document: Any) -> tuple[int, Any] | None:
        is_submit = method == "POST" and path.startswith("/v1/models")
        return (500, {"error_code": 500001, "error_message": "x"}) if is_submit else None

    outcome = run(spoiled(fails), "payloads")
    assert found(outcome) == {"answer.no-server-error"}
