from __future__ import annotations

from pathlib import Path

import pytest

from contracts.server.schema.size import DEFAULT, PHASES, QUICK, Size, configuration
from schemas import catalog, openapi
from schemas.variants import Variants

DOCUMENT = openapi.document(catalog.load())


def test_a_size_says_how_much_is_tried() -> None:
    size = Size(examples=7, scenarios=3, steps=4, phases=("coverage", "stateful"))
    config = configuration(DOCUMENT, size, token="a-token", seed=5)
    project = config.projects.get(DOCUMENT)
    assert config.seed == 5
    assert {name for name in PHASES if project.phases.get_by_name(name=name).enabled} == set(size.phases)
    fuzzing = project.get_hypothesis_settings(phase="fuzzing")
    stateful = project.get_hypothesis_settings(phase="stateful")
    assert fuzzing.max_examples == 7
    assert stateful.max_examples == 3
    assert stateful.stateful_step_count == 4
    assert fuzzing.database is None
    assert stateful.database is None
    assert not config.cache.enabled


def test_no_file_and_no_variable_has_a_say(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("RUNCOMFY_TOKEN", raising=False)
    (tmp_path / "schemathesis.toml").write_text("seed = 99\nworkers = 7")
    monkeypatch.chdir(tmp_path)
    config = configuration(DOCUMENT, QUICK, token=None, seed=1)
    project = config.projects.get(DOCUMENT)
    assert (config.seed, project.workers, config.config_path) == (1, 1, None)
    assert not project.auth.is_defined
    assert project.hooks is None


@pytest.mark.parametrize(("status", "on"), [("401", True), ("400", False)])
def test_a_missing_token_may_be_a_400_where_the_document_says_so(status: str, *, on: bool) -> None:
    document = openapi.document(catalog.load(), variants=Variants().with_({"auth_status": status}))
    config = configuration(document, DEFAULT, token="a-token", seed=1)
    assert config.projects.get(document).checks.missing_required_header.enabled is on
