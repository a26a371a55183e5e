"""Schemathesis' tests for pytest, in five lines of a test module.

::

    from contracts.server.schema.for_pytest import contract_schema
    from mock_server import MockRunComfy

    schema = contract_schema(app=MockRunComfy(tokens=["a-token"], magic="off").app, token="a-token")

    @schema.parametrize()
    def test_api(case):
        case.call_and_validate()

    TestStateful = schema.as_state_machine().TestCase

Each operation is then a test, and lives from a submit to a result are one more; which of schemathesis' checks are held
against the answers, and why, is said in `contracts.server.schema.checks`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import schemathesis
from schemathesis.specs.openapi.schemas import OpenApiSchema

from contracts.server.calling.in_process import Application
from contracts.server.schema.cases import keep_sum_rules
from contracts.server.schema.size import Size, configuration
from schemas import catalog, openapi

IN_A_TEST = Size(examples=20, scenarios=10)
"""What takes some seconds in process."""


def contract_schema(
    app: Application | None = None,
    *,
    token: str,
    base_url: str = "http://127.0.0.1:8787",
    document: Mapping[str, Any] | None = None,
    size: Size = IN_A_TEST,
    seed: int = 0,
) -> OpenApiSchema:
    """Return the schema of the API for schemathesis: of ``app`` in process, or else of the server at ``base_url``.

    ``token`` is an account's; ``document`` that of the models that the server has, by default the packaged ones. No
    ``schemathesis.toml`` and no variable of the environment has a say in it.
    """
    raw = deepcopy(dict(document or openapi.document(catalog.load(), base_url)))
    schema = schemathesis.openapi.from_dict(raw, config=configuration(raw, size, token=token, seed=seed))
    schema.app = app
    schema.config.update(base_url=base_url)
    schema.hook("map_case")(keep_sum_rules)
    return schema
