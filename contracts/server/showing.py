"""What was broken, as a finding that people and programs can read."""

from __future__ import annotations

from collections.abc import Mapping

from contracts.exchange import Exchange
from contracts.findings import Finding
from contracts.report.reproduction import reproduction
from contracts.server.judging.checks import Check
from contracts.server.judging.collector import Broken

_MOST_SHOWN = 2000
_TELLING = frozenset({"allow", "content-encoding", "content-type", "location", "retry-after"})


def finding_of(broken: Broken, check: Check, seed: int, phase: str) -> Finding:
    """Write a finding. Tokens are in none of it: calls say whose they are, and never what they are."""
    last = broken.trace[-1] if broken.trace else None
    return Finding(
        finding_id=broken.finding_id,
        check=check.check_id,
        severity=check.severity,
        operation=broken.operation,
        message=broken.message,
        ledger=tuple(dict.fromkeys((*broken.ledger, *check.ledger))),
        reproduction=reproduction(broken.trace, broken.scene.base_url, broken.scene.setup),
        seed=seed,
        phase=phase,
        sent="" if last is None else _sent(last),
        answered="" if last is None else _answered(last),
    )


def _sent(exchange: Exchange) -> str:
    call = exchange.call
    body = "" if call.body is None else call.body.decode("utf-8", "backslashreplace")
    return "\n".join([_cut(f"{call.method} {call.path}"), *_lines(call.headers), *(["", _cut(body)] if body else [])])


def _answered(exchange: Exchange) -> str:
    answer = exchange.answer
    if answer is None:
        return exchange.failure
    body = answer.body.decode("utf-8", "backslashreplace")
    told = {name: value for name, value in answer.headers.items() if name in _TELLING}
    return "\n".join([f"HTTP {answer.status}", *_lines(told), *(["", _cut(body)] if body else [])])


def _lines(headers: Mapping[str, str]) -> list[str]:
    return [_cut(f"{name}: {value}") for name, value in headers.items()]


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}… ({len(text)} characters)"
