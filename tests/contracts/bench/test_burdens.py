from __future__ import annotations

from contracts.bench import burdens
from contracts.bench.report import RULES_RATIO


def test_status_and_submit_are_measured_with_burdens_and_without() -> None:
    steps: list[None] = []
    found = burdens.measure(3, 2, lambda: steps.append(None))
    assert [(each.call, each.under, each.aim) for each in found] == [
        ("status", "100 rules for other calls", RULES_RATIO),
        ("status", "a journal in a file", None),
        ("submit", "100 rules for other calls", RULES_RATIO),
        ("submit", "a journal in a file", None),
    ]
    assert all(0 < each.ratio < 100 for each in found)
    assert len(steps) == 4 * 2
