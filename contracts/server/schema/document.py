"""What schemathesis is told of a server: the OpenAPI document, narrowed to what that server takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contracts.server.calling.stage import Stage
from schemas.openapi import document
from schemas.undeclared import as_schema, declared
from schemas.variants import Variants


def described(stage: Stage, observed: Mapping[str, str]) -> dict[str, Any]:
    """Return the document of a stage in the variants that it promises, or else in those that were ``observed``.

    The published document leaves open what nobody knows, and schemathesis would take that for a promise. Ledger:
    ``payload.unknown-properties``, ``query.bad``.
    """
    variants = Variants().with_(observed) if stage.promises is None else stage.promises.variants
    told = document(stage.catalog, stage.connection.base_url, variants)
    for operation in (each for path in told["paths"].values() for each in path.values()):
        if variants.unknown_properties == "refused" and "requestBody" in operation:
            content = operation["requestBody"]["content"]["application/json"]
            closed = as_schema(declared(content["schema"]))
            content["schema"] = content["schema"] | {"allOf": [*content["schema"].get("allOf", []), closed]}
        if variants.bad_query == "ignored":
            for parameter in operation.get("parameters", []):
                if parameter.get("in") == "query":  # whatever stands there, nothing is refused for it
                    parameter["schema"] = {}
    return told
