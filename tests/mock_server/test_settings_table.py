from __future__ import annotations

import dataclasses

import pytest

from mock_server.settings import Settings
from mock_server.settings_table import SPECS, Spec

SWITCHES = [spec for spec in SPECS if spec.parse is None]

each_spec = pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.name)


@each_spec
def test_a_setting_has_an_option_and_a_variable_of_its_name(spec: Spec) -> None:
    option = {"tokens": "token", "variants": "variant"}.get(spec.name, spec.name.replace("_", "-"))
    assert spec.flag == f"--{option}"
    assert spec.variable == "RUNCOMFY_MOCK_" + option.replace("-", "_").upper()
    assert spec.text
    assert spec.text == spec.text.strip()
    assert bool(spec.metavar) == (spec.parse is not None)


def test_the_table_has_every_setting_once_with_its_default() -> None:
    assert [(spec.name, spec.default) for spec in SPECS] == [
        (each.name, each.default) for each in dataclasses.fields(Settings)
    ]
    assert len({spec.flag for spec in SPECS}) == len({spec.variable for spec in SPECS}) == len(SPECS)
    assert {spec.name for spec in SPECS if spec.repeated} == {"tokens", "schemas", "scenario", "variants"}
    assert {spec.name for spec in SWITCHES} == {"strict", "lenient_schemas"}
