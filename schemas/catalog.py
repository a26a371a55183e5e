"""The models of one or more folders: ``<root>/<model_id>/input.json`` and what may stand beside it.

Beside ``input.json`` may stand ``output.json`` (the output schema), ``model.json`` (display name, categories, prices),
``rules.json`` (prose rules) and ``source.json`` (provenance). A model found in a later root replaces one of the same
id in an earlier root.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import orjson

from schemas.dialect import normalise
from schemas.errors import Problem, SchemaError
from schemas.model import Model, PriceTier, Schema
from schemas.pointers import from_path, split
from schemas.semantics import SumRule, parse_rules

MODEL_ID = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+")


class Catalog(Mapping[str, Model]):
    """Models by id, in the order of their ids. ``warnings`` holds what lenient reading let pass."""

    def __init__(self, models: Iterable[Model], warnings: Iterable[Problem] = ()) -> None:
        """Take the models, the last of one id winning."""
        by_id = {model.model_id: model for model in models}
        self._models = dict(sorted(by_id.items()))
        self.warnings = tuple(warnings)

    def __getitem__(self, model_id: str) -> Model:
        return self._models[model_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._models)

    def __len__(self) -> int:
        return len(self._models)

    def search(self, *, text: str = "", category: str = "", kind: str = "") -> list[Model]:
        """Return the models whose id or name has ``text`` in it, of that category and kind (empty: any)."""
        needle = text.casefold()
        return [
            model
            for model in self._models.values()
            if (needle in model.model_id.casefold() or needle in model.display_name.casefold())
            and (not category or category in model.categories)
            and (not kind or kind == model.kind)
        ]

    def categories(self) -> dict[str, int]:
        """Return every category with the number of its models, by name."""
        return dict(sorted(Counter(name for model in self._models.values() for name in model.categories).items()))


def packaged_root() -> Path:
    """Return the folder of the models that come with the package."""
    return Path(str(resources.files("schemas"))) / "models"


def load(roots: Iterable[Path] = (), *, lenient: bool = False, packaged: bool = True) -> Catalog:
    """Read the packaged models and those of ``roots``.

    Raises `SchemaError` with every problem of every file. With ``lenient``, unknown keywords and types become
    ``Catalog.warnings``, and the schema stands without them.
    """
    models: list[Model] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    for root in ([packaged_root()] if packaged else []) + [Path(root) for root in roots]:
        if not root.is_dir():
            problems.append(Problem(str(root), "", "", "no such folder of schemas"))
            continue
        files = sorted(root.rglob("input.json"))
        if not files:
            problems.append(Problem(str(root), "", "", "no <model_id>/input.json below this folder"))
        for file in files:
            try:
                model, lax = _read_model(root, file.parent, lenient=lenient)
            except SchemaError as error:
                problems += error.problems
            else:
                models.append(model)
                warnings += lax
    if problems:
        raise SchemaError(*problems)
    return Catalog(models, warnings)


def _read_model(root: Path, folder: Path, *, lenient: bool) -> tuple[Model, list[Problem]]:
    model_id = folder.relative_to(root).as_posix()
    if not MODEL_ID.fullmatch(model_id):
        message = f"the folder names the model_id {model_id!r}; an id is two or more parts of letters, digits, . _ -"
        raise SchemaError(Problem(str(folder), "", "", message))
    warnings: list[Problem] = []
    record = _read_record(folder / "model.json")
    model = Model(
        model_id=model_id,
        display_name=record.get("display_name", model_id),
        categories=tuple(record.get("categories", ())),
        base_price_usd=record.get("base_price_usd"),
        price_unit=record.get("price_unit", "output"),
        pricing_note=record.get("pricing_note"),
        price_tiers=tuple(
            PriceTier(tuple((tuple(split(place)), due) for place, due in tier["when"].items()), tier["usd"])
            for tier in record.get("price_tiers", ())
        ),
        input=_read_schema(folder / "input.json", lenient=lenient, warnings=warnings),
        output=_read_schema(folder / "output.json", lenient=lenient, warnings=warnings)
        if (folder / "output.json").exists()
        else None,
        rules=_read_rules(folder / "rules.json"),
        provenance=_read_object(folder / "source.json") if (folder / "source.json").exists() else {},
    )
    return model, warnings


def _read_schema(file: Path, *, lenient: bool, warnings: list[Problem]) -> Schema:
    vendored = _read_object(file)
    normalised, problems = normalise(vendored, file=str(file))
    if problems and not lenient:
        raise SchemaError(*problems)
    warnings += problems
    try:
        jsonschema_rs.validator_for(normalised)
    except jsonschema_rs.ValidationError as error:
        pointer = from_path(error.instance_path)
        raise SchemaError(Problem(str(file), pointer, "", f"not a JSON Schema: {error.message}")) from None
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        raise SchemaError(Problem(str(file), "", "", f"not a JSON Schema: {error}")) from None
    return Schema(vendored, normalised)


def _read_object(file: Path) -> dict[str, Any]:
    try:
        document = orjson.loads(file.read_bytes())
    except OSError as error:
        raise SchemaError(Problem(str(file), "", "", f"cannot be read: {error.strerror}")) from None
    except orjson.JSONDecodeError as error:
        raise SchemaError(Problem(str(file), "", "", f"not JSON: {error}")) from None
    if not isinstance(document, dict):
        raise SchemaError(Problem(str(file), "", "", "expected a JSON object"))
    return document


def _read_rules(file: Path) -> tuple[SumRule, ...]:
    return parse_rules(_read_object(file), file=str(file)) if file.exists() else ()


_RECORD = jsonschema_rs.validator_for(
    {
        "type": "object",
        "properties": {
            "display_name": {"type": "string"},
            "categories": {"type": "array", "items": {"type": "string"}},
            "base_price_usd": {"type": "number", "minimum": 0},
            "price_unit": {"enum": ["second", "output"]},
            "pricing_note": {"type": "string"},
            "price_tiers": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {
                        "when": {"type": "object", "propertyNames": {"pattern": "^/"}},
                        "usd": {"type": "number", "minimum": 0},
                    },
                    "required": ["when", "usd"],
                    "additionalProperties": False,
                },
            },
        },
        "additionalProperties": False,
    }
)


def _read_record(file: Path) -> dict[str, Any]:
    if not file.exists():
        return {}
    record = _read_object(file)
    problems = [
        Problem(str(file), from_path(error.instance_path), "", error.message) for error in _RECORD.iter_errors(record)
    ]
    if problems:
        raise SchemaError(*problems)
    return record
