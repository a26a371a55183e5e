from __future__ import annotations

import json
from pathlib import Path

import pytest

from contracts.mutants import plain
from contracts.mutants.plain import plain_schemathesis, without_rules
from contracts.mutants.servers import SERVERS
from contracts.targets import fake
from schemas import catalog, openapi

TOKEN = "token-that-nobody-may-see"
DOCUMENT = openapi.document(catalog.load())


def test_what_the_right_server_has_too_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHEMATHESIS_HOOKS", "no_such_module")  # its defaults, whatever the environment says
    options = [*without_rules(tmp_path), "--seed", "7", "--token", TOKEN, "--pace", "polls:1,1"]
    right = plain_schemathesis(fake(options), DOCUMENT, TOKEN, max_examples=1)
    assert not [each for each in right.checks if "text-to-video" in each]  # without rules it knows all of the payload
    wrong = SERVERS["required-ignored"].break_(fake(options))
    result = plain_schemathesis(wrong, DOCUMENT, TOKEN, max_examples=1, known=right.checks)
    assert result.killed
    assert result.checks == ("AcceptedNegativeData: POST /v1/models/kling/kling-3.0/pro/text-to-video",)
    assert result.seconds > 0
    assert not result.stopped


def test_a_run_that_takes_too_long_says_so() -> None:
    result = plain_schemathesis(fake(["--seed", "7"]), DOCUMENT, TOKEN, timeout=0.01)
    assert not result.killed
    assert result.stopped == "took over 0.01 s"


def test_a_run_that_cannot_be_says_why_without_the_token() -> None:
    with pytest.raises(RuntimeError, match="could not run") as raised:
        plain_schemathesis(fake(["--seed", "7"]), {"openapi": TOKEN}, TOKEN, max_examples=1)
    assert TOKEN not in str(raised.value)


def test_failures_and_errors_are_named_with_their_operations() -> None:
    report = {
        "failures": [{"type": "A", "operations": ["GET /x", "GET /y"]}],
        "errors": [{"title": "B"}],
    }
    assert list(plain._found(json.loads(json.dumps(report)))) == ["A: GET /x", "A: GET /y", "B: everywhere"]


def test_the_models_without_rules_are_the_packaged_ones_but_for_that(tmp_path: Path) -> None:
    option, folder = without_rules(tmp_path / "models")
    assert option == "--schemas"
    copied, packaged = catalog.load([Path(folder)]), catalog.load()
    assert {name: model.input for name, model in copied.items()} == {name: m.input for name, m in packaged.items()}
    assert not any(model.rules for model in copied.values())
