"""What schemathesis' cases are made to keep before they are sent."""

from __future__ import annotations

from typing import Any

from schemathesis import Case, HookContext

from contracts.server.schema.sum_repair import repaired, rules_of


def keep_sum_rules(context: HookContext, case: Case[Any]) -> Case[Any]:
    """Make a valid body keep the model's prose rules. A ``map_case`` hook.

    A body that is meant to be refused stays as it is: to repair one would take its fault from it. Ledger:
    ``rules.multi-prompt``.
    """
    meta = case.meta
    if meta is None or meta.generation.mode.is_negative or not isinstance(case.body, dict):
        return case
    operation = case.operation.definition.raw
    rules = rules_of(operation)
    if rules:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        body = repaired(case.body, schema, rules)
        if body != case.body:
            case.body = body
    return case
