"""What is wrong with a payload by schema and by prose rules, under one set of variants or under all of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

import jsonschema_rs

from schemas.model import Model
from schemas.pointers import from_path
from schemas.undeclared import declared_names
from schemas.variants import CHOICES, Variants

Broken = tuple[str, str]
"""The pointer of what is wrong, and the keyword or the id of the prose rule."""


NO_KEYWORD = ""
"""Stands for the schema ``false``, which nothing matches and which has no keyword to name."""


class Judge:
    """A model under ``variants``, or under every one of them (``None``)."""

    def __init__(self, model: Model, variants: Variants | None) -> None:
        """Compile the schema. Where an undeclared property is required, it is required under every variant but one."""
        self.schema = judged_schema(model, variants)
        formats = variants is None or variants.uri_format == "checked"
        self._strict = jsonschema_rs.validator_for(self.schema, validate_formats=formats)
        self._lax = self._strict
        if variants is None:
            lax = judged_schema(model, Variants(undeclared_required="ignored"))
            self._lax = jsonschema_rs.validator_for(lax, validate_formats=False)
        settings = [Variants()] if variants is None else [variants]
        if variants is None:
            choices = product(CHOICES["omitted_durations"], CHOICES["empty_sum"])
            settings = [Variants().with_({"omitted_durations": one, "empty_sum": two}) for one, two in choices]
        self.names = tuple(declared_names(self.schema))
        self.rules = model.rules
        self._rules = [
            [rule.bind(self.schema, each.omitted_durations, each.empty_sum) for each in settings]
            for rule in model.rules
        ]

    def is_valid(self, payload: Any) -> bool:
        """Tell whether a payload is valid under every variant that counts."""
        return self._strict.is_valid(payload) and not any(rule.check(payload) for each in self._rules for rule in each)

    def broken(self, payload: Any) -> list[Broken]:
        """Return all that is wrong under any variant that counts."""
        errors = [] if self._strict.is_valid(payload) else self._strict.iter_errors(payload)
        found = [(from_path(error.instance_path), _keyword(error)) for error in errors]
        findings = (next((made for rule in each if (made := rule.check(payload))), None) for each in self._rules)
        return found + [(finding.pointer, finding.keyword) for finding in findings if finding]

    def is_surely_broken(self, payload: Any) -> bool:
        """Tell whether a payload is invalid under every variant that counts."""
        return not self._lax.is_valid(payload) or any(all(rule.check(payload) for rule in each) for each in self._rules)


def judged_schema(model: Model, variants: Variants | None) -> dict[str, Any]:
    """Return the normalised schema as it is enforced: with what it requires but does not declare, or without."""
    schema: dict[str, Any] = dict(model.input.normalised)
    declared = schema.get("properties")
    if variants is not None and variants.undeclared_required == "ignored" and isinstance(declared, Mapping):
        schema["required"] = [name for name in schema.get("required", ()) if name in declared]
    return schema


def _keyword(error: jsonschema_rs.ValidationError) -> str:
    steps = [step for step in error.schema_path if isinstance(step, str)]
    if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.FalseSchema) and steps[-1:] != ["additionalProperties"]:
        return NO_KEYWORD
    return steps[-1] if steps else NO_KEYWORD
