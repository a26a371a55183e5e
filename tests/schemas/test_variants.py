from __future__ import annotations

from dataclasses import FrozenInstanceError, fields

import pytest

from schemas.variants import CHOICES, Variants


def test_there_is_a_choice_between_two_or_more_values_for_every_field() -> None:
    assert list(CHOICES) == [field.name for field in fields(Variants)]
    for setting, values in CHOICES.items():
        assert len(set(values)) == len(values) >= 2, setting


def test_the_default_is_the_first_choice() -> None:
    assert {setting: Variants().value(setting) for setting in CHOICES} == {
        setting: values[0] for setting, values in CHOICES.items()
    }


@pytest.mark.parametrize(("setting", "value"), [(name, value) for name, row in CHOICES.items() for value in row])
def test_each_value_can_be_chosen_and_changes_nothing_else(setting: str, value: str) -> None:
    before = Variants()
    chosen = before.with_({setting: value})
    assert before == Variants()
    assert [name for name in CHOICES if chosen.value(name) != before.value(name)] in ([], [setting])
    assert chosen.value(setting) == value


def test_choices_add_up() -> None:
    chosen = Variants().with_({"timestamps": "naive"}).with_({"auth_status": "400", "retention": "day"})
    assert (chosen.timestamps, chosen.auth_status, chosen.retention) == ("naive", "400", "day")


def test_an_unknown_setting_is_refused_with_the_nearest_one() -> None:
    with pytest.raises(ValueError, match=r"unknown variant 'timestamp'; did you mean timestamps\?"):
        Variants().with_({"timestamp": "z"})
    with pytest.raises(ValueError, match=r"unknown variant 'qqq'; known are request_id_format, "):
        Variants().with_({"qqq": "z"})


def test_an_unknown_value_is_refused_with_those_allowed() -> None:
    with pytest.raises(ValueError, match="variant retention cannot be 'month'; allowed are never, week, day"):
        Variants().with_({"retention": "month"})


def test_variants_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Variants().timestamps = "naive"  # type: ignore[misc]
