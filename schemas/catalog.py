"""The models of one or more folders: ``<root>/<model_id>/input.json`` and what may stand beside it.

Beside ``input.json`` may stand ``output.json`` (the output schema), ``model.json`` (display name, categories, prices),
``rules.json`` (prose rules) and ``source.json`` (provenance). A model found in a later root replaces one of the same
id in an earlier root.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from importlib import resources
from pathlib import Path
from typing import Any, TypeVar

import jsonschema_rs

from schemas.dialect import normalise, vendored_pointer
from schemas.errors import Problem, SchemaError
from schemas.files import read_object
from schemas.findings import cut
from schemas.model import Model, PriceTier, Schema
from schemas.pointers import split
from schemas.records import read_record
from schemas.semantics import SumRule, parse_rules

_T = TypeVar("_T")

FILES = ("input.json", "output.json", "model.json", "rules.json", "source.json")
MODEL_ID = re.compile(r"[A-Za-z0-9._-]+(?:/[A-Za-z0-9._-]+)+")


class Catalog(Mapping[str, Model]):
    """Models by id, in the order of their ids."""

    def __init__(self, models: Iterable[Model]) -> None:
        """Take the models, the last of one id winning."""
        by_id = {model.model_id: model for model in models}
        self._models = dict(sorted(by_id.items()))

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What lenient reading let pass, of all models."""
        return tuple(problem for model in self._models.values() for problem in model.warnings)

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
    for root in ([packaged_root()] if packaged else []) + [Path(root) for root in roots]:
        if not root.is_dir():
            problems.append(Problem(str(root), "", "", "no such folder of schemas"))
            continue
        files = sorted(root.rglob("input.json"))
        if not files:
            problems.append(Problem(str(root), "", "", "no <model_id>/input.json below this folder"))
        for file in files:
            try:
                models.append(_read_model(root, file.parent, lenient=lenient))
            except SchemaError as error:
                problems += error.problems
    if problems:
        raise SchemaError(*problems)
    return Catalog(models)


def _read_model(root: Path, folder: Path, *, lenient: bool) -> Model:
    model_id = folder.relative_to(root).as_posix()
    if not MODEL_ID.fullmatch(model_id):
        message = f"the folder names the model_id {model_id!r}; an id is two or more parts of letters, digits, . _ -"
        raise SchemaError(Problem(str(folder), "", "", message))
    warnings: list[Problem] = []
    problems: list[Problem] = []

    def read(name: str, reader: Callable[[Path], _T], default: _T) -> _T:
        file = folder / name
        if not file.exists():
            return default
        try:
            return reader(file)
        except SchemaError as error:
            problems.extend(error.problems)
            return default

    def schema(file: Path) -> Schema | None:
        return _read_schema(file, lenient=lenient, warnings=warnings)

    stray = [file for file in sorted(folder.glob("*.json")) if file.name not in FILES]
    message = f"unknown file; beside input.json may stand {', '.join(FILES[1:])}"
    problems += [Problem(str(file), "", "", message) for file in stray]
    nothing: dict[str, Any] = {}
    no_rules: tuple[SumRule, ...] = ()
    record = read("model.json", read_record, nothing)
    input_schema = read("input.json", schema, None)
    output_schema = read("output.json", schema, None)
    rules = read("rules.json", _read_rules, no_rules)
    provenance = read("source.json", read_object, nothing)
    if problems or input_schema is None:
        raise SchemaError(*problems)
    return Model(
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
        input=input_schema,
        output=output_schema,
        rules=rules,
        provenance=provenance,
        digests={name: sha256((folder / name).read_bytes()).hexdigest() for name in FILES if (folder / name).is_file()},
        warnings=tuple(warnings),
    )


def _read_schema(file: Path, *, lenient: bool, warnings: list[Problem]) -> Schema:
    vendored = read_object(file)
    normalised, problems = normalise(vendored, file=str(file))
    if problems and not lenient:
        raise SchemaError(*problems)
    warnings += problems
    try:
        jsonschema_rs.validator_for(normalised)
    except jsonschema_rs.ValidationError as error:
        pointer = vendored_pointer(vendored, error.instance_path)
        raise SchemaError(Problem(str(file), pointer, "", f"not a JSON Schema: {cut(error.message)}")) from None
    except (jsonschema_rs.ReferencingError, ValueError) as error:
        raise SchemaError(Problem(str(file), "", "", f"not a JSON Schema: {cut(str(error))}")) from None
    return Schema(vendored, normalised)


def _read_rules(file: Path) -> tuple[SumRule, ...]:
    return parse_rules(read_object(file), file=str(file))
