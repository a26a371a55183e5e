"""Defects of a model's page, each with a stable id. The vendored copy keeps them; this only tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

import jsonschema_rs

from schemas import outputs
from schemas.dialect import FORMATS, RUNCOMFY, vendored_pointer
from schemas.findings import cut, shorten
from schemas.model import Model, Schema
from schemas.pointers import from_path, join
from schemas.traversal import schemas_in
from schemas.undeclared import declared_names


class Severity(StrEnum):
    """How bad it is.

    An error makes valid payloads fail, or the copy is not what was published; a warning misleads; a note is only worth
    knowing.
    """

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Defect:
    """One defect: where (file and JSON pointer into the vendored copy), what kind, and what it means."""

    defect_id: str
    severity: Severity
    file: str
    pointer: str
    message: str


DEFECTS: Mapping[str, str] = {
    "required-undeclared": "required names a property that is not declared",
    "enum-prose": "the prose promises a value that the enum does not have",
    "default-prose": "the prose states another default than the schema",
    "default-invalid": "the default does not satisfy its own schema",
    "prose-rule": "a rule is stated in prose alone",
    "unknown-format": "a format is none of JSON Schema's",
    "unknown-validation": "a validations entry has a rule that nobody knows",
    "untranslated-label": "a title or description is a translation key",
    "unknown-category": "no category tells which kind of media the model puts out",
    "provenance": "a file is not the one whose SHA-256 stands in source.json",
    "unknown-keyword": "a keyword or type is unknown (read only with --lenient-schemas)",
}

_LABEL = re.compile(r"[a-z][A-Za-z]*_[A-Za-z0-9]+")
_RULE = re.compile(
    r"\b(must (be )?equal|must match|sum of|add(s)? up|at least one of|only (if|when)|together with)\b", re.IGNORECASE
)
_DEFAULT = re.compile(
    r"""(?<![\w:.-])(?P<before>[\w:.-]{1,64})\ \(default[,)]"""
    r"""|\bdefault(?:s\ to|:|\ is|)\ [\"'`]?(?P<after>[\w:.-]{0,63}\w)""",
    re.IGNORECASE | re.VERBOSE,
)
_VALIDATION = re.compile(r"(file_size_mb|width/height|(width|height)_pixels|duration(_seconds)?)[<>]=?")


def lint(model: Model) -> list[Defect]:
    """Return the defects of ``model``'s page, the input schema's first, in the order of the documents."""
    defects = list(_lint_schema(model, model.input, "input.json"))
    if model.output is not None:
        defects += _lint_schema(model, model.output, "output.json")
    defects += _lint_record(model)
    for problem in model.warnings:
        name = problem.file.replace("\\", "/").rpartition("/")[2]
        defects.append(Defect("unknown-keyword", Severity.WARNING, name, problem.pointer, problem.message))
    return defects


def _lint_record(model: Model) -> Iterator[Defect]:
    if not outputs.tells_kind(model):
        message = f"neither {shorten(list(model.categories))} nor a schema tells a kind of media: images are put out"
        yield Defect("unknown-category", Severity.WARNING, "model.json", "/categories", message)
    stated = model.provenance.get("sha256")
    for name, digest in model.digests.items():
        due = stated.get(name) if isinstance(stated, Mapping) else None
        if due is not None and due != digest:
            message = f"the SHA-256 of {name} is {digest}: it was changed since it was vendored"
            yield Defect("provenance", Severity.ERROR, "source.json", join("", "sha256", name), message)


def _lint_schema(model: Model, schema: Schema, file: str) -> Iterator[Defect]:
    covered = {rule.prose: rule.rule_id for rule in model.rules} if file == "input.json" else {}
    for path, part in schemas_in(schema.vendored):
        pointer = from_path(path)
        for defect_id, severity, place, message in _defects_of(part):
            yield Defect(defect_id, severity, file, pointer + place, message)
        prose = part.get("description")
        if isinstance(prose, str) and _RULE.search(prose):
            place = f"{pointer}/description"
            rule = covered.get(place)
            yield Defect(
                "prose-rule",
                Severity.NOTE if rule else Severity.WARNING,
                file,
                place,
                f"a rule only in prose, enforced here as {rule!r}"
                if rule
                else f"a rule only in prose: {shorten(prose)}",
            )
    yield from _invalid_defaults(schema, file)


_Found = tuple[str, Severity, str, str]


def _defects_of(part: Mapping[str, Any]) -> Iterator[_Found]:
    required = part.get("required")
    if isinstance(required, list) and isinstance(part.get("properties"), Mapping):
        names = declared_names(part)
        for index, name in enumerate(required):
            if name not in names:
                message = f"{name!r} is required but not declared; declared are {', '.join(names)}"
                yield "required-undeclared", Severity.ERROR, f"/required/{index}", message
    for label in ("title", "description"):
        text = part.get(label)
        if isinstance(text, str) and _LABEL.fullmatch(text):
            yield "untranslated-label", Severity.NOTE, f"/{label}", f"{text!r} is a translation key, not a {label}"
    yield from _prose_defects(part)
    yield from _format_defects(part)


def _prose_defects(part: Mapping[str, Any]) -> Iterator[_Found]:
    prose, enum = part.get("description"), part.get("enum")
    match = _DEFAULT.search(prose) if isinstance(prose, str) else None
    if match is None:
        return
    stated = match["before"] or match["after"]
    if isinstance(enum, list) and match["before"] and stated not in map(str, enum):
        message = f"the prose offers {stated!r}, the enum has only {', '.join(map(str, enum))}"
        yield "enum-prose", Severity.WARNING, "/enum", message
    if "default" in part and not _is_default(stated, part["default"], certain=bool(match["before"])):
        message = f"the prose says {stated!r} is the default, the schema says {shorten(part['default'])}"
        yield "default-prose", Severity.WARNING, "/default", message


def _is_default(stated: str, default: object, *, certain: bool) -> bool:
    """Compare a default that the prose states with the schema's; a plain word of the prose may be no value at all."""
    try:
        value = json.loads(stated.casefold())
    except ValueError:
        return not certain or stated.casefold() == str(default).casefold()
    return bool(value == default) or stated == default


def _format_defects(part: Mapping[str, Any]) -> Iterator[_Found]:
    name = part.get("format")
    if isinstance(name, str) and name not in FORMATS and name not in RUNCOMFY.media:
        if name in RUNCOMFY.hints:
            yield "unknown-format", Severity.NOTE, "/format", f"{name!r} is a widget hint and constrains nothing"
        else:
            yield (
                "unknown-format",
                Severity.WARNING,
                "/format",
                f"{name!r} is unknown and is taken to constrain nothing",
            )
    validations = part.get(RUNCOMFY.validations)
    for index, entry in enumerate(validations if isinstance(validations, list) else []):
        rule = entry.get("validation_rule") if isinstance(entry, Mapping) else None
        if not isinstance(rule, str) or not _VALIDATION.fullmatch(rule):
            place = f"/{RUNCOMFY.validations}/{index}"
            yield "unknown-validation", Severity.WARNING, place, f"unknown validation_rule {shorten(rule)}"


def _invalid_defaults(schema: Schema, file: str) -> Iterator[Defect]:
    page = jsonschema_rs.Registry([("https://page.invalid/schema", schema.normalised)])
    for path, part in schemas_in(schema.normalised):
        if "default" not in part:
            continue
        reference = {"$ref": "https://page.invalid/schema#" + quote(from_path(path))}
        for error in jsonschema_rs.validator_for(reference, registry=page).iter_errors(part["default"]):
            place = vendored_pointer(schema.vendored, (*path, "default", *error.instance_path))
            yield Defect("default-invalid", Severity.ERROR, file, place, cut(error.message))
