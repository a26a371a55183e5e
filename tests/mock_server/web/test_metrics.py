"""The metrics as Prometheus' own client reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from prometheus_client.parser import text_string_to_metric_families

from mock_server import MockRunComfy
from mock_server.core import tally
from mock_server.web.metrics import exposition
from tests.inprocess import OTHER_TOKEN, client, submit
from tests.mock_server.core.entry_maker import make_entry

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


def scrape(fake: MockRunComfy, token: str | None = None) -> Samples:
    text = client(fake, token).get("/__mock__/metrics").text
    families = list(text_string_to_metric_families(text))
    assert len({family.name for family in families}) == len(families) == text.count("# TYPE") == text.count("# HELP")
    assert all(family.documentation and family.type != "unknown" for family in families)
    return {
        (sample.name.removeprefix("runcomfy_mock_"), tuple(sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


def calls(operation: str, http_status: int) -> tuple[str, tuple[tuple[str, str], ...]]:
    return "calls_total", (("http_status", str(http_status)), ("operation", operation))


def test_everything_is_counted() -> None:
    fake = MockRunComfy()
    caller = client(fake)
    urls = submit(caller)
    caller.get(urls["status_url"])
    client(fake, OTHER_TOKEN).get(urls["status_url"])
    found = scrape(fake)
    assert found[calls("submit", 200)] == found[calls("status", 200)] == found[calls("status", 403)] == 1
    assert found["errors_total", (("error_code", "403001"),)] == 1
    assert found["journal_entries", ()] == 3
    assert found["journal_evicted_total", ()] == 0
    assert found["journal_bytes", ()] > 1000
    assert found["accounts", ()] == 2
    assert found["spent_usd", ()] == 0.84
    assert found["event_readers", ()] == 0
    assert found["requests", (("status", "in_queue"),)] + found["requests", (("status", "in_progress"),)] == 1
    assert found["requests", (("status", "cancelled"),)] == 0
    assert found["call_seconds_count", (("operation", "status"),)] == 2
    assert found["call_seconds_bucket", (("le", "+Inf"), ("operation", "status"))] == 2
    assert 0 <= found["call_seconds_sum", (("operation", "status"),)] < 10
    assert [value for (name, labels), value in found.items() if name == "info" and ("pace", "polls:1,1") in labels] == [
        1
    ]


def test_buckets_add_up() -> None:
    fake = MockRunComfy()
    for took in (0.0001, 0.02, 0.02, 3.0, 100.0):
        fake.app.service.journal.append(replace(make_entry(), took=took))
    found = scrape(fake)

    def bucket(end: str) -> float:
        return found["call_seconds_bucket", (("le", end), ("operation", "submit"))]

    assert [bucket(end) for end in ("0.0005", "0.01", "0.025", "2.5", "5.0", "60.0", "+Inf")] == [1, 1, 3, 3, 4, 4, 5]
    assert found["call_seconds_sum", (("operation", "submit"),)] == pytest.approx(103.0401)


def test_a_token_tells_of_its_account_alone() -> None:
    fake = MockRunComfy()
    submit(client(fake))
    client(fake, OTHER_TOKEN).get("/v1/models")
    found = scrape(fake, OTHER_TOKEN)
    assert (found[calls("list", 200)], found["journal_entries", ()], found["accounts", ()]) == (1, 1, 1)
    assert calls("submit", 200) not in found
    assert (found["requests", (("status", "in_queue"),)], found["spent_usd", ()]) == (0, 0)


def test_counters_do_not_go_down_by_eviction() -> None:
    fake = MockRunComfy(journal_bytes=1)
    for _ in range(5):
        client(fake).get("/v1/models")
    client(fake, OTHER_TOKEN).get("/v1/models")
    everyone, one = scrape(fake), scrape(fake, "token-of-the-first-account")
    assert (everyone[calls("list", 200)], one[calls("list", 200)]) == (6, 5)
    assert (everyone["journal_entries", ()], everyone["journal_evicted_total", ()]) == (1, 5)
    assert (one["journal_entries", ()], one["journal_evicted_total", ()]) == (0, 5)
    assert scrape(fake, OTHER_TOKEN)["journal_evicted_total", ()] == 0


def test_labels_are_escaped_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tally, "MOST_KINDS", 3)
    fake = MockRunComfy()
    for rule in ('a "quoted" \\ rule\nof two lines', *map(str, range(50))):
        fake.app.service.journal.append(replace(make_entry(), rule=rule, effects=("delay",)))
    found = scrape(fake)
    fired = {labels: value for (name, labels), value in found.items() if name == "rule_fired_total"}
    assert fired[("effect", "delay"), ("rule", 'a "quoted" \\ rule\nof two lines')] == 1
    assert fired[("effect", "other"), ("rule", "other")] == 48
    assert len(fired) == 4


def test_a_fake_that_was_never_called_has_metrics_too() -> None:
    fake = MockRunComfy()
    assert scrape(fake)["journal_entries", ()] == 0
    assert exposition(fake.app.service, None, 3).count("runcomfy_mock_event_readers 3\n") == 1
