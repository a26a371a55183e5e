from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mock_server.trouble.scenario import ScenarioError, read
from mock_server.trouble.scenario_file import load

EXAMPLES = """
[[rule]]
match = { operation = "submit" }
answers = [429, { effect = "http", status = 503, body = "html" }, "ok"]
then = "ok"

[[rule]]
match = { operation = "submit", payload = { "/prompt" = "*kitten*" } }
answers = [{ effect = "fail", error_code = 500001 }]
"""
AS_JSON: dict[str, list[dict[str, Any]]] = {
    "rule": [
        {
            "match": {"operation": "submit"},
            "answers": [429, {"effect": "http", "status": 503, "body": "html"}, "ok"],
            "then": "ok",
        },
        {
            "match": {"operation": "submit", "payload": {"/prompt": "*kitten*"}},
            "answers": [{"effect": "fail", "error_code": 500001}],
        },
    ]
}


def test_toml_and_json_are_one_shape(tmp_path: Path) -> None:
    toml, as_json = tmp_path / "rules.toml", tmp_path / "rules.json"
    toml.write_text(EXAMPLES, "utf-8")
    as_json.write_text(json.dumps(AS_JSON), "utf-8")
    assert load(toml) == load(as_json) == read(AS_JSON)
    assert len(read(AS_JSON)) == 2


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_file_is_read_as_any_editor_writes_it(tmp_path: Path, mark: bytes, end: bytes) -> None:
    for name, text in (("rules.toml", EXAMPLES), ("rules.json", json.dumps(AS_JSON, indent=1))):
        (tmp_path / name).write_bytes(mark + text.encode().replace(b"\n", end))
        assert load(tmp_path / name) == read(AS_JSON)


@pytest.mark.parametrize(
    ("name", "content", "word"),
    [
        ("a.toml", b"rule = 1 1", "is not what its name says"),
        ("a.json", b"{", "is not what its name says"),
        ("a.json", b"[" * 100_000, "is not what its name says"),
        ("a.toml", b"# nothing\n", "not nothing"),
        ("a.toml", b"[[rules]]\nanswers = [429]\n", "a list of rules is called rule"),
        ("a.toml", b"\xff", "is not what its name says"),
        ("a.json", b'{"answers": [NaN]}', "/answers/0: nan is no value of JSON"),
        ("a.json", b'{"rule": [], "rule": [{"answers": [429]}]}', 'the name "rule" is given twice'),
        ("a.json", b'{"answers": [{"effect": "error", "status": 429, "status": 503}]}', '"status" is given twice'),
        ("a.toml", b"answers = [2001-01-01]", "/answers/0: 2001-01-01 is no value of JSON"),
        ("a.toml", b"x" * (10 * 1024 * 1024 + 1), "larger than"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_name(tmp_path: Path, name: str, content: bytes, word: str) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as caught:
        load(file)
    assert str(caught.value).startswith(str(file))
    assert word in str(caught.value)
    with pytest.raises(ScenarioError, match="cannot be read"):
        load(tmp_path)
