from __future__ import annotations

import json
import os
import tomllib
from pathlib import Path
from typing import Any

import click
import pytest

from schemas import catalog, ledger, openapi
from schemas.commands import models, openapi_document
from schemas.lint import DEFECTS
from schemas.variants import Variants
from tests.schemas.build import KLING, kling, properties, write
from tests.schemas.console import Outcome, call

_OBJECT = {"type": "object"}


@pytest.fixture(autouse=True)
def _plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("RUNCOMFY_MOCK_SCHEMAS", "FORCE_COLOR", "TTY_COMPATIBLE"):
        monkeypatch.delenv(name, raising=False)


def _models(*arguments: object) -> Outcome:
    return call(models, *arguments)


def _with(root: Path, *arguments: object) -> Outcome:
    return call(models, *arguments, "--schemas", root)


def test_every_command_can_answer_in_json() -> None:
    for command in [*models.commands.values(), openapi_document]:
        assert "--json" in {option for each in command.params for option in each.opts}, command.name


def test_the_models_are_listed_with_what_their_records_say() -> None:
    outcome = _models("list", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.document() == {
        "models": [
            {
                "model_id": KLING,
                "display_name": "Kling V3.0 Pro Text-to-Video",
                "kind": "model",
                "categories": ["text-to-video"],
                "base_price_usd": 0.112,
                "price_unit": "second",
                "pricing_note": kling().pricing_note,
            }
        ]
    }


def test_the_list_reads_well(tmp_path: Path) -> None:
    write(tmp_path, input=_OBJECT)
    lines = _with(tmp_path, "list").out.splitlines()
    assert lines[:3] == ["acme/one", "  acme/one · no category · price unknown · no provenance", KLING]
    assert "0.112 USD per second" in lines[3]


_ODD = "One [/x] [bold]fast[/bold] [red] \\[a]"


@pytest.mark.parametrize("record", [{"display_name": _ODD}, {"categories": [_ODD]}])
def test_names_are_shown_as_they_are(tmp_path: Path, record: dict[str, Any]) -> None:
    write(tmp_path, input=_OBJECT, model=record)
    outcome = _with(tmp_path, "list")
    assert outcome.code == 0
    assert _ODD in outcome.out


def test_defects_of_oddly_named_properties_are_shown_where_they_are(tmp_path: Path) -> None:
    write(tmp_path, input=properties(**{"[red]a": {"format": "new"}, "[/b]": {"format": "[new]"}}))
    outcome = _with(tmp_path, "lint", "acme/one")
    assert outcome.code == 0
    assert "input.json#/properties/[red]a/format" in outcome.out
    assert "input.json#/properties/[~1b]/format" in outcome.out
    assert "'[new]'" in outcome.out


@pytest.mark.parametrize("flags", [(), ("--vendored",)])
def test_a_model_is_shown_whole(flags: tuple[str, ...]) -> None:
    seed = kling()
    shown = _models("show", KLING, "--json", *flags).document()
    assert seed.output is not None
    assert shown["input_schema"] == (seed.input.vendored if flags else seed.input.normalised)
    assert shown["output_schema"] == (seed.output.vendored if flags else seed.output.normalised)
    assert shown["example"] == seed.example()
    assert shown["example_cost_usd"] == 0.84
    assert shown["rules"][0]["terms"] == "/multi_prompt/*/duration"
    assert shown["source"]["sha256"].keys() == {"page", "input.json", "output.json"}
    assert json.loads(_models("show", KLING, *flags).out) == shown


def test_a_model_that_is_not_there_is_bad_input_and_those_there_are_named() -> None:
    for command in ("show", "lint"):
        outcome = _models(command, "no/such")
        assert (outcome.code, outcome.out) == (65, "")
        assert "'no/such'" in outcome.err
        assert KLING in outcome.err


@pytest.mark.parametrize("arguments", [(), ("show",), ("nope",), ("list", "--nope"), ("list", "extra")])
def test_arguments_that_cannot_be_read_are_a_matter_of_usage(arguments: tuple[str, ...]) -> None:
    outcome = _models(*arguments)
    assert (outcome.code, outcome.out) == (64, "")


def _write_images(root: Path, *model_id: str, **files: Any) -> None:
    write(root, *model_id, model={"categories": ["text-to-image"]}, **files)


def test_lint_tells_defects_and_fails_on_errors_alone(tmp_path: Path) -> None:
    assert _models("lint").code == 0
    _write_images(tmp_path, input=properties(a={}) | {"required": ["b"]})
    assert _with(tmp_path, "lint", KLING).code == 0
    outcome = _with(tmp_path, "lint")
    assert outcome.code == 1
    assert "required-undeclared" in outcome.out
    assert "input.json#/required/0" in outcome.out
    as_json = _with(tmp_path, "lint", "acme/one", "--json")
    assert as_json.code == 1
    (defect,) = as_json.document()["defects"]
    assert (defect["model_id"], defect["defect_id"], defect["severity"]) == ("acme/one", "required-undeclared", "error")
    assert as_json.document()["kinds"] == dict(DEFECTS)


def _lenient_defects(root: Path | str, *model_ids: str) -> list[tuple[str, str, str, str]]:
    outcome = call(models, "lint", *model_ids, "--json", "--lenient-schemas", "--schemas", root)
    assert outcome.code == 0
    rows = outcome.document()["defects"]
    return [
        (row["model_id"], row["defect_id"], row["file"], row["pointer"]) for row in rows if row["model_id"] != KLING
    ]


def test_lint_tells_unknown_keywords_when_it_reads_leniently(tmp_path: Path) -> None:
    _write_images(tmp_path, input=properties(a={"nope": 1}), output={"zap": 1, "type": "object"})
    assert _lenient_defects(tmp_path) == [
        ("acme/one", "unknown-keyword", "input.json", "/properties/a/nope"),
        ("acme/one", "unknown-keyword", "output.json", "/zap"),
    ]


@pytest.mark.parametrize("root", [".", "./", "schemas", "../here/schemas"])
def test_lint_finds_the_models_of_a_relative_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: str) -> None:
    here = tmp_path / "here"
    _write_images(here / "schemas" if "schemas" in root else here, input={"nope": 1, "type": "object"})
    monkeypatch.chdir(here)
    assert _lenient_defects(root) == [("acme/one", "unknown-keyword", "input.json", "/nope")]


def test_lint_does_not_take_a_model_for_another_whose_id_ends_alike(tmp_path: Path) -> None:
    _write_images(tmp_path, "acme/one", input=_OBJECT)
    _write_images(tmp_path, "x/acme/one", input={"nope": 1, "type": "object"})
    assert _lenient_defects(tmp_path, "acme/one") == []
    assert _lenient_defects(tmp_path) == [("x/acme/one", "unknown-keyword", "input.json", "/nope")]


def test_lint_does_not_blame_a_model_for_the_file_that_it_replaces(tmp_path: Path) -> None:
    _write_images(tmp_path / "1", input={"nope": 1, "type": "object"})
    _write_images(tmp_path / "2", input=_OBJECT)
    roots = ("--schemas", tmp_path / "1", "--schemas", tmp_path / "2")
    rows = _models("lint", "acme/one", "--json", "--lenient-schemas", *roots).document()["defects"]
    assert rows == []


def test_the_ledger_is_shown_fact_by_fact() -> None:
    assert _models("ledger", "--json").document() == ledger.describe(Variants())
    outcome = _models("ledger")
    lines = outcome.out.splitlines()
    for fact in ledger.facts():
        assert f"{fact.fact_id} {''.join(fact.grades)}: {fact.statement}" in lines
        if fact.switch:
            assert f"    --variant {fact.switch.setting}={'|'.join(fact.switch.variants)}" in lines
    assert lines[-1].startswith("Grades: S the seed page says it; D ")


def test_the_place_of_schemathesis_configuration_is_printed() -> None:
    outcome = call(openapi_document, "--schemathesis-config")
    assert outcome.code == 0
    assert tomllib.loads(Path(outcome.out.strip()).read_text("utf-8"))["workers"] == 1


def test_the_openapi_document_is_printed() -> None:
    outcome = call(openapi_document)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.document() == openapi.document(catalog.load())
    assert call(openapi_document, "--json") == outcome
    moved = call(openapi_document, "--base-url", "http://127.0.0.1:1").document()
    assert moved["servers"] == [{"url": "http://127.0.0.1:1"}]


_ON_SCHEMAS: list[tuple[click.Command, tuple[str, ...]]] = [
    (models, ("list",)),
    (models, ("show", "acme/one")),
    (models, ("lint",)),
    (openapi_document, ()),
]


@pytest.mark.parametrize(("command", "arguments"), _ON_SCHEMAS)
def test_a_schema_that_cannot_be_read_is_bad_input_by_name(
    tmp_path: Path, command: click.Command, arguments: tuple[str, ...]
) -> None:
    write(tmp_path, input=properties(a={"minimun": 1}))
    outcome = call(command, *arguments, "--schemas", tmp_path)
    assert (outcome.code, outcome.out) == (65, "")
    assert f"{tmp_path}/acme/one/input.json: at /properties/a/minimun: unknown keyword 'minimun'" in outcome.err
    missing = call(command, *arguments, "--schemas", tmp_path / "missing")
    assert (missing.code, missing.out) == (65, "")
    assert str(tmp_path / "missing") in missing.err


@pytest.mark.parametrize(("command", "arguments"), _ON_SCHEMAS)
def test_lenient_reading_warns_on_stderr_and_keeps_stdout_one_document(
    tmp_path: Path, command: click.Command, arguments: tuple[str, ...]
) -> None:
    write(tmp_path, input=properties(a={"minimun": 1}))
    outcome = call(command, *arguments, "--json", "--lenient-schemas", "--schemas", tmp_path)
    assert outcome.code == 0
    assert outcome.document()
    assert outcome.err.startswith(f"Warning: {tmp_path}/acme/one/input.json: at /properties/a/minimun: ")


def test_folders_may_be_named_in_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "1", "a/b", input=_OBJECT)
    write(tmp_path / "2", "a/c", input=_OBJECT)
    monkeypatch.setenv("RUNCOMFY_MOCK_SCHEMAS", f"{tmp_path / '1'}{os.pathsep}{tmp_path / '2'}")
    listed = _models("list", "--json").document()["models"]
    assert [row["model_id"] for row in listed] == ["a/b", "a/c", KLING]
