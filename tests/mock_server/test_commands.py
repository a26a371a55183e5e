"""The commands of the fake, without a process: options and variables."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mock_server import Settings, commands
from mock_server.core.accounts import RateLimit
from mock_server.settings_table import SPECS
from mock_server.trouble.magic import Magic
from schemas.terminal import Exit, run
from schemas.variants import Variants

URL = "http://127.0.0.1:8787"

# A text for every setting, and what it means.
EXAMPLES: dict[str, tuple[str, object]] = {
    "pace": ("polls:3,4", "polls:3,4"),
    "speed": ("2.5", 2.5),
    "frozen_at": ("2026-01-01", datetime(2026, 1, 1, tzinfo=UTC)),
    "slots": ("3", 3),
    "tokens": ("one-token", ("one-token",)),
    "strict": ("true", True),
    "seed": ("12", 12),
    "schemas": ("some-folder", (Path("some-folder"),)),
    "lenient_schemas": ("true", True),
    "variants": ("auth_status=400", Variants(auth_status="400")),
    "balance_usd": ("1.5", 1.5),
    "rate_limit": ("10/60", RateLimit(10, 60)),
    "scenario": ("some-file.toml", (Path("some-file.toml"),)),
    "magic": ("off", Magic.OFF),
    "output_base_url": ("https://media.example.com/", "https://media.example.com"),
    "control_token": ("a-secret", "a-secret"),
    "max_requests": ("9", 9),
    "max_payload_bytes": ("3000", 3000),
    "max_body_bytes": ("1000", 1000),
    "journal": ("calls.ndjson", Path("calls.ndjson")),
    "journal_bytes": ("2000", 2000),
}

WRONG: dict[str, list[str]] = {
    "pace": ["", "never", "polls:1", "polls:1,-1", "time:1,inf", "time:nan,1", "polls:1.5,1", "instant:1"],
    "speed": ["0", "-1", "inf", "nan", "fast", "1e7"],
    "frozen_at": ["0", "today", "1969-01-01", "2026-13-01"],
    "slots": ["0", "-1", "1.5", "many", "٣"],
    "seed": ["-1", "x", "1.0"],
    "variants": ["auth_status", "auth_status=418", "auth_state=401", "="],
    "balance_usd": ["-1", "nan", "inf", "much"],
    "rate_limit": ["10", "10/", "/60", "0/60", "10/0", "10/60/1", "-1/60", "10/nan"],
    "magic": ["", "on", "Both"],
    "output_base_url": ["example.com", "ftp://example.com", "https://", "http://[", "https://example.com/?a=1"],
    "max_requests": ["0", "-1", "1e3"],
    "max_payload_bytes": ["0", "-1", "1GiB"],
    "max_body_bytes": ["0", "-1", "64MiB"],
    "journal_bytes": ["0", "lots"],
}

Taken = Callable[..., Settings]


class Stopped(Exception):
    """Carries the settings that a command would have started with."""


@pytest.fixture(name="taken")
def fixture_taken(monkeypatch: pytest.MonkeyPatch) -> Taken:
    """Run ``serve`` up to where the fake would be built, and return its settings."""

    def stop(settings: Settings) -> None:
        raise Stopped(settings)

    monkeypatch.setattr(commands, "create_app", stop)

    def take(*arguments: str, **variables: str) -> Settings:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        with pytest.raises(Stopped) as taken:
            run(commands.serve, "serve", arguments)
        settings = taken.value.args[0]
        assert isinstance(settings, Settings)
        return settings

    return take


def test_there_is_an_example_for_every_setting() -> None:
    assert set(EXAMPLES) == {spec.name for spec in SPECS}
    assert set(WRONG) <= set(EXAMPLES)


def test_without_options_the_defaults_of_the_table_hold(taken: Taken) -> None:
    assert taken() == Settings()


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: str(spec.name))
def test_an_option_and_its_variable_mean_the_same(spec: Any, taken: Taken) -> None:
    text, value = EXAMPLES[spec.name]
    by_option = taken(spec.flag) if spec.parse is None else taken(spec.flag, text)
    by_variable = taken(**{spec.variable: text})
    assert by_option == by_variable
    found = getattr(by_option, spec.name)
    assert (str(found) if spec.name == "pace" else found) == value
    assert replace(by_option, **{spec.name: spec.default}) == Settings()


def test_an_option_beats_its_variable(taken: Taken) -> None:
    settings = taken("--pace", "manual", "--token", "given", RUNCOMFY_MOCK_PACE="instant", RUNCOMFY_MOCK_TOKEN="set")
    assert (settings.pace.name, settings.tokens) == ("manual", ("given",))


def test_what_may_be_repeated_is_separated_by_spaces_in_a_variable_and_folders_as_in_path(taken: Taken) -> None:
    settings = taken(
        RUNCOMFY_MOCK_TOKEN="one two",
        RUNCOMFY_MOCK_VARIANT="auth_status=400 timestamps=offset",
        RUNCOMFY_MOCK_SCHEMAS=os.pathsep.join(["a b", "c"]),
    )
    assert settings.tokens == ("one", "two")
    assert settings.variants == Variants(auth_status="400", timestamps="offset")
    assert settings.schemas == (Path("a b"), Path("c"))
    assert settings == taken(
        *"--token one --token two --variant auth_status=400 --variant timestamps=offset".split(),
        "--schemas=a b",
        "--schemas=c",
    )


def test_host_and_port_have_variables_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def refuse(host: str, port: int) -> None:
        raise OSError(f"refused {host} {port}")

    monkeypatch.setattr(commands, "listen", refuse)
    monkeypatch.setenv("RUNCOMFY_MOCK_HOST", "::1")
    monkeypatch.setenv("RUNCOMFY_MOCK_PORT", "1234")
    for arguments, wanted in (([], "::1 1234"), (["--host=127.0.0.1", "--port=5"], "127.0.0.1 5")):
        with pytest.raises(SystemExit) as ended:
            run(commands.serve, "serve", arguments)
        assert ended.value.code == Exit.UNAVAILABLE
        assert f"refused {wanted}" in capsys.readouterr().err


@pytest.mark.parametrize("value", ["0", "false", "no", "off", ""])
def test_a_switch_can_be_turned_off_by_its_variable(value: str, taken: Taken) -> None:
    assert taken(RUNCOMFY_MOCK_STRICT=value).strict is False


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WRONG.items() for text in texts])
def test_a_value_that_cannot_be_is_a_usage_error_that_names_the_option(
    name: str, text: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (spec,) = (spec for spec in SPECS if spec.name == name)
    monkeypatch.setattr(commands, "listen", pytest.fail)
    with pytest.raises(SystemExit) as ended:
        run(commands.serve, "serve", [f"{spec.flag}={text}"])
    shown = capsys.readouterr()
    assert ended.value.code == Exit.USAGE
    assert spec.flag in shown.err
    assert shown.out == ""


def test_the_help_tells_each_default(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        run(commands.serve, "serve", ["--help"])
    shown = " ".join(capsys.readouterr().out.split())
    for spec in SPECS:
        assert spec.text in shown
        if spec.parse is not None and spec.default is not None and not spec.repeated:
            default = f"{spec.default:g}" if isinstance(spec.default, float) else str(spec.default)
            assert f"{spec.text} [default: {default}]" in shown
    for default in ("127.0.0.1", "8787"):
        assert f"[default: {default}" in shown
