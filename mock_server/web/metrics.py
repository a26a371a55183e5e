"""What the journal's calls amount to, for Prometheus to scrape: its text format, version 0.0.4."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from itertools import accumulate

from mock_server.core.accounts import Account
from mock_server.core.lifecycle import Status
from mock_server.core.tally import BOUNDS, Spread
from mock_server.service import Service
from schemas import __version__

CONTENT_TYPE = b"text/plain; version=0.0.4; charset=utf-8"

_Sample = tuple[str, Mapping[str, object], float]
"""What is put behind the family's name, the labels, and the value."""


def exposition(service: Service, account: Account | None, followers: int) -> str:
    """Write the metrics of one account, or of all for ``None``; ``followers`` read the events now.

    Counters count from the start, or the last reset; eviction takes nothing from them. Those of one account also begin
    anew once more than `core.evictions.MOST_NAMED` other accounts have lost calls after it did; as with any counter,
    ``rate()`` sees that. Durations are real seconds; no label has more than `core.tally.MOST_KINDS` values.
    """
    name = None if account is None else account.fingerprint
    tally, kept, evicted = service.journal.tally(name)
    statuses = Counter(view.status for view in service.views(account))
    accounts = list(service.accounts) if account is None else [account]
    families = [
        _family(
            "calls_total",
            "counter",
            "Calls of the API and its media, by operation and HTTP status (0: none was sent).",
            (("", {"operation": kind[0], "http_status": kind[1]}, count) for kind, count in tally.calls.items()),
        ),
        _family(
            "errors_total",
            "counter",
            "Calls that were answered with an error, by its code.",
            (("", {"error_code": code}, count) for code, count in tally.errors.items()),
        ),
        _family(
            "rule_fired_total",
            "counter",
            "Calls in which a rule fired, by rule and by what it did.",
            (("", {"rule": kind[0], "effect": kind[1]}, count) for kind, count in tally.fired.items()),
        ),
        _family(
            "call_seconds",
            "histogram",
            "Real seconds from a call to the end of its answer.",
            (sample for operation, spread in tally.spreads.items() for sample in _histogram(operation, spread)),
        ),
        _single("journal_entries", "gauge", "Calls that the journal holds.", kept),
        _single("journal_evicted_total", "counter", "Calls that the journal let go for want of room.", evicted),
        _family(
            "requests",
            "gauge",
            "Requests that are known, by their status now.",
            (("", {"status": status}, statuses[status]) for status in Status),
        ),
        _single("accounts", "gauge", "Accounts that are known.", len(accounts)),
        _single("spent_usd", "gauge", "What the accounts spent.", sum(each.spent_usd for each in accounts)),
        _single("event_readers", "gauge", "Who follows the events now, of all accounts.", followers),
        _family(
            "info",
            "gauge",
            "How the fake is set; always 1.",
            [("", {"version": __version__, "pace": service.settings.pace.name, "seed": service.seed}, 1)],
        ),
    ]
    if account is None:
        size = service.journal.size
        families.append(_single("journal_bytes", "gauge", "Memory that the journal's calls take, about.", size))
    return "".join(families)


def _single(name: str, kind: str, help_text: str, value: float) -> str:
    return _family(name, kind, help_text, [("", {}, value)])


def _family(name: str, kind: str, help_text: str, samples: Iterable[_Sample]) -> str:
    name = f"runcomfy_mock_{name}"
    lines = [f"# HELP {name} {help_text}", f"# TYPE {name} {kind}"]
    for suffix, labels, value in samples:
        written = ",".join(f'{label}="{_escape(str(text))}"' for label, text in labels.items())
        lines.append(f"{name}{suffix}{f'{{{written}}}' if written else ''} {value}")
    return "\n".join(lines) + "\n"


def _histogram(operation: str, spread: Spread) -> Iterable[_Sample]:
    ends = [*map(str, BOUNDS), "+Inf"]
    total = 0
    for end, total in zip(ends, accumulate(spread.buckets), strict=True):
        yield "_bucket", {"operation": operation, "le": end}, total
    yield "_sum", {"operation": operation}, spread.seconds
    yield "_count", {"operation": operation}, total


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
