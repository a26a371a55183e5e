from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from schemas.catalog import Catalog, load, packaged_root
from schemas.errors import SchemaError
from schemas.model import PriceTier
from tests.schemas.build import KLING, kling, model, properties, write

_OBJECT = {"type": "object"}


def _problems(*roots: Path, lenient: bool = False) -> list[tuple[str, str]]:
    """Load what cannot be loaded; return the file (below the first root) and the pointer of each problem."""
    with pytest.raises(SchemaError) as caught:
        load(roots, packaged=False, lenient=lenient)
    assert all(each.message for each in caught.value.problems)
    base = roots[0]
    return [(Path(each.file).relative_to(base).as_posix(), each.pointer) for each in caught.value.problems]


def test_the_seed_model_is_packaged_with_its_record() -> None:
    seed = load()[KLING]
    assert (seed.display_name, seed.categories, seed.kind) == (
        "Kling V3.0 Pro Text-to-Video",
        ("text-to-video",),
        "model",
    )
    assert (seed.base_price_usd, seed.price_unit) == (0.112, "second")
    assert seed.price_tiers == (PriceTier(((("sound",), False),), 0.112), PriceTier(((("sound",), True),), 0.168))
    assert [rule.rule_id for rule in seed.rules] == ["multi-prompt-durations"]
    assert seed.output is not None


def test_vendored_files_are_those_that_their_provenance_signs() -> None:
    sources = sorted(packaged_root().rglob("source.json"))
    assert len(sources) == len(load())
    for source in sources:
        signed = json.loads(source.read_bytes())["sha256"]
        for name in ("input.json", "output.json"):
            assert hashlib.sha256((source.parent / name).read_bytes()).hexdigest() == signed[name], source.parent / name


def test_the_vendored_page_keeps_its_quirks() -> None:
    seed = kling()
    parts = seed.input.vendored["properties"]
    assert parts["cfg_scale"]["type"] == "float"
    assert list(parts["multi_prompt"]["items"]) == ["prompt", "duration"]
    assert parts["shot_type"]["enum"] == ["customize"]
    assert seed.input.vendored["title"] == "modelApiDoc_navInputSchema"
    assert seed.output is not None
    assert list(seed.output.vendored) == ["output"]


def test_the_prose_of_each_rule_stands_where_the_rule_says() -> None:
    for each in load().values():
        for rule in each.rules:
            place: Any = each.input.vendored
            for step in rule.prose.split("/")[1:]:
                place = place[step]
            assert isinstance(place, str)


def test_models_are_found_by_their_folders_in_the_order_of_their_ids(tmp_path: Path) -> None:
    for model_id in ("z/one", "a/b/c/d", "a/b", "acme/two.5_x-Y"):
        write(tmp_path, model_id, input=properties(a={"type": "float"}))
    found = load([tmp_path], packaged=False)
    assert list(found) == ["a/b", "a/b/c/d", "acme/two.5_x-Y", "z/one"]
    assert len(found) == 4
    assert found["a/b"].input.normalised["properties"]["a"] == {"type": "number"}
    assert list(load([tmp_path])) == sorted([*found, KLING])


def test_a_model_with_nothing_but_its_input_has_plain_defaults(tmp_path: Path) -> None:
    write(tmp_path, input=_OBJECT)
    (found,) = load([tmp_path], packaged=False).values()
    assert (found.display_name, found.categories, found.price_unit) == ("acme/one", (), "output")
    assert (found.output, found.base_price_usd, found.rules, dict(found.provenance)) == (None, None, (), {})


def test_a_later_root_replaces_models_of_the_same_id(tmp_path: Path) -> None:
    first, second = tmp_path / "1", tmp_path / "2"
    write(first, "a/b", input=_OBJECT, model={"display_name": "old"})
    write(first, "a/c", input=_OBJECT)
    write(second, "a/b", input=_OBJECT, model={"display_name": "new"})
    write(second, KLING, input=_OBJECT)
    found = load([first, second])
    assert found["a/b"].display_name == "new"
    assert found["a/c"].display_name == "a/c"
    assert found[KLING].input.vendored == _OBJECT
    assert load([second, first])["a/b"].display_name == "old"


def _nested(levels: int) -> bytes:
    return b'{"items":' * levels + b"{}" + b"}" * levels


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        pytest.param(b"{", "", id="not JSON"),
        pytest.param(b"", "", id="empty"),
        pytest.param(b"[]", "", id="an array"),
        pytest.param(b"null", "", id="null"),
        pytest.param(b'"text"', "", id="a text"),
        pytest.param(b'{"title": "\xff\xfe"}', "", id="not UTF-8"),
        pytest.param(b"\xef\xbb\xbf{}", "", id="a byte-order mark"),
        pytest.param(b'{"title": "\\ud800"}', "", id="a lone surrogate"),
        pytest.param(b'{"maximum": NaN}', "", id="NaN"),
        pytest.param(b'{"maximum": 1e400}', "", id="an infinite number"),
        pytest.param(_nested(10_000), "", id="10000 levels"),
        pytest.param(_nested(100), "/items" * 65, id="100 levels"),
        pytest.param(b'{"type": "object", "default": ' + b"[" * 900 + b"]" * 900 + b"}", "", id="a deep default"),
    ],
)
def test_a_file_that_is_no_schema_at_all_is_refused_by_name(tmp_path: Path, content: bytes, pointer: str) -> None:
    write(tmp_path, input=content)
    assert _problems(tmp_path) == [("acme/one/input.json", pointer)]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        ({"nope": 1}, "/nope"),
        (properties(a={"minimun": 1}), "/properties/a/minimun"),
        (properties(a={"type": "double"}), "/properties/a/type"),
        (properties(a={"type": [["string"]]}), "/properties/a/type"),
        (properties(a={"type": {"of": "x"}}), "/properties/a/type"),
        (properties(a={"type": []}), "/properties/a/type"),
        (properties(a={"$ref": "https://example.com/a.json"}), "/properties/a/$ref"),
        (properties(a={"type": "array", "items": {"b": {"nope": 1}}}), "/properties/a/items/b/nope"),
    ],
)
@pytest.mark.parametrize("name", ["input", "output"])
def test_what_the_dialect_does_not_know_is_refused_at_its_place(
    tmp_path: Path, name: str, document: Any, pointer: str
) -> None:
    write(tmp_path, **{"input": _OBJECT, name: document})
    assert _problems(tmp_path) == [(f"acme/one/{name}.json", pointer)]
    assert [each.pointer for each in load([tmp_path], packaged=False, lenient=True).warnings] == [pointer]


@pytest.mark.parametrize(
    ("document", "pointer"),
    [
        (properties(a={"minLength": -1}), "/properties/a/minLength"),
        (properties(a={"enum": "x"}), "/properties/a/enum"),
        (properties(a={"pattern": "["}), "/properties/a/pattern"),
        (properties(a={"multipleOf": 0}), "/properties/a/multipleOf"),
        (properties(a=5), "/properties/a"),
        ({"type": "object", "required": "a"}, "/required"),
        ({"type": "object", "properties": []}, "/properties"),
        ({"type": "object", "$ref": "#/$defs/nowhere"}, ""),
        (properties(a={"type": "array", "items": {"b": {"minLength": -1}}}), "/properties/a/items/b/minLength"),
        ({"prompt": {"type": "string", "minLength": -1}}, "/prompt/minLength"),
    ],
)
def test_what_is_no_json_schema_is_refused_at_its_place_leniently_too(
    tmp_path: Path, document: Any, pointer: str
) -> None:
    write(tmp_path, input=document)
    assert _problems(tmp_path) == [("acme/one/input.json", pointer)]
    assert _problems(tmp_path, lenient=True) == [("acme/one/input.json", pointer)]


@pytest.mark.parametrize(
    ("name", "content", "pointer"),
    [
        ("model", b"{", ""),
        ("model", [], ""),
        ("model", {"nope": 1}, ""),
        ("model", {"display_name": 5}, "/display_name"),
        ("model", {"categories": "text-to-image"}, "/categories"),
        ("model", {"categories": [1]}, "/categories/0"),
        ("model", {"base_price_usd": -1}, "/base_price_usd"),
        ("model", {"base_price_usd": "1"}, "/base_price_usd"),
        ("model", {"price_unit": "minute"}, "/price_unit"),
        ("model", {"price_tiers": [{"when": {"sound": True}, "usd": 1}]}, "/price_tiers/0/when"),
        ("model", {"price_tiers": [{"when": {}}]}, "/price_tiers/0"),
        ("model", {"base_price_usd": 1e308}, "/base_price_usd"),
        ("model", {"price_tiers": [{"when": {}, "usd": 1e7}]}, "/price_tiers/0/usd"),
        ("rules", {}, ""),
        ("rules", {"rules": [{}]}, "/rules/0"),
        ("source", [], ""),
        ("source", b"text", ""),
    ],
)
def test_what_stands_beside_a_schema_is_held_to_its_own_shape(
    tmp_path: Path, name: str, content: Any, pointer: str
) -> None:
    write(tmp_path, **{"input": _OBJECT, name: content})
    assert _problems(tmp_path) == [(f"acme/one/{name}.json", pointer)]


@pytest.mark.parametrize("name", ["one", "a b/c", "ä/b", "a/b+c", "a/b:c"])
def test_a_folder_that_is_no_model_id_is_refused(tmp_path: Path, name: str) -> None:
    write(tmp_path, name, input=_OBJECT)
    assert _problems(tmp_path) == [(name, "")]


def test_a_schema_that_lies_in_the_root_itself_is_refused(tmp_path: Path) -> None:
    write(tmp_path, ".", input=_OBJECT)
    assert _problems(tmp_path) == [(".", "")]


def test_a_folder_where_a_file_should_be_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a" / "b" / "input.json").mkdir(parents=True)
    assert _problems(tmp_path) == [("a/b/input.json", "")]


def test_roots_that_are_missing_empty_or_files_are_refused_together(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "file").write_text("{}")
    roots = [tmp_path / name for name in ("missing", "empty", "file")]
    assert _problems(tmp_path, *roots)[-3:] == [("missing", ""), ("empty", ""), ("file", "")]


def test_every_problem_of_every_file_is_told_at_once(tmp_path: Path) -> None:
    wrong = {"nope": 1, "type": "object", "properties": {"a": {"type": "double"}}}
    write(tmp_path, "a/b", input=wrong, output={"type": "object", "zap": 1}, model={"nope": 1}, rules={})
    write(tmp_path, "a/c", input=b"{")
    assert set(_problems(tmp_path)) == {
        ("a/b/input.json", "/nope"),
        ("a/b/input.json", "/properties/a/type"),
        ("a/b/output.json", "/zap"),
        ("a/b/model.json", ""),
        ("a/b/rules.json", ""),
        ("a/c/input.json", ""),
    }


def test_lenient_reading_warns_and_goes_on_without_what_it_does_not_know(tmp_path: Path) -> None:
    write(tmp_path, input=properties(a={"type": "string", "minimun": 1}))
    found = load([tmp_path], packaged=False, lenient=True)
    assert found["acme/one"].input.normalised["properties"] == {"a": {"type": "string"}}
    assert found["acme/one"].input.vendored["properties"] == {"a": {"type": "string", "minimun": 1}}
    assert [(each.file, each.keyword) for each in found.warnings] == [
        (str(tmp_path / "acme/one/input.json"), "minimun")
    ]


@pytest.mark.parametrize("always", [True, False])
def test_a_property_may_be_a_boolean_schema(tmp_path: Path, *, always: bool) -> None:
    write(tmp_path, input=properties(a=always))
    assert load([tmp_path], packaged=False)["acme/one"].input.normalised["properties"] == {"a": always}


def test_models_are_searched_by_text_category_and_kind() -> None:
    catalog = Catalog([model(model_id="acme/one"), model(model_id="acme/ONE-two"), model(model_id="z/three")])
    assert [each.model_id for each in catalog.search()] == ["acme/ONE-two", "acme/one", "z/three"]
    assert [each.model_id for each in catalog.search(text="ACME/")] == ["acme/ONE-two", "acme/one"]
    assert len(catalog.search(text="One")) == 3  # the display name of each
    assert catalog.search(category="text-to-video") == catalog.search(kind="workflow") == []
    assert len(catalog.search(text="three", category="text-to-image", kind="model")) == 1


def test_categories_are_counted_by_name() -> None:
    assert Catalog([model(model_id="a/b"), model(model_id="a/c"), kling()]).categories() == {
        "text-to-image": 2,
        "text-to-video": 1,
    }
    assert Catalog([]).categories() == {}
