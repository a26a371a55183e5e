"""An entry of the journal as JSON, alike wherever the control plane shows one."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from mock_server.core.entry import Entry


def entry_form(entry: Entry) -> dict[str, Any]:
    """Write an entry as a JSON object; times are seconds."""
    return {
        "seq": entry.seq,
        "at": entry.at,
        "wall": entry.wall,
        "took": entry.took,
        "connection": entry.connection,
        "call": entry.call,
        "account": entry.account,
        "operation": entry.operation,
        "method": entry.method,
        "path": entry.path,
        "request_id": entry.request_id,
        "model_id": entry.model_id,
        "status_before": entry.status_before,
        "status_after": entry.status_after,
        "http_status": entry.http_status,
        "error_code": entry.error_code,
        "rule": entry.rule,
        "effects": entry.effects,
        "findings": [asdict(finding) for finding in entry.findings],
        "unknown": entry.unknown,
        "omitted": entry.omitted,
        "payload": None if entry.payload is None else entry.payload.decode("utf-8", "replace"),
        "payload_cut": entry.payload_cut,
        "token_sent_to_media": entry.token_sent_to_media,
    }
