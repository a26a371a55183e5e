"""Payloads: what the schema and the rules of a model allow is accepted, what they do not is refused, and says why."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from contracts import strategies
from contracts.exchange import Answer, Exchange
from contracts.server.calling.session import Session
from contracts.server.judging import seen
from contracts.server.playing.exploring import Effort, explore
from contracts.server.playing.tour import NO_MONEY, Tour
from contracts.strategies.violations import InvalidPayload
from schemas.findings import cut, shorten
from schemas.model import Model

_OK, _INVALID, _TOO_MANY, _NO_BALANCE = 200, 422, 429, 400002
_OF_FINDING = ("pointer", "keyword", "limit", "value", "message", "title")
_BROKEN = 500
_CHECKS = ("submit.accepts", "submit.refuses", "submit.detail")


def listed(tour: Tour, only: str = "") -> None:
    """Submit each edge and each violation once, for every model whose id begins with ``only``."""
    if tour.stage.live:
        tour.collector.skip(NO_MONEY, *_CHECKS)
        return
    session = tour.session()
    for model in tour.stage.catalog.values():
        if not model.model_id.startswith(only):
            continue
        for case in strategies.boundary_cases(model.model_id, models=tour.stage.catalog):
            accept(session, model, case.payload, case.label)
            tour.progressed()
        for name, number in _whole_fractions(model):
            accept(session, model, model.example() | {name: number}, f"{number} is a whole number")
        violations = strategies.violation_cases(model.model_id, models=tour.stage.catalog)
        for violation in violations:
            refuse(session, model, [violation])
            tour.progressed()
        for several in pairwise(_of_different_properties(violations)):
            refuse(session, model, several)


def explored(tour: Tour, effort: Effort) -> None:
    """Submit payloads that Hypothesis draws, valid ones and ones with one mistake, for every model."""
    if tour.stage.live:
        return
    models = list(tour.stage.catalog.values())
    share = Effort(max(1, effort.examples // (2 * len(models))), effort.steps, effort.shrinks)
    for model in models:
        valid = strategies.payloads(model.model_id, models=tour.stage.catalog)
        explore(tour, share, valid, partial(_accept, model))
        invalid = strategies.invalid_payloads(model.model_id, models=tour.stage.catalog)
        explore(tour, share, invalid, partial(_refuse, model))


def _refuse(model: Model, session: Session, violation: InvalidPayload) -> None:
    refuse(session, model, [violation])


def _accept(model: Model, session: Session, payload: object) -> None:
    exchange = accept(session, model, payload)
    life = session.lives.of(exchange)
    if life is not None:
        session.result(life.request_id)  # which may echo the payload


def accept(session: Session, model: Model, payload: object, label: str = "") -> Exchange:
    """Submit what is valid. ``label`` says what is special about it."""
    exchange = session.submit(model, payload)
    answer = exchange.answer
    if answer is not None and not _is_limit(answer) and answer.status < _BROKEN:
        told = f"{answer.status} {cut(answer.body[:300].decode('utf-8', 'replace'))}"
        text = f"the valid payload {shorten(payload)}{f' ({label})' if label else ''} is answered {told}"
        session.hold("submit.accepts", exchange, text, ok=answer.status == _OK, trace=[exchange])
    return exchange


def refuse(session: Session, model: Model, violations: Sequence[InvalidPayload]) -> None:
    """Submit what breaks one thing, or several on different properties at once."""
    payload: dict[str, Any] = {}
    for violation in violations:
        payload = {**violation.payload, **payload} if not payload else {**payload, **_spoilt(violation)}
    exchange = session.submit(model, payload)
    answer = exchange.answer
    if answer is None or _is_limit(answer):
        return
    if answer.status >= _BROKEN:
        return  # it is told as what it is: whatever was wrong with the payload, that was not said
    reasons = " and ".join(f"{each.keyword} at {each.pointer or '/'}" for each in violations)
    case = violations[0].keyword if len(violations) == 1 else "several"
    told = f"{answer.status} {cut(answer.body[:300].decode('utf-8', 'replace'))}"
    text = f"the payload {shorten(payload)} breaks {reasons}, and is answered {told}"
    if not session.hold("submit.refuses", exchange, text, ok=answer.status == _INVALID, case=case, trace=[exchange]):
        return
    detail = answer.get("detail")
    names = [each.property for each in violations]
    written = json.dumps(detail, ensure_ascii=False) if detail else ""
    missing = [name for name in names if name not in written]
    text = f"{reasons} is broken, and the detail does not name {', '.join(missing)}: {cut(written) or 'there is none'}"
    if session.hold("submit.detail", exchange, text, ok=not missing, case="" if detail else "none", trace=[exchange]):
        seen.validation_detail(session, exchange, answer)
        _judge_findings(session, exchange, detail, violations)


def _judge_findings(session: Session, exchange: Exchange, detail: object, violations: Sequence[InvalidPayload]) -> None:
    """Hold a detail that is a list of findings to what such a list has. Ledger: ``error.422-detail``."""
    findings = [each for each in detail if isinstance(each, dict)] if isinstance(detail, list) else []
    if not findings or "pointer" not in findings[0]:
        return
    by_reason = {(str(each.get("pointer")), str(each.get("keyword"))): each for each in findings}
    unsaid = [
        f"{each.keyword} at {each.pointer or '/'}"
        for each in violations
        if (each.pointer, each.keyword) not in by_reason
    ]
    text = f"the detail has no finding for {', '.join(unsaid)}: {shorten(detail)}"
    session.hold("submit.detail", exchange, text, ok=not unsaid, case="finding", trace=[exchange])
    lacking = sorted({name for each in findings for name in _OF_FINDING if name not in each})
    lacking += ["limit" for each in by_reason.values() if each.get("limit") is None][:1]
    text = f"findings of the detail lack {', '.join(lacking)}: {shorten(detail)}"
    session.hold("submit.detail", exchange, text, ok=not lacking, case="whole", trace=[exchange])


def _is_limit(answer: Answer) -> bool:
    """Tell whether a submit came to a limit of the account's, before or whatever its payload is."""
    return answer.status == _TOO_MANY or answer.get("error_code") == _NO_BALANCE


def _whole_fractions(model: Model) -> Iterator[tuple[str, float]]:
    """Yield what is an integer in JSON Schema though it is written as a fraction, as clients in some languages do."""
    for name, part in model.input.normalised.get("properties", {}).items():
        default = part.get("default") if isinstance(part, dict) else None
        if type(default) is int and part.get("type") == "integer":
            yield name, float(default)


def _root(violation: InvalidPayload) -> str:
    return violation.pointer.split("/")[1] if violation.pointer else ""


def _spoilt(violation: InvalidPayload) -> dict[str, Any]:
    name = _root(violation)
    return {name: violation.payload[name]}


def _of_different_properties(violations: Sequence[InvalidPayload]) -> list[InvalidPayload]:
    """Return one violation for each property of the root whose spoilt value can be put into another payload."""
    found: dict[str, InvalidPayload] = {}
    for violation in violations:
        name = _root(violation)
        if name in violation.payload and violation.keyword in ("type", "enum", "maximum", "minimum"):
            found.setdefault(name, violation)
    return list(found.values())
