"""The same seed, moment, rules and calls give the same bytes, in whatever process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx

from tests.e2e.effects import PATHS
from tests.e2e.processes import serve

RULES = """
[[rule]]
match = { operation = "list" }
answers = ["garbage", "extra_fields", { effect = "error", status = 429, retry_after = 90, retry_after_form = "date" }]

[[rule]]
match = { operation = "submit", nth = 2 }
answers = [{ effect = "fail" }]
"""
HEADERS = {"Authorization": "Bearer a-token-of-the-caller", "Host": "fake.test"}


def played(scenario: Path) -> list[Any]:
    """Return all that a fresh process answers, but for the date of its answers."""
    options = ("--seed", "7", "--frozen-at", "2026-01-01", "--scenario", scenario, "--pace", "polls:1,0")
    seen: list[Any] = []
    with serve(*options) as served, httpx.Client(base_url=served.url, headers=HEADERS) as caller:
        for _ in range(2):
            path = httpx.URL(caller.post(PATHS["submit"], json={"prompt": "a kitten"}).json()["result_url"]).path
            answers = [caller.get(path, params={"include_cost": "true"}) for _ in range(3)]
            answers += [caller.get(PATHS["list"]) for _ in range(3)]
            for answer in answers:
                headers = [(name, value) for name, value in answer.headers.multi_items() if name != "date"]
                seen.append((answer.status_code, headers, answer.content))
            assert caller.post("/__mock__/reset", headers={"Host": "localhost"}).is_success
    return seen


def test_two_processes_and_two_rounds_answer_alike(tmp_path: Path) -> None:
    scenario = tmp_path / "trouble.toml"
    scenario.write_text(RULES, "utf-8")
    seen = played(scenario)
    assert played(scenario) == seen
    first, second = seen[: len(seen) // 2], seen[len(seen) // 2 :]
    assert first == second
    assert b"2026-01-01T00:00:00" in first[2][2]
    assert dict(first[5][1])["retry-after"] == "Thu, 01 Jan 2026 00:01:30 GMT"
