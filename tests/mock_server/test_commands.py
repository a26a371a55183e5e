"""The commands of the fake, without a process: options and variables, the greeting, the printed curl."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import Settings, commands
from mock_server.app import create_app
from mock_server.core.accounts import RateLimit
from mock_server.settings import SPECS
from schemas import catalog
from schemas.model import Model, Schema
from schemas.terminal import Exit, run
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.inprocess import KLING

URL = "http://127.0.0.1:8787"

# A text for every setting, and what it means.
EXAMPLES: dict[str, tuple[str, object]] = {
    "pace": ("polls:3,4", "polls:3,4"),
    "speed": ("2.5", 2.5),
    "slots": ("3", 3),
    "tokens": ("one-token", ("one-token",)),
    "strict": ("true", True),
    "seed": ("12", 12),
    "schemas": ("some-folder", (Path("some-folder"),)),
    "lenient_schemas": ("true", True),
    "variants": ("auth_status=400", Variants(auth_status="400")),
    "balance_usd": ("1.5", 1.5),
    "rate_limit": ("10/60", RateLimit(10, 60)),
    "output_base_url": ("https://media.example.com/", "https://media.example.com"),
    "control_token": ("a-secret", "a-secret"),
    "max_requests": ("9", 9),
    "max_body_bytes": ("1000", 1000),
    "journal_bytes": ("2000", 2000),
}

WRONG: dict[str, list[str]] = {
    "pace": ["", "never", "polls:1", "polls:1,-1", "time:1,inf", "time:nan,1", "polls:1.5,1", "instant:1"],
    "speed": ["0", "-1", "inf", "nan", "fast", "1e7"],
    "slots": ["0", "-1", "1.5", "many", "٣"],
    "seed": ["-1", "x", "1.0"],
    "variants": ["auth_status", "auth_status=418", "auth_state=401", "="],
    "balance_usd": ["-1", "nan", "inf", "much"],
    "rate_limit": ["10", "10/", "/60", "0/60", "10/0", "10/60/1", "-1/60", "10/nan"],
    "output_base_url": ["example.com", "ftp://example.com", "https://", "http://[", "https://example.com/?a=1"],
    "max_requests": ["0", "-1", "1e3"],
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


def test_what_may_be_repeated_is_separated_by_spaces_in_a_variable(taken: Taken) -> None:
    settings = taken(
        RUNCOMFY_MOCK_TOKEN="one two",
        RUNCOMFY_MOCK_VARIANT="auth_status=400 timestamps=offset",
        RUNCOMFY_MOCK_SCHEMAS="a b",
    )
    assert settings.tokens == ("one", "two")
    assert settings.variants == Variants(auth_status="400", timestamps="offset")
    assert settings.schemas == (Path("a"), Path("b"))
    assert settings == taken(
        *"--token one --token two --variant auth_status=400 --variant timestamps=offset".split(),
        "--schemas=a",
        "--schemas=b",
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


def _payload(curl: str) -> tuple[list[str], dict[str, Any]]:
    *words, option, data = shlex.split(curl)
    assert option == "-d"
    document = json.loads(data)
    assert isinstance(document, dict)
    return words, document


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\"\\$`!\n \t{}[]"), max_size=60)


class Stand:
    """Something that has the id and the example that a printed curl is made of."""

    model_id = KLING
    input = Schema({}, {})
    rules = ()

    def __init__(self, payload: dict[str, Any]) -> None:
        self._payload = payload

    def example(self) -> dict[str, Any]:
        return self._payload


@given(st.dictionaries(TEXTS, TEXTS | st.integers() | st.booleans() | st.none(), max_size=4))
def test_a_shell_hands_the_printed_payload_over_unchanged(payload: dict[str, Any]) -> None:
    words, pasted = _payload(commands._curl(URL, cast("Model", Stand(payload)), "any-token"))
    assert pasted == payload
    assert words[:2] == ["curl", f"{URL}/v1/models/{KLING}"]
    assert words[2:] == ["-H", "Authorization: Bearer any-token", "-H", "Content-Type: application/json"]


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "default": "a " * 100},
        {"type": "string", "default": "船" * 100},
        {"type": "string", "format": "image_uri", "default": "https://example.com/" + "long/" * 20 + "image.png"},
        {"type": "string", "minLength": 80},
        {"type": "string", "enum": ["a choice that is longer than what is shown of a text, but has to be whole", "b"]},
        {"type": "integer", "minimum": 3},
        {"type": "array", "items": {"type": "string"}, "minItems": 2},
    ],
    ids=lambda schema: " ".join(map(str, schema)),
)
def test_the_printed_payload_is_one_that_the_model_takes(schema: dict[str, Any], tmp_path: Path) -> None:
    folder = tmp_path / "maker" / "model"
    folder.mkdir(parents=True)
    document = {"type": "object", "properties": {"it": schema}, "required": ["it"]}
    (folder / "input.json").write_text(json.dumps(document), "utf-8")
    model = catalog.load((tmp_path,))["maker/model"]
    assert PayloadValidator(model, Variants()).check(model.example()).findings == ()
    _, pasted = _payload(commands._curl(URL, model, "any-token"))
    assert PayloadValidator(model, Variants()).check(pasted).findings == ()
    assert pasted["it"] != ""


def test_the_greeting_never_tells_a_token_that_it_was_given() -> None:
    app = create_app(Settings(tokens=("a-secret-token",), control_token="another-secret", seed=1))
    told = commands._greeting(app, URL) + json.dumps(commands._facts(app, URL))
    assert "secret" not in told
    assert "any-token" not in told
    assert "$RUNCOMFY_TOKEN" in commands._greeting(app, URL)


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
