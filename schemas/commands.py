"""The commands about the contract: ``models list | show | lint | ledger`` and ``openapi``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from schemas import catalog, ledger, openapi
from schemas.lint import DEFECTS, Defect, Severity, lint
from schemas.model import Model
from schemas.pricing import cost
from schemas.terminal import Exit, emit, fail, say
from schemas.variants import Variants

SCHEMATHESIS_CONFIG = Path(__file__).parents[1] / "fixtures" / "schemathesis.toml"
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}

_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")
_schemas = click.option(
    "--schemas",
    "roots",
    multiple=True,
    type=click.Path(path_type=Path),
    envvar="RUNCOMFY_MOCK_SCHEMAS",
    metavar="DIR",
    help="One more folder of models, <model_id>/input.json each (may be repeated).",
)
_lenient = click.option(
    "--lenient-schemas", "lenient", is_flag=True, help="Warn of unknown keywords instead of failing."
)


@click.group()
def models() -> None:
    """What is vendored: the models, their schemas, their defects, and the ledger."""


@models.command("list")
@_schemas
@_lenient
@_as_json
def list_models(roots: tuple[Path, ...], *, lenient: bool, as_json: bool) -> None:
    """List the models."""
    found = _load(roots, lenient=lenient)
    if as_json:
        emit({"models": [_summary(model) for model in found.values()]})
        return
    for model in found.values():
        price = (
            "price unknown" if model.base_price_usd is None else f"{model.base_price_usd:g} USD per {model.price_unit}"
        )
        vendored = f"vendored {model.provenance['date']}" if "date" in model.provenance else "no provenance"
        say((model.model_id, "bold"))
        say(f"  {model.display_name} · {', '.join(model.categories) or 'no category'} · {price} · {vendored}")


@models.command()
@click.argument("model_id")
@click.option("--vendored", is_flag=True, help="The schemas exactly as published, instead of as normalised.")
@_schemas
@_lenient
@_as_json
def show(model_id: str, roots: tuple[Path, ...], *, vendored: bool, lenient: bool, as_json: bool) -> None:
    """Show one model as JSON: its record, its schemas (as JSON Schema 2020-12), its rules, its provenance."""
    model = _find(_load(roots, lenient=lenient), model_id)
    document = _summary(model) | {
        "input_schema": model.input.vendored if vendored else model.input.normalised,
        "output_schema": model.output and (model.output.vendored if vendored else model.output.normalised),
        "rules": [asdict(rule) for rule in model.rules],
        "example": model.example(),
        "example_cost_usd": cost(model, model.example()),
        "source": dict(model.provenance),
    }
    emit(document)


@models.command("lint")
@click.argument("model_ids", nargs=-1)
@_schemas
@_lenient
@_as_json
def lint_models(model_ids: tuple[str, ...], roots: tuple[Path, ...], *, lenient: bool, as_json: bool) -> None:
    """Tell the defects of the models' pages (all models, or those named); exit 1 if one is an error."""
    found = _load(roots, lenient=lenient)
    chosen = [_find(found, model_id) for model_id in model_ids] or list(found.values())
    defects = {model.model_id: lint(model) for model in chosen}
    if as_json:
        rows = [{"model_id": model_id} | asdict(each) for model_id, row in defects.items() for each in row]
        emit({"defects": rows, "kinds": dict(DEFECTS)})
    else:
        _print_defects(defects)
    if any(each.severity is Severity.ERROR for row in defects.values() for each in row):
        raise SystemExit(int(Exit.BROKEN))


@models.command("ledger")
@_as_json
def show_ledger(*, as_json: bool) -> None:
    """Show what the fake rests on: every fact, its evidence, and the switch of what is open."""
    if as_json:
        emit(ledger.describe(Variants()))
        return
    for fact in ledger.facts():
        say((fact.fact_id, "bold"), f" {''.join(fact.grades)}: {fact.statement}")
        if fact.switch is not None:
            say(f"    --variant {fact.switch.setting}={'|'.join(fact.switch.variants)}")
    say("Grades: " + "; ".join(f"{letter} {text}" for letter, text in ledger.GRADES.items()))


@click.command("openapi")
@click.option("--base-url", default=openapi.BASE_URL, show_default=True, metavar="URL", help="The server it names.")
@click.option(
    "--schemathesis-config",
    "where",
    is_flag=True,
    help="Print instead where the file is that schemathesis wants with --config-file.",
)
@_schemas
@_lenient
@click.option("--json", "_as_json", is_flag=True, help="Accepted for uniformity: the document is JSON anyway.")
def openapi_document(base_url: str, roots: tuple[Path, ...], *, where: bool, lenient: bool, _as_json: bool) -> None:
    """Print the OpenAPI 3.1 document of all models."""
    if where:
        click.echo(SCHEMATHESIS_CONFIG)
        return
    emit(openapi.document(_load(roots, lenient=lenient), base_url))


def _load(roots: tuple[Path, ...], *, lenient: bool) -> catalog.Catalog:
    found = catalog.load(roots, lenient=lenient)
    for problem in found.warnings:
        click.echo(f"Warning: {problem}", err=True)
    return found


def _find(found: catalog.Catalog, model_id: str) -> Model:
    model = found.get(model_id)
    if model is None:
        fail(Exit.BAD_INPUT, f"no model {model_id!r}; there are: {', '.join(found)}")
    return model


def _summary(model: Model) -> dict[str, Any]:
    return {
        "model_id": model.model_id,
        "display_name": model.display_name,
        "kind": model.kind,
        "categories": list(model.categories),
        "base_price_usd": model.base_price_usd,
        "price_unit": model.price_unit,
        "pricing_note": model.pricing_note,
    }


def _print_defects(defects: dict[str, list[Defect]]) -> None:
    for model_id, row in defects.items():
        say((model_id, "bold"), f": {len(row) or 'no'} defect{'' if len(row) == 1 else 's'}")
        for each in row:
            say(
                "  ", (f"{each.severity:7}", _STYLES[each.severity]), f" {each.defect_id:19} {each.file}#{each.pointer}"
            )
            say(f"          {each.message}")
