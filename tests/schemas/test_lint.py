from __future__ import annotations

import subprocess
import sys
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from schemas import catalog
from schemas.lint import DEFECTS, Severity, lint
from schemas.model import Model
from tests.schemas.build import kling, model, properties, sum_rule, write

_FOUND: list[tuple[str, Severity, dict[str, Any], str]] = [
    ("required-undeclared", Severity.ERROR, properties(images={}) | {"required": ["image_urls"]}, "/required/0"),
    (
        "required-undeclared",
        Severity.ERROR,
        properties(a={"type": "array", "items": properties(b={}) | {"required": ["b", "c"]}}),
        "/properties/a/items/required/1",
    ),
    (
        "enum-prose",
        Severity.WARNING,
        properties(a={"enum": ["x"], "description": "Mode: smart (default), or x."}),
        "/properties/a/enum",
    ),
    (
        "default-prose",
        Severity.WARNING,
        properties(a={"default": 6, "description": "Defaults to 5."}),
        "/properties/a/default",
    ),
    ("default-invalid", Severity.ERROR, properties(a={"type": "integer", "default": "x"}), "/properties/a/default"),
    (
        "default-invalid",
        Severity.ERROR,
        properties(a={"type": "array", "items": {"type": "float"}, "default": [1, "x"]}),
        "/properties/a/default/1",
    ),
    ("default-invalid", Severity.ERROR, {"a": {"type": "integer", "default": "x"}}, "/a/default"),
    (
        "default-invalid",
        Severity.ERROR,
        properties(a=properties(b={"type": "integer", "default": "x"})),
        "/properties/a/properties/b/default",
    ),
    (
        "default-invalid",
        Severity.ERROR,
        properties(a={"type": "array", "items": {"b": {"type": "integer", "default": "x"}}}),
        "/properties/a/items/b/default",
    ),
    ("prose-rule", Severity.WARNING, properties(a={"description": "Must match b."}), "/properties/a/description"),
    ("unknown-format", Severity.WARNING, properties(a={"format": "new_widget"}), "/properties/a/format"),
    ("unknown-format", Severity.NOTE, properties(a={"format": "str"}), "/properties/a/format"),
    (
        "unknown-validation",
        Severity.WARNING,
        properties(a={"format": "image_uri", "validations": [{"validation_rule": "colour=", "validation_value": 1}]}),
        "/properties/a/validations/0",
    ),
    ("unknown-validation", Severity.WARNING, properties(a={"validations": ["x"]}), "/properties/a/validations/0"),
    ("untranslated-label", Severity.NOTE, properties(a={"title": "modelApiDoc_navInput"}), "/properties/a/title"),
    ("untranslated-label", Severity.NOTE, {"type": "object", "description": "modelApiDoc_navInput"}, "/description"),
    ("unknown-format", Severity.WARNING, properties(default={"format": "new_widget"}), "/properties/default/format"),
]


def _ids(made: Model) -> list[tuple[str, str]]:
    return [(each.defect_id, each.pointer) for each in lint(made)]


@pytest.mark.parametrize(("defect_id", "severity", "document", "pointer"), _FOUND)
@pytest.mark.parametrize("file", ["input.json", "output.json"])
def test_each_defect_is_found_where_it_is_and_nothing_else(
    file: str, defect_id: str, severity: Severity, document: dict[str, Any], pointer: str
) -> None:
    made = model(document) if file == "input.json" else model(output=document)
    (found,) = lint(made)
    assert (found.defect_id, found.severity, found.file, found.pointer) == (defect_id, severity, file, pointer)
    assert found.message


def test_there_is_an_example_of_each_defect_that_a_page_can_have() -> None:
    of_the_copy = {"unknown-keyword", "unknown-category", "provenance"}
    assert {case[0] for case in _FOUND} == DEFECTS.keys() - of_the_copy
    assert all(DEFECTS.values())


def test_a_model_of_which_nothing_tells_the_kind_is_told(tmp_path: Path) -> None:
    write(tmp_path, model={"categories": ["tools"]}, input={"type": "object"})
    (found,) = lint(catalog.load([tmp_path])["acme/one"])
    assert (found.defect_id, found.severity, found.pointer) == ("unknown-category", Severity.WARNING, "/categories")
    assert "tools" in found.message


def test_a_file_that_was_changed_since_it_was_vendored_is_told(tmp_path: Path) -> None:
    images = {"categories": ["text-to-image"]}
    folder = write(tmp_path, input={"type": "object"}, model=images)
    digest = sha256((folder / "input.json").read_bytes()).hexdigest()
    write(tmp_path, source={"sha256": {"page": "0", "input.json": digest, "output.json": "none is there"}})
    assert lint(catalog.load([tmp_path])["acme/one"]) == []
    write(tmp_path, input={"type": "object", "title": "Changed"})
    (found,) = lint(catalog.load([tmp_path])["acme/one"])
    assert (found.defect_id, found.severity) == ("provenance", Severity.ERROR)
    assert (found.file, found.pointer) == ("source.json", "/sha256/input.json")
    assert lint(kling()) != []
    assert "provenance" not in {each.defect_id for each in lint(kling())}


def test_a_clean_page_has_no_defects() -> None:
    shots = {"prompt": {"type": "string", "title": "Prompt"}, "seconds": {"type": "integer", "default": 4}}
    made = model(
        properties(
            prompt={"type": "string", "title": "Prompt", "description": "What to draw.", "default": "a cat"},
            steps={"type": "integer", "minimum": 1, "default": 20, "description": "Steps to take. Default is 20."},
            size={
                "type": "string",
                "enum": ["auto", "1:1"],
                "default": "auto",
                "description": "auto (default) or 1:1.",
            },
            scale={"type": "float", "default": 0.5},
            image={
                "format": "image_uri",
                "validations": [{"validation_rule": "file_size_mb<", "validation_value": 30}],
            },
            shots={"type": "array", "items": shots, "default": []},
            seen={"type": "boolean", "default": True, "description": "Defaults to true."},
        )
        | {"required": ["prompt"], "title": "Input"},
        output={"output": properties(image={"type": "string", "format": "uri", "description": "The image."})},
    )
    assert _ids(made) == []


@pytest.mark.parametrize(
    "prose",
    [
        "Default: 5.",
        "Defaults to 5",
        "The default is `5`.",
        "default 5, at most 10",
        "5 (default)",
        "(default 5)",
        "Length in seconds (default 5).",
        "Length in seconds (default: 5).",
        "Length in seconds (defaults to 5).",
        "Defaults to 5.0.",
        "Five by default.",
    ],
)
def test_prose_that_states_the_default_of_the_schema_or_none_is_no_defect(prose: str) -> None:
    assert _ids(model(properties(a={"type": "float", "default": 5, "description": prose}))) == []


@pytest.mark.parametrize(("default", "word"), [(None, "null"), (False, "false"), (True, "True"), ("16:9", '"16:9"')])
def test_prose_may_write_a_default_as_json_does(default: object, word: str) -> None:
    assert _ids(model(properties(a={"default": default, "description": f"Defaults to {word}."}))) == []


def test_a_rule_that_is_enforced_is_only_a_note() -> None:
    document = properties(a={"description": "The sum of b must equal c."})
    (bare,) = lint(model(document))
    (enforced,) = lint(model(document, rules=[sum_rule(prose="/properties/a/description")]))
    assert (bare.severity, enforced.severity) == (Severity.WARNING, Severity.NOTE)
    assert "shots-add-up" in enforced.message


def test_a_default_that_refers_to_another_part_of_the_page_is_judged_by_it() -> None:
    document = properties(a={"$ref": "#/properties/b", "default": "x"}, b={"type": "string"})
    assert _ids(model(document)) == []
    document["properties"]["a"]["default"] = 5
    assert _ids(model(document)) == [("default-invalid", "/properties/a/default")]


@pytest.mark.parametrize("always", [True, False])
def test_a_boolean_schema_has_no_defects(*, always: bool) -> None:
    assert _ids(model(properties(a=always) | {"items": always})) == []


def test_the_values_in_a_page_are_not_read_as_schemas() -> None:
    odd = {"format": "new_widget", "title": "modelApiDoc_nav"}
    document = properties(a={"default": odd, "enum": [odd], "examples": [odd]}, b={"const": odd}) | {"x-ui": odd}
    assert _ids(model(document)) == []


def test_a_name_that_a_branch_declares_is_declared() -> None:
    document = properties(a={}) | {"allOf": [properties(b={})], "required": ["a", "b"]}
    assert _ids(model(document)) == []


def test_a_long_text_without_a_space_is_read_in_one_go() -> None:
    # In a process of its own, since a pattern that goes back and forth cannot be stopped, and would take minutes.
    code = (
        "from schemas.lint import lint; from tests.schemas.build import model\n"
        "for text in ('a', 'a_', 'a.', 'a:a-a ', '(default', 'sum '):\n"
        "    assert lint(model({'type': 'object', 'description': text * 300_000, 'title': text * 300_000})) == []"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=40, cwd=Path(__file__).parents[2])


def test_the_defects_of_the_seed_page() -> None:
    shots = "/properties/multi_prompt"
    assert [(each.defect_id, each.severity.value, each.file, each.pointer) for each in lint(kling())] == [
        ("untranslated-label", "note", "input.json", "/title"),
        ("prose-rule", "note", "input.json", f"{shots}/description"),
        ("unknown-format", "note", "input.json", f"{shots}/items/prompt/format"),
        ("unknown-format", "note", "input.json", f"{shots}/items/duration/format"),
        ("enum-prose", "warning", "input.json", "/properties/shot_type/enum"),
        ("default-prose", "warning", "input.json", "/properties/shot_type/default"),
        *(
            ("untranslated-label", "note", "output.json", f"/output/properties/{name}/description")
            for name in ("image", "video", "images", "videos")
        ),
    ]
