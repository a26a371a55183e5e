from __future__ import annotations

import re
import tomllib

import pytest
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.config import HttpBearerAuthConfig, SchemathesisConfig

from contracts.server.schema.checks import SCHEMATHESIS_CHECKS, SUBMIT_ANYWHERE
from schemas.commands import SCHEMATHESIS_CONFIG

TEXT = SCHEMATHESIS_CONFIG.read_text("utf-8")
SHIPPED = tomllib.loads(TEXT)
NO_TABLE = {"max_response_time"}  # takes a number: it is off where there is none


def test_every_check_that_schemathesis_ships_is_in_the_table() -> None:
    load_all_checks()
    ships = {name for name in CHECKS.get_all_names() if CHECKS.get_one(name).__module__.startswith("schemathesis.")}
    assert len(ships) > 10
    assert ships | NO_TABLE == set(SCHEMATHESIS_CHECKS)


def test_the_shipped_file_says_the_same() -> None:
    checks = SHIPPED["checks"]
    assert set(checks) == set(SCHEMATHESIS_CHECKS) - NO_TABLE
    for name, use in SCHEMATHESIS_CHECKS.items():
        if name not in NO_TABLE:
            assert checks[name]["enabled"] is use.on, name
            assert tuple(checks[name].get("expected-statuses", ())) == use.expected, name
    assert not any(SCHEMATHESIS_CHECKS[name].on for name in NO_TABLE)
    assert [each["include-operation-id"] for each in SHIPPED["operations"]] == [SUBMIT_ANYWHERE]


@pytest.mark.parametrize("name", sorted(set(SCHEMATHESIS_CHECKS) - NO_TABLE))
def test_the_shipped_file_gives_a_reason_before_each_check(name: str) -> None:
    comment = re.search(rf"((?:# .*\n)+)\[checks\.{name}\]", TEXT)
    assert comment
    assert comment[1].startswith("# On: " if SCHEMATHESIS_CHECKS[name].on else "# Off: ")
    assert SCHEMATHESIS_CHECKS[name].reason


def test_schemathesis_takes_the_shipped_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNCOMFY_TOKEN", "a-token")
    settings = {name: value for name, value in SHIPPED.items() if name != "hooks"}
    config = SchemathesisConfig.from_dict(settings).projects.get({"info": {"title": "any"}})
    assert {"402", "404"} <= set(config.checks.positive_data_acceptance.expected_statuses)
    assert config.phases.stateful.max_steps == 20
    assert config.workers == 1
    bearer = config.auth.openapi.schemes["bearer"]
    assert isinstance(bearer, HttpBearerAuthConfig)
    assert bearer.bearer == "a-token"
    assert config.phases.stateful.inference.algorithms == []


def test_the_table_and_the_files_agree_on_what_is_off() -> None:
    off = {name for name, use in SCHEMATHESIS_CHECKS.items() if not use.on}
    assert off == {
        "use_after_free",
        "ensure_resource_availability",
        "object_level_authorization",
        "max_response_time",
    }
