"""What is remembered of magic words: no end of a token, and every word that later calls may bring up."""

from __future__ import annotations

from pathlib import Path

from mock_server import MockRunComfy
from mock_server.trouble.magic import standing
from tests.inprocess import SUBMIT, client


def test_the_end_of_a_token_that_is_no_word_is_in_no_name_and_no_id() -> None:
    (found,) = standing("s3cr3t-end-of-a-token", prompt=False)
    assert (found.rule_id, found.rule.name) == ("mock:unknown", "mock:unknown")


def test_a_word_in_a_prompt_is_heard_after_other_rules_and_after_a_restart(tmp_path: Path) -> None:
    fake = MockRunComfy(pace="instant", journal=tmp_path / "calls.ndjson")
    fake.rules.add(match={"operation": "submit"}, answers=[{"effect": "latency", "seconds": 1}])
    result_url = client(fake).post(SUBMIT, json={"prompt": "x [mock:no-output]"}).json()["result_url"]
    fake.rules.clear()
    assert "output" not in client(fake).get(result_url).json()
    fake.close()
    again = MockRunComfy(journal=tmp_path / "calls.ndjson")
    assert "output" not in client(again).get(result_url).json()
    again.close()
