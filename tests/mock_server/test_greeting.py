"""What ``serve`` says: lines that work as pasted, and no token that it was given."""

from __future__ import annotations

import json
import shlex
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mock_server import Settings, greeting
from mock_server.app import create_app
from schemas import catalog
from schemas.model import Model, Schema
from schemas.validation import PayloadValidator
from schemas.variants import Variants
from tests.inprocess import KLING

URL = "http://127.0.0.1:8787"


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
    words, pasted = _payload(greeting._curl(URL, cast("Model", Stand(payload)), "any-token"))
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
    _, pasted = _payload(greeting._curl(URL, model, "any-token"))
    assert PayloadValidator(model, Variants()).check(pasted).findings == ()
    assert pasted["it"] != ""


INTERCEPTION: dict[str, Any] = {"hosts_lines": [], "hosts_file": None}
LINES = {"hosts_lines": ["127.0.0.1 model-api.runcomfy.net"]}


@pytest.mark.parametrize(
    ("told", "url", "lines"),
    [
        (None, URL, []),
        (INTERCEPTION, URL, ['  eval "$(runcomfy-mock intercept-env)"']),
        (INTERCEPTION, "http://127.0.0.1:5", ['  eval "$(runcomfy-mock intercept-env --url http://127.0.0.1:5)"']),
        (INTERCEPTION | LINES, URL, ["lines of the hosts file that you add:", "  127.0.0.1 model-api.runcomfy.net"]),
        (INTERCEPTION | LINES | {"hosts_file": "/etc/hosts"}, URL, ["by /etc/hosts:", "  127.0.0.1 model-api"]),
    ],
    ids=["off", "on", "elsewhere", "hosts lines", "hosts file"],
)
def test_the_greeting_tells_how_an_unchanged_client_gets_here(told: Any, url: str, lines: list[str]) -> None:
    app = create_app(Settings(seed=1))
    app.control.interception = told
    greeted = greeting.text(app, url)
    assert all(line in greeted for line in lines)
    assert ("hard-coded" in greeted) is (told is not None)
    assert greeting.facts(app, url)["intercept"] == told


def test_the_greeting_never_tells_a_token_that_it_was_given() -> None:
    app = create_app(Settings(tokens=("a-secret-token",), control_token="another-secret", seed=1))
    told = greeting.text(app, URL) + json.dumps(greeting.facts(app, URL))
    assert "secret" not in told
    assert "any-token" not in told
    assert "$RUNCOMFY_TOKEN" in greeting.text(app, URL)
    assert greeting.facts(app, URL)["environment"] == {"RUNCOMFY_MODEL_API_BASE": f"{URL}/v1"}
