"""Journal entries for tests, with what the test does not care about filled in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mock_server.core.entry import Entry
from schemas.findings import Finding
from schemas.model import Model
from schemas.validation import PayloadValidator
from schemas.variants import Variants


def make_entry(
    path: str = "/v1/models",
    *,
    account: str = "an-account",
    request_id: str | None = None,
    model_id: str | None = None,
    payload: bytes | None = None,
    findings: tuple[Finding, ...] = (),
    unknown: tuple[str, ...] = (),
) -> Entry:
    """Make an entry of some call."""
    return Entry(
        method="POST",
        path=path,
        operation="submit",
        account=account,
        request_id=request_id,
        model_id=model_id,
        http_status=200,
        findings=findings,
        unknown=unknown,
        payload=payload,
    )


def submit_entry(model: Model, payload: Mapping[str, Any], raw: bytes | None = None) -> Entry:
    """Make the entry of a submit, with what validation really says of its payload."""
    verdict = PayloadValidator(model, Variants(unknown_properties="refused")).check(payload)
    raw = json.dumps(payload).encode() if raw is None else raw
    return make_entry(payload=raw, findings=verdict.findings, unknown=verdict.unknown)
